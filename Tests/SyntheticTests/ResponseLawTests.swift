import Calendar
import Synthetic
import Testing

/// The response points of the law (13 to 20 and 25), on small worlds.
@Suite struct ResponseLawTests {
  private static func world(_ responses: ResponseLaw, _ campaigns: CampaignStyle, _ count: Int) throws -> [TruthRow] {
    let until = Day(year: 2026, month: 11, day: 22) ?? Day(rawValue: 0)
    let settings = WorldSettings(
      seed: 21, subscriptionCount: count, until: until, responses: responses, campaigns: campaigns)
    return try OperatorRun(settings, folder: "/nonexistent", threadCount: 2).observe().map(\.truth)
  }

  private static let law = Result { try world(.law, .usual, 4_000) }

  private func correlation(_ x: [Double], _ y: [Double]) -> Double {
    let count = Double(x.count)
    let (mx, my) = (x.reduce(0, +) / count, y.reduce(0, +) / count)
    let (xy, xx, yy) = zip(x, y).reduce((0.0, 0.0, 0.0)) {
      let (dx, dy) = ($1.0 - mx, $1.1 - my)
      return ($0.0 + dx * dy, $0.1 + dx * dx, $0.2 + dy * dy)
    }
    return xy / (xx * yy).squareRoot()
  }

  @Test func `persuadables and sleeping dogs have the shares of the law, dogs are densest at risk`() throws {
    let rows = try Self.law.get()
    func share(_ kind: String, _ rows: [TruthRow]) -> Double {
      Double(rows.count { $0.response?.kind == kind }) / Double(rows.count)
    }
    #expect((0.10...0.25).contains(share("persuadable", rows)))
    #expect((0.05...0.15).contains(share("sleeping-dog", rows)), "\(share("sleeping-dog", rows))")
    let risky = rows.filter { $0.probability > 0.1 }
    #expect(share("sleeping-dog", risky) > 1.15 * share("sleeping-dog", rows), "\(share("sleeping-dog", risky))")
  }

  @Test func `most effects are nil, a good offer keeps a tenth to half a point, and its gain does not follow the risk`()
    throws
  {
    let rows = try Self.law.get()
    let risk = rows.map(\.probabilityNow)
    var goodCount = 0
    for offer in 0..<8 {
      let effects = rows.map { $0.response?.effects[offer] ?? 0 }
      #expect(Double(effects.count { abs($0) < 1e-4 }) > 0.6 * Double(rows.count))
      let mean = effects.reduce(0, +) / Double(rows.count)
      guard mean < -0.001 else { continue }
      goodCount += 1
      #expect(mean > -0.005, "offer \(offer): \(mean)")
      let correlation = correlation(effects.map { -$0 }, risk)
      #expect((-0.3...0.1).contains(correlation), "offer \(offer): \(correlation)")
      // Who takes it is not who is kept by it.
      let taken = rows.map { $0.response?.acceptances[offer] ?? 0 }
      let together = self.correlation(taken, effects.map { -$0 })
      #expect(together < 0.3, "offer \(offer): \(together)")
    }
    #expect(goodCount >= 2)
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
  }

  @Test func `contacts are delivered as often as their channel allows, and some receipts never come`() throws {
    let made = try MadeWorld(
      seed: 5, subscriptionCount: 1_500, threadCount: 2, rawNightCount: 3, responses: .law, campaigns: .heavy)
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
    // Who was contacted often opts out more.
    #expect(contacts.contains { $0["outcome"] == "opted-out" })
    let told = try made.nights.dropFirst().flatMap {
      try made.rows("\($0)/contacts_\($0).csv").map { ($0["contacted"] ?? "") }
    }
    #expect(told.contains { !$0.hasPrefix("2026-11-21") && !$0.hasPrefix("2026-11-22") }, "a receipt that came late")
  }
}
