import Calendar
import Columns
import Datasets
import Ingest
import Ledger
import Randomness
import Testing

/// Promises 4 and 5 on random histories: whatever is delivered, delivered again, renamed, cut, extended or replaced, with
/// and without superseding, and however often a night is run or killed, what it holds is what a naive oracle says.
@Suite struct IntakeSequenceTests {
  @Test(arguments: 0..<8) func `random deliveries end as the oracle says`(seed: UInt64) throws {
    let random = CounterRandom(seed: seed, stream: 4)
    let window = [nil, 2, 3, 30][Int(seed % 4)]
    let world = try IngestWorld()
    try world.addCallFeeds(
      "reject-threshold: 0.9" + (window.map { "\nrecord-key: {from: [id], window-days: \($0)}" } ?? ""))
    try world.night("2026-11-10")
    var oracle = DeliveryOracle(window: window)
    var inbox: [String: String] = [:]
    var rowNumber = 0
    var night = 10
    // Some rows are delivered again in other files; some cannot be read.
    func rows(_ count: UInt64, _ step: UInt64) -> String {
      (0..<count).map { row in
        rowNumber += 1
        let id = random.integer(below: 3, step, 10 + row) == 0 ? rowNumber * 7 / 11 : rowNumber
        return "\(id),01700000002,,2026-11-09 10:00:00,\(rowNumber % 5 == 0 ? "x" : String(rowNumber)),\n"
      }.joined()
    }
    for step in 0..<50 as Range<UInt64> {
      let names = inbox.keys.sorted()
      let chosen = names.isEmpty ? nil : names[Int(random.integer(below: UInt64(names.count), step, 1))]
      let fresh = "calls_\(random.integer(below: 12, step, 2)).csv"
      switch random.integer(below: 8, step, 0) {
      case 0, 1: inbox[fresh] = IngestWorld.header + rows(1 + random.integer(below: 4, step, 3), step)
      case 2: if let chosen { inbox[fresh] = inbox[chosen] }
      case 3:
        if let chosen, let content = inbox.removeValue(forKey: chosen) {
          // It may not have been written yet.
          try? world.remove(chosen)
          inbox[fresh] = content
        }
      case 4:
        if let chosen, let content = inbox[chosen] {
          inbox[chosen] = String(content.prefix(max(IngestWorld.header.count, content.count - 9)))
        }
      case 5: if let chosen { inbox[chosen]? += rows(1, step) }
      default:
        let isSuperseding = random.integer(below: 2, step, 4) == 0
        night += Int(random.integer(below: 2, step, 5))
        for (name, content) in inbox { try world.deliver(name, content) }
        let isKilled = random.integer(below: 4, step, 6) == 0
        // A night whose every new file is refused publishes nothing.
        do {
          let report = try world.night("2026-11-\(night)", threads: 1 + Int(step % 2), supersede: isSuperseding)
          if isKilled, report.isPublished {
            try world.killNewestEntry()
            continue
          }
        } catch is IngestError {}
        oracle.night(night, inbox, isSuperseding: isSuperseding)
        try compare(world, oracle, "seed \(seed), step \(step)")
      }
    }
    #expect(!oracle.deliveries.isEmpty)
    var verification = Verification(world.home)
    verification.readsData = true
    #expect(try verification.run().lostDeliveries.isEmpty)
  }

  /// Demands that facts, lines on files, rejects and keys are those of the oracle.
  private func compare(_ world: IngestWorld, _ oracle: DeliveryOracle, _ place: String) throws {
    let expected = oracle.judge(oracle.deliveries)
    let usage = try world.table(.usage)
    let (knowns, seconds) = (try usage.date("known_date").values, try usage.int64("voice_out_seconds").values)
    let events = try usage.int64("event_count").values
    func sums(_ values: [Int64]) -> [Int: Int] {
      zip(knowns, values).reduce(into: [:]) {
        $0[Day(rawValue: $1.0) - Day("2026-11-01")! + 1, default: 0] += Int($1.1)
      }
    }
    #expect(sums(seconds) == expected.seconds, "\(place)")
    #expect(sums(events) == expected.rows, "\(place)")
    let files = try world.state().deliveries.map(\.file).filter { $0.feed == "calls" }
    #expect(files.map(\.name).sorted() == oracle.deliveries.map(\.name).sorted(), "\(place)")
    #expect(files.reduce(0) { $0 + Int($1.duplicateCount) } == expected.duplicates, "\(place)")
    #expect(try world.table(.rejects).rowCount == expected.rejects, "\(place)")
    if oracle.window != nil {
      #expect(try world.table(.recordKeys).rowCount == expected.rows.values.reduce(0, +), "\(place)")
    }
  }

  @Test func `bad rows at the edges of the read buffer harm no neighbour`() throws {
    // Rows of 64 bytes with their line end: 4,096 of them are a chunk of 256 KiB.
    func row(_ index: Int, seconds: String) -> String {
      let start = "\(1_000_000 + index),01700000002,,2026-11-21 10:00:00,\(seconds),"
      return start + "0." + String(repeating: "0", count: 61 - start.utf8.count) + "\n"
    }
    for bad in ["x", "\"9", "9\"", "\"9\n9\"", "9,"] {
      let world = try IngestWorld()
      try world.addCallFeeds("reject-threshold: 0.9")
      let edges = Set([0, 1, 4_093, 4_094, 4_095, 4_096, 8_190, 8_191, 8_192, 8_999])
      let text = (0..<9_000).map { edges.contains($0) ? row($0, seconds: bad) : row($0, seconds: "7") }.joined()
      try world.deliver("calls_a.csv", IngestWorld.header + text)
      try world.night("2026-11-22")
      let intake = try world.intake("calls_a.csv")
      #expect(intake.acceptedCount == Int64(9_000 - edges.count), "with \(bad.debugDescription)")
      #expect(try world.table(.usage).int64("voice_out_seconds").values == [Int64(7 * (9_000 - edges.count))])
    }
  }
}
