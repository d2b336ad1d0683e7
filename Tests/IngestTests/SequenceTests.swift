import Calendar
import Columns
import Configuration
import Datasets
import Ingest
import Ledger
import Testing

@Suite struct SequenceTests {
  @Test(arguments: 0..<40) func `runs judge numbers as a naive count does`(seed: UInt64) {
    var random = DrawSequence(seed: seed)
    var runs = NumberRuns()
    var counts: [Int64: Int] = [:]
    for _ in 0..<(1 + random.integer(below: 3_000)) {
      // Many lie in a row, so that there are runs to join.
      let number = Int64(random.integer(below: seed % 2 == 0 ? 200 : 100_000))
      let length = Int64(1 + random.integer(below: 4))
      for value in number..<number + length {
        runs.add(value)
        counts[value, default: 0] += 1
      }
      if random.integer(below: 500) == 0 { runs.pack() }
    }
    let judged = runs.judged()
    func flat(_ runs: [ClosedRange<Int64>]) -> [Int64] { runs.flatMap { Array($0) } }
    #expect(flat(judged.seen) == counts.keys.sorted())
    #expect(flat(judged.repeated) == counts.filter { $0.value > 1 }.keys.sorted())
    let first = counts.keys.min() ?? 0
    let last = counts.keys.max() ?? 0
    #expect(flat(judged.missing) == (first...last).filter { counts[$0] == nil })
    for list in [judged.seen, judged.repeated, judged.missing] {
      for (a, b) in zip(list, list.dropFirst()) { #expect(a.upperBound + 1 < b.lowerBound) }
    }
    #expect(runs.runs.count <= 2 * counts.count + 1_000)
  }

  @Test func `the greatest number is no trap`() {
    var runs = NumberRuns()
    for number in [.max, 0, .max, 1] as [Int64] { runs.add(number) }
    let judged = runs.judged()
    #expect(judged.seen == [0...1, .max ... .max] && judged.repeated == [.max ... .max])
    #expect(judged.missing == [2 ... .max - 1])
  }

  private func feed(_ sequence: String) -> String {
    """
    kind: usage
    files: "calls_*"
    reject-threshold: 0.9
    columns:
      subscription: {from: subscription}
      type: {constant: voice}
      started_at: {from: start}
    \(sequence)
    """
  }

  private func lines(_ rows: [(node: String, number: String)]) -> String {
    "node,number,subscription,start\n"
      + rows.map { "\($0.node),\($0.number),S,2026-11-21T10:00:00Z\n" }.joined()
  }

  /// The gaps of the newest night.
  private func gaps(_ world: IngestWorld) throws -> [String] {
    let newest = try world.state().products(Dataset.gaps.name).compactMap { $0.partition["date"] }.max() ?? ""
    return try world.state().products(Dataset.gaps.name, where: ["date": newest]).flatMap { product in
      let table = try ParquetFile.read(world.home.url(product.name))
      return try (0..<table.rowCount).map { row in
        try
          "\(table.string("source").values[row]) \(table.string("kind").values[row]) \(table.int64("first").values[row])-\(table.int64("last").values[row])"
      }
    }
  }

  @Test func `records are counted by node, over files and nights, until the gap closes`() throws {
    let world = try IngestWorld()
    try world.feed("calls", feed("sequence: {column: number, by: [node]}"))
    try world.deliver("calls_1", lines([("a", "3"), ("b", "7"), ("a", "1"), ("a", "2"), ("b", "8"), ("a", "")]))
    #expect(try world.night("2026-11-22").warnings.isEmpty)
    #expect(try gaps(world).isEmpty)
    // The number of a row that is rejected for something else came all the same.
    try world.deliver(
      "calls_2", lines([("a", "6"), ("b", "7"), ("a", "x")]) + "a,5,,2026-11-21T10:00:00Z\n")
    let report = try world.night("2026-11-23")
    #expect(
      report.warnings == [
        "calls: 2 rows rejected: 1 missing-value, 1 wrong-type", "calls: 1 number missing, the first 4 of a",
        "calls: 1 number repeated, the first 7 of b",
      ])
    #expect(try gaps(world) == ["a missing 4-4", "b repeated 7-7"])
    try world.deliver("calls_3", lines([("a", "4")]))
    try world.night("2026-11-24")
    #expect(try gaps(world) == ["b repeated 7-7"])
    // The same night again, with more: one table holds.
    try world.deliver("calls_4", lines([("a", "9")]))
    try world.night("2026-11-24")
    #expect(try gaps(world) == ["a missing 7-8", "b repeated 7-7"])
  }

  @Test func `numbers are forgotten with their window`() throws {
    let world = try IngestWorld()
    try world.feed("calls", feed("sequence: {column: number, window-days: 2}"))
    try world.deliver("calls_1", lines([("a", "1")]))
    try world.night("2026-11-22")
    try world.deliver("calls_2", lines([("a", "5")]))
    try world.night("2026-11-23")
    #expect(try gaps(world) == [" missing 2-4"])
    try world.deliver("calls_3", lines([("a", "6")]))
    try world.night("2026-11-24")
    #expect(try gaps(world).isEmpty)
  }

  @Test func `files are counted by their names`() throws {
    let world = try IngestWorld()
    try world.feed("calls", feed("sequence: {file-name: \"calls_(?<source>[a-z]+)_(?<number>[0-9]+)\"}"))
    for name in ["calls_x_0008", "calls_x_0010", "calls_y_1"] { try world.deliver(name, lines([("a", name)])) }
    try world.deliver("calls_z", lines([("a", "1")]))
    let report = try world.night("2026-11-22")
    #expect(try gaps(world) == ["x missing 9-9"])
    #expect(report.warnings.contains("calls: 1 number missing, the first 9 of x"))
    #expect(try world.table(.refusals).string("code").values == ["no-number"])
  }

  @Test func `wrong sequence rules are faults of the feed`() throws {
    func problems(_ text: String) -> String {
      let text = "feed: f\n" + feed(text)
      do throws(ConfigurationError) {
        _ = try Feed.read(ConfigurationDocument(path: "f.yaml", bytes: Array(text.utf8)))
        return ""
      } catch { return error.description }
    }
    #expect(problems("sequence: {by: [node]}").contains("'sequence' needs 'column' or 'file-name', one of them"))
    #expect(problems("sequence: {file-name: \"[0-9]+\"}").contains("with a group (?<number>…)"))
    #expect(problems("sequence: {file-name: \"(?<number>1)\", by: [node]}").contains("'by' belongs to 'column'"))
  }
}
