import Calendar
import Synthetic
import Testing

/// The response points of the law (13 to 20 and 25), on small worlds.
@Suite struct ResponseLawTests {
  private static func observed(
    _ responses: ResponseLaw, _ campaigns: CampaignStyle, _ count: Int
  ) throws -> [(truth: TruthRow, standing: Standing)] {
    let until = Day(year: 2026, month: 11, day: 22) ?? Day(rawValue: 0)
    let settings = WorldSettings(
      seed: 21, subscriptionCount: count, until: until, responses: responses, campaigns: campaigns)
    return try OperatorRun(settings, folder: "/nonexistent", threadCount: 2).observe()
  }

  private static func world(_ responses: ResponseLaw, _ campaigns: CampaignStyle, _ count: Int) throws -> [TruthRow] {
    try observed(responses, campaigns, count).map(\.truth)
  }

  private static let law = Result { try observed(.law, .usual, 4_000) }

  private func correlation(_ x: [Double], _ y: [Double]) -> Double {
    let count = Double(x.count)
    let (mx, my) = (x.reduce(0, +) / count, y.reduce(0, +) / count)
    let (xy, xx, yy) = zip(x, y).reduce((0.0, 0.0, 0.0)) {
      let (dx, dy) = ($1.0 - mx, $1.1 - my)
      return ($0.0 + dx * dy, $0.1 + dx * dx, $0.2 + dy * dy)
    }
    return xy / (xx * yy).squareRoot()
  }

  @Test func `persuadables and sleeping dogs have their shares, dogs are densest at risk and where idle`() throws {
    let observed = try Self.law.get()
    let rows = observed.map(\.truth)
    func share(_ kind: String, _ rows: [TruthRow]) -> Double {
      Double(rows.count { $0.response?.kind == kind }) / Double(rows.count)
    }
    #expect((0.10...0.25).contains(share("persuadable", rows)))
    #expect((0.05...0.15).contains(share("sleeping-dog", rows)), "\(share("sleeping-dog", rows))")
    // Frailty makes a fifth more of them, in the riskiest fifth above all.
    let byRisk = rows.sorted { $0.probability < $1.probability }
    let fifths = (0..<5).map { share("sleeping-dog", Array(byRisk[$0 * rows.count / 5..<($0 + 1) * rows.count / 5])) }
    #expect(fifths[..<4].allSatisfy { fifths[4] > 1.25 * $0 }, "\(fifths)")
    // By the law 24 of a hundred whose contract has been idle for 20 days, and 8 of the others.
    func dogs(_ isAmong: (Int?) -> Bool) -> Double {
      share("sleeping-dog", observed.filter { isAmong($0.standing.contractDaysLeft) }.map(\.truth))
    }
    let idle = dogs { $0.map { $0 < -20 } ?? false }
    let bound = dogs { $0.map { $0 >= -20 } ?? false }
    let free = dogs { $0 == nil }
    #expect((0.18...0.30).contains(idle), "\(idle)")
    #expect(idle > 2 * bound && idle > 2 * free, "\(idle) beside \(bound) and \(free)")
  }

  @Test func `most effects are nil, a good offer keeps a tenth to half a point, and its gain does not follow the risk`()
    throws
  {
    let all = try Self.law.get().map(\.truth)
    for offer in 0..<8 {
      // The fourth offer doubles a top-up: it is made for those who prepay.
      let rows = offer == 3 ? all.filter(\.isPrepaid) : all
      let effects = rows.map { $0.response?.effects[offer] ?? 0 }
      #expect(Double(effects.count { abs($0) < 1e-4 }) > 0.6 * Double(rows.count))
      let mean = effects.reduce(0, +) / Double(rows.count)
      // The first four are good; the others drive away more than they keep.
      guard offer < 4 else {
        #expect(mean > 0.001, "offer \(offer): \(mean)")
        continue
      }
      #expect((-0.005 ... -0.001).contains(mean), "offer \(offer): \(mean)")
      let correlation = correlation(effects.map { -$0 }, rows.map(\.probabilityNow))
      #expect((-0.3...0.1).contains(correlation), "offer \(offer): \(correlation)")
      // Who takes it is not who is kept by it.
      let taken = rows.map { $0.response?.acceptances[offer] ?? 0 }
      let together = self.correlation(taken, effects.map { -$0 })
      #expect(together < 0.3, "offer \(offer): \(together)")
    }
  }

  @Test func `in the null world contacts change nobody's mind, in the all-harm world they drive away`() throws {
    func decisions(_ rows: [TruthRow]) -> [Int?] { rows.map(\.decisionDay) }
    let silent = try Self.world(.none, .none, 1_500)
    let null = try Self.world(.null, .heavy, 1_500)
    #expect(decisions(null) == decisions(silent))
    #expect(
      null.allSatisfy {
        $0.probabilityNow == $0.probability && $0.response?.effects == [Double](repeating: 0, count: 8)
      })
    let harm = try Self.world(.harm, .heavy, 1_500)
    #expect(harm.allSatisfy { $0.probabilityNow >= $0.probability })
    #expect(harm.allSatisfy { ($0.response?.effects ?? []).allSatisfy { $0 >= 0 } })
    #expect(harm.contains { $0.probabilityNow > 1.5 * $0.probability })
    let left = { (rows: [TruthRow]) in Double(rows.count { $0.decisionDay != nil }) / Double(rows.count) }
    #expect(left(harm) > 1.1 * left(silent), "\(left(harm)) beside \(left(silent))")
    #expect(silent.allSatisfy { $0.response == nil && $0.probabilityUntreated == nil })

    // The untreated truth: what comes of nobody, unless the run is over before it is known.
    #expect(null.allSatisfy { ($0.probabilityUntreated != nil) == ($0.day + 30 <= 179) })
    func mean(_ rows: [TruthRow], _ value: (TruthRow) -> Double) -> Double {
      rows.reduce(0) { $0 + value($1) } / Double(rows.count)
    }
    let hasLeft = { (row: TruthRow) in row.decisionDay.map { $0 - row.day <= 30 } == true ? 1.0 : 0 }
    let (seen, harmed) = (null.filter { $0.day <= 149 }, harm.filter { $0.day <= 149 })
    // Without effects it is what comes; with harm more leave than it says, since the campaigns went on.
    let expected = mean(seen) { $0.probabilityUntreated ?? 0 }
    #expect(abs(mean(seen, hasLeft) / expected - 1) < 0.15, "\(mean(seen, hasLeft)) beside \(expected)")
    #expect(mean(harmed, hasLeft) > 1.05 * mean(harmed) { $0.probabilityUntreated ?? 0 })
    // Where only agents make offers, it is what comes, too: nothing of theirs is taken back.
    let cared = try Self.world(.harm, .none, 1_500).filter { $0.day <= 149 }
    #expect(cared.contains { $0.probabilityNow > 1.5 * $0.probability })
    let comes = mean(cared) { $0.probabilityUntreated ?? 0 }
    #expect(abs(mean(cared, hasLeft) / comes - 1) < 0.15, "\(mean(cared, hasLeft)) beside \(comes)")
  }

  @Test func `contacts are delivered as often as their channel allows, and some receipts never come`() throws {
    let made = try MadeWorld(
      seed: 5, subscriptionCount: 4_000, threadCount: 2, rawNightCount: 3, responses: .law, campaigns: .heavy)
    let contacts = try made.rows("2026-11-20/contacts-history_2026-11-20.csv.gz")
    for (channel, limits) in [
      ("sms", 0.90...0.95), ("email", 0.76...0.87), ("call", 0.68...0.80), ("push", 0.82...0.93),
    ] {
      // Unanswered receipts hide deliveries and failures alike.
      let own = contacts.filter { $0["channel"] == channel && $0["outcome"] != "" }
      let delivered = Double(own.count { $0["outcome"] != "failed" }) / Double(own.count)
      #expect(own.count > 300)
      #expect(limits.contains(delivered), "\(channel): \(delivered) of \(own.count)")
    }
    let missing = Double(contacts.count { $0["outcome"] == "" }) / Double(contacts.count)
    #expect((0.07...0.12).contains(missing), "\(missing)")
    // Who was contacted often opts out more: 0.4 of a hundred, and 0.8 for each that is remembered.
    let (rested, tired) = try optOuts(contacts)
    #expect(tired > 2 * rested, "\(tired) beside \(rested)")
    #expect((0.003...0.009).contains(rested), "\(rested)")
    let told = try made.nights.dropFirst().flatMap {
      try made.rows("\($0)/contacts_\($0).csv").map { ($0["contacted"] ?? "") }
    }
    #expect(told.contains { !$0.hasPrefix("2026-11-21") && !$0.hasPrefix("2026-11-22") }, "a receipt that came late")
  }

  /// Opt-outs of a delivered contact: where none was delivered in the 30 days before, and where at least two were.
  private func optOuts(_ contacts: [[String: String]]) throws -> (rested: Double, tired: Double) {
    let delivered = contacts.filter { $0["outcome"] != "failed" && $0["outcome"] != "" }
    var (rested, tired) = (0.0, 0.0)
    var (restedOut, tiredOut) = (0.0, 0.0)
    for (_, own) in Dictionary(grouping: delivered, by: { $0["person"] }) {
      var days: [Int] = []
      for contact in own.sorted(by: { ($0["contacted"] ?? "") < ($1["contacted"] ?? "") }) {
        let day = Int(try #require(Day((contact["contacted"] ?? "").prefix(10))).rawValue)
        let earlierCount = days.count { day - $0 <= 30 }
        let isOut = contact["outcome"] == "opted-out" ? 1.0 : 0
        if earlierCount == 0 { (rested, restedOut) = (rested + 1, restedOut + isOut) }
        if earlierCount >= 2 { (tired, tiredOut) = (tired + 1, tiredOut + isOut) }
        days.append(day)
      }
    }
    return (restedOut / rested, tiredOut / tired)
  }
}
