import Columns
import Configuration
import Datasets
import Delivery
import FoundationEssentials
import Ingest
import Ledger
import Testing

@Suite struct LimitTests {
  private let row = "01700000002,,2026-11-21 10:00:00,60,0.01\n"

  private func problems(_ limits: String) -> [String] {
    let text = """
      feed: calls
      kind: usage
      files: "calls_*.csv"
      columns:
        number: {from: a}
        type: {constant: voice}
        started_at: {from: s, format: epoch}
      limits: \(limits)
      """
    do throws(ConfigurationError) {
      _ = try Feed.read(ConfigurationDocument(path: "f.yaml", bytes: Array(text.utf8)))
      return []
    } catch {
      return error.problems.map(\.description)
    }
  }

  @Test func `every limit has its unit, and a wrong one is located`() {
    #expect(
      problems(
        "{field: 1 KiB, record: 2 kB, members: 5, member-size: 1GiB, unpacked-size: 2 GB, expansion: 10, free-size: 0 B,"
          + " nesting: 0, time: 90 s}") == [])
    #expect(
      problems("{field: 64, record: 2 GiB, time: 8 days, member-size: -1 B, nesting: 2, memebers: 1}") == [
        "f.yaml:8:17: 'field' must be a whole number with a unit: B, kB, KiB, MB, MiB, GB, GiB",
        "f.yaml:8:29: 'record' must be at least 1 and at most 1073741824 B",
        "f.yaml:8:42: 'time' must be a whole number with a unit: ms, s, min, h",
        "f.yaml:8:63: 'member-size' must be a whole number with a unit: B, kB, KiB, MB, MiB, GB, GiB",
        "f.yaml:8:78: 'nesting' must lie between 0 and 1",
        "f.yaml:8:81: unknown key 'memebers'; did you mean 'members'?",
      ])
  }

  @Test func `a record over the feed's limit is a reject, and its neighbours stay`() throws {
    let world = try IngestWorld()
    try world.addCallFeeds("reject-threshold: 0.9\nlimits: {record: 100 B, field: 30 B}")
    let open = "7,\"" + row
    try world.deliver(
      "calls_a.csv",
      IngestWorld.header + "1," + row + open + (2...9).map { "\($0)," + row }.joined()
        + "10" + String(repeating: " ", count: 100) + "," + row + "11" + String(repeating: "1", count: 40) + "," + row)
    try world.night("2026-11-22")
    #expect(try world.rejectCodes() == ["record-too-long", "record-too-long", "field-too-long"])
    #expect(try world.intake("calls_a.csv").acceptedCount == 9)
  }

  /// The codes of what a night refused beside a good file.
  private func refusals(_ limits: String, _ name: String, _ bytes: [UInt8]) throws -> [String] {
    let world = try IngestWorld()
    try world.addCallFeeds("limits: \(limits)")
    try world.deliver("calls_good.csv", IngestWorld.header + "1," + row)
    try world.deliver(name, bytes)
    try world.night("2026-11-22")
    #expect(try world.intake("calls_good.csv").acceptedCount == 1)
    return try world.table(.refusals).string("code").values
  }

  @Test func `a file over the feed's limits is refused, and the others go on`() throws {
    let members = (1...3).map { (name: "\($0).csv", text: IngestWorld.header + "\($0)," + row + "1\($0)," + row) }
    let zip = storedZip(members)
    let byteCount = members[0].text.utf8.count
    #expect(try refusals("{members: 3}", "calls_a.zip", zip) == [])
    #expect(try refusals("{members: 2}", "calls_a.zip", zip) == ["too-many-members"])
    #expect(try refusals("{nesting: 0}", "calls_a.zip", zip) == ["nested-archive"])
    #expect(try refusals("{member-size: \(byteCount) B}", "calls_a.zip", zip) == [])
    #expect(try refusals("{member-size: \(byteCount - 1) B}", "calls_a.zip", zip) == ["member-too-large"])
    #expect(try refusals("{unpacked-size: \(3 * byteCount - 1) B}", "calls_a.zip", zip) == ["delivery-too-large"])
    let text = IngestWorld.header + String(repeating: "1," + row, count: 2_000)
    let packed = try GzipFixture.gzip(text)
    #expect(try refusals("{free-size: 0 B, expansion: 2}", "calls_a.csv.gz", packed) == ["expansion-too-large"])
  }

  @Test func `a file whose time was over is tried again by the next run`() throws {
    let world = try IngestWorld()
    try world.addCallFeeds("limits: {time: 1 ms}")
    let feed = try String(contentsOfFile: world.folder + "/config/feeds/calls.yaml", encoding: .utf8)
    let slow = feed.replacing("calls_*", with: "slow_*")
    try world.feed("slow", String(slow.drop { $0 != "\n" }))
    try world.addCallFeeds("limits: {time: 1 h}")
    try world.deliver("calls_good.csv", IngestWorld.header + "1," + row)
    try world.deliver("slow_a.csv", IngestWorld.header + (1...60_000).map { "\($0)," + row }.joined())
    let report = try world.night("2026-11-21")
    #expect(report.warnings.contains { $0.contains("slow_a.csv is refused") && $0.contains("[time-over]") })
    #expect(report.warnings.contains { $0.contains("within 1 ms") })
    // Nothing changed, and yet it is read again, since a slow machine is not remembered against a file.
    let error = #expect(throws: IngestError.self) { try world.night("2026-11-21") }
    #expect(error?.message.contains("[time-over]") == true)
  }
}
