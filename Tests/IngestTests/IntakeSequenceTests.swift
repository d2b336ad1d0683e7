import Calendar
import Columns
import Datasets
import Ingest
import Ledger
import Randomness
import Testing

/// Promises 4 and 5 on random histories: whatever is delivered, delivered again, renamed, cut, extended or replaced, and
/// however often a night is run, the facts are those of an oracle of thirty lines.
@Suite struct IntakeSequenceTests {
  /// What the home should hold.
  private struct Oracle {
    var takenNames: Set<String> = []
    var takenContents: Set<String> = []
    var seconds: Int64 = 0
    var rowCount: Int64 = 0

    /// Looks at the inbox as one night does.
    mutating func night(_ inbox: [String: String]) {
      for (name, content) in inbox.sorted(by: { $0.key < $1.key }) {
        guard !takenContents.contains(content), !takenNames.contains(name) else { continue }
        let rows = content.split(separator: "\n").dropFirst().map {
          $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        let good = rows.filter { $0.count == 6 && Int64($0[4]) != nil }
        guard rows.count - good.count <= rows.count * 9 / 10 else { continue }
        takenNames.insert(name)
        takenContents.insert(content)
        rowCount += Int64(good.count)
        seconds += good.reduce(0) { $0 + (Int64($1[4]) ?? 0) }
      }
    }
  }

  @Test(arguments: 0..<6) func `random deliveries end as the oracle says`(seed: UInt64) throws {
    let random = CounterRandom(seed: seed, stream: 4)
    let world = try IngestWorld()
    try world.addCallFeeds("reject-threshold: 0.9")
    try world.night("2026-11-22")
    var oracle = Oracle()
    var inbox: [String: String] = [:]
    var rowNumber = 0
    func rows(_ count: UInt64) -> String {
      (0..<count).map { _ in
        rowNumber += 1
        return "\(rowNumber),01700000002,,2026-11-21 10:00:00,\(rowNumber % 5 == 0 ? "x" : String(rowNumber)),\n"
      }.joined()
    }
    for step in 0..<40 as Range<UInt64> {
      let names = inbox.keys.sorted()
      let chosen = names.isEmpty ? nil : names[Int(random.integer(below: UInt64(names.count), step, 1))]
      let fresh = "calls_\(random.integer(below: 30, step, 2)).csv"
      switch random.integer(below: 7, step, 0) {
      case 0, 1: inbox[fresh] = IngestWorld.header + rows(1 + random.integer(below: 4, step, 3))
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
      case 5: if let chosen { inbox[chosen]? += rows(1) }
      default:
        oracle.night(inbox)
        for (name, content) in inbox { try world.deliver(name, content) }
        // A night whose every new file is refused publishes nothing.
        do { try world.night("2026-11-22", threads: 1 + Int(step % 2)) } catch is IngestError {}
      }
    }
    let usage = try world.table(.usage)
    #expect(try usage.int64("voice_out_seconds").values.reduce(0, +) == oracle.seconds)
    #expect(try usage.int64("event_count").values.reduce(0, +) == oracle.rowCount)
    let intakes = try world.state().entries.flatMap(\.files).filter { $0.feed == "calls" }
    #expect(intakes.reduce(0) { $0 + $1.acceptedCount } == oracle.rowCount)
    #expect(Set(intakes.map(\.name)) == oracle.takenNames)
    #expect(oracle.rowCount > 0)
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
