import Columns
import Datasets
import Ingest
import Ledger
import Testing

/// Amounts that are within what a field may say, and together beyond what 64 bits can.
@Suite struct AmountSumTests {
  private static let most = "1000000000000000"
  /// As many of them as a file may add up to, and as many as would wrap.
  private static let (allowedCount, wrappingCount) = (4_000, 9_224)

  private static func daily(_ extra: String = "") -> String {
    """
    kind: usage-daily
    files: "daily_*"
    columns: {subscription: {from: s}, date: {from: d}, event_count: {from: n}, data_down_bytes: {from: b}}
    \(extra)
    """
  }

  private static func rows(_ subscription: (Int) -> Int, _ row: (Int) -> String) -> String {
    "s,d,n,b\n" + (0..<wrappingCount).map { "S-\(subscription($0)),2026-11-21,\(row($0))\n" }.joined()
  }

  @Test(arguments: [true, false])
  func `daily sums beyond the limit refuse their file by name, and the night goes on`(isOneSubscription: Bool) throws {
    let world = try IngestWorld()
    try world.feed("daily", Self.daily())
    try world.deliver("daily_bad.csv", Self.rows({ isOneSubscription ? 1 : $0 }) { _ in "\(Self.most),0" })
    try world.deliver("daily_good.csv", "s,d,n,b\nS-1,2026-11-21,3,500\n")
    let report = try world.night("2026-11-22")
    #expect(report.counts["refusedFileCount"] == 1)
    #expect(
      report.warnings == [
        "daily: daily_bad.csv is refused: 5224 rows were rejected, more than the threshold of 0.05 allows; "
          + "the first at line 4002: out-of-range [too-many-rejects]"
      ])
    #expect(try world.table(.usage).int64("event_count").values == [3])
  }

  @Test func `below the threshold the rows that find no room are rejects, and what counts is exact`() throws {
    let world = try IngestWorld()
    try world.feed("daily", Self.daily("reject-threshold: 0.9"))
    try world.deliver("daily_1.csv", Self.rows({ _ in 1 }) { $0 % 2 == 0 ? "\(Self.most),0" : "1,\(Self.most)" })
    try world.night("2026-11-22")
    let intake = try world.intake("daily_1.csv")
    // The ones among the counts leave the last row no room.
    #expect((intake.acceptedCount, intake.rejectedCount) == (3_999, Int64(Self.wrappingCount - 3_999)))
    #expect(Set(try world.rejectCodes()) == ["out-of-range"])
    let usage = try world.table(.usage)
    #expect(try usage.int64("event_count").values == [2_000 * 1_000_000_000_000_000 + 1_999])
    #expect(try usage.int64("data_down_bytes").values == [1_999 * 1_000_000_000_000_000])
    #expect(intake.measureSum == 3_999_000_000_000_001_999)
    // What was taken is taken back exactly.
    try world.deliver("daily_1.csv", "s,d,n,b\nS-1,2026-11-21,7,0\n")
    try world.night("2026-11-23", supersede: true)
    #expect(try world.table(.usage).int64("event_count").values == [7])
  }

  /// Events: by columns, and row by row since the feed has a condition.
  @Test(arguments: ["", "reject-threshold: 0.9", "reject-threshold: 0.9\nleave-out: [{column: b, is: [\"no\"]}]"])
  func `volumes of events beyond the limit are judged alike by columns and row by row`(extra: String) throws {
    let world = try IngestWorld()
    try world.feed(
      "calls",
      """
      kind: usage
      files: "calls_*"
      numbers: {identity: implicit}
      columns: {number: {from: a}, started_at: {from: t}, type: {constant: data}, down_bytes: {from: b}}
      \(extra)
      """)
    let line = "491700000001,2026-11-21T10:00:00Z,\(Self.most)\n"
    // Usual rows, of less than 2^32 bytes, cost nothing of the room.
    let usual = (0..<100).map { _ in "491700000001,2026-11-21T10:00:00Z,4294967295\n" }.joined()
    let text = "a,t,b\n" + usual + String(repeating: line, count: Self.wrappingCount)
    try world.deliver("calls_1.csv", text)
    guard !extra.isEmpty else {
      let error = #expect(throws: IngestError.self) {
        try world.night("2026-11-22", threads: 2, chunkByteCount: 1 << 14)
      }
      #expect(error?.message.contains("calls_1.csv") == true)
      #expect(error?.message.contains("out-of-range [too-many-rejects]") == true)
      return
    }
    try world.night("2026-11-22", threads: 2, chunkByteCount: 1 << 14)
    let intake = try world.intake("calls_1.csv")
    #expect((intake.acceptedCount, intake.rejectedCount) == (4_100, Int64(Self.wrappingCount - Self.allowedCount)))
    #expect(
      try world.table(.usage).int64("data_down_bytes").values == [4_000_000_000_000_000_000 + 100 * 4_294_967_295])
    #expect(try world.table(.rejects).int64("line").values.first == 4_102)
  }

  @Test func `a session of many files is cut where facts end, and never wraps`() throws {
    let world = try IngestWorld()
    try world.feed(
      "parts",
      """
      kind: usage
      files: "parts_*"
      columns: {subscription: {from: s}, started_at: {from: t}, type: {constant: data}, down_bytes: {from: b}}
      sessions: {key: [id], sequence: n}
      """)
    for file in 0..<3 {
      let rows = (0..<3_500).map { "a,\(file * 10_000 + $0),S-1,2026-11-21T10:00:00Z,\(Self.most)\n" }.joined()
      try world.deliver("parts_\(file).csv", "id,n,s,t,b\n" + rows)
    }
    try world.night("2026-11-22")
    let sums = try world.table(.usage).int64("data_down_bytes").values
    #expect(sums.allSatisfy { $0 >= 0 })
    #expect(sums.reduce(0) { $0.addingReportingOverflow($1).partialValue } == 1 << 62)
  }
}
