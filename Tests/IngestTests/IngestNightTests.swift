import Calendar
import Columns
import Datasets
import FoundationEssentials
import Ingest
import Ledger
import Testing
import Vault

@Suite struct IngestNightTests {
  @Test func `a call belongs to whoever owned the number when it began, on the local civil day`() throws {
    let world = try IngestWorld()
    try world.addCallFeeds()
    try world.deliver(
      "calls_a.csv",
      IngestWorld.header + """
        1,0170 0000001,01709999,2026-11-20 11:59:59,60,0.10
        2,01700000001,01709999,2026-11-20 12:00:00,60,0.10
        3,01700000001,0033123456,2026-11-21 00:30:00,30,1.5
        4,+491700000001,,2026-11-21 23:30:00,0,

        """)
    let report = try world.night("2026-11-22")
    #expect(report.isPublished)
    #expect(try world.rejectCodes() == ["unknown-number"])
    let usage = try world.table(.usage)
    let (first, second) = (
      try world.key().pseudonym(.subscription, "S-1"), try world.key().pseudonym(.subscription, "S-2")
    )
    #expect(try usage.int64("subscription_id").values == [first, second])
    #expect(try usage.date("event_date").values == [Day("2026-11-20")!.rawValue, Day("2026-11-21")!.rawValue])
    #expect(try usage.int64("voice_out_count").values == [1, 1])
    #expect(try usage.int64("voice_out_seconds").values == [60, 30])
    #expect(try usage.int64("event_count").values == [1, 2])
    #expect(try usage.int64("night_count").values == [0, 2])
    #expect(try usage.int64("international_count").values == [0, 1])
    #expect(try usage.int64("charge_e4").values == [1000, 15000])
    #expect(try world.table(.counterparties).rowCount == 2)
    let intake = try world.intake("calls_a.csv")
    #expect((intake.readCount, intake.acceptedCount, intake.rejectedCount, intake.headerCount) == (5, 3, 1, 1))
  }

  @Test func `a file counts once: a copy under another name is known, other content under its name is refused`() throws
  {
    let world = try IngestWorld()
    try world.addCallFeeds("")
    let text = IngestWorld.header + "1,01700000002,,2026-11-21 10:00:00,60,\n"
    try world.deliver("calls_a.csv", text)
    try world.night("2026-11-21")
    try world.deliver("calls_b.csv", text)
    let again = try world.night("2026-11-21")
    #expect(!again.isPublished && again.counts["knownFileCount"] == 3)
    try world.deliver("calls_a.csv", text + "2,01700000002,,2026-11-21 11:00:00,60,\n")
    #expect(throws: IngestError.self) { try world.night("2026-11-21") }
    try world.deliver("calls_c.csv", IngestWorld.header + "3,01700000002,,2026-11-21 12:00:00,1,\n")
    let report = try world.night("2026-11-21")
    #expect(report.warnings.contains { $0.contains("calls_a.csv is refused") && $0.contains("[changed-content]") })
    #expect(try world.table(.usage).int64("voice_out_seconds").values.sorted() == [1, 60])
    // The refusal is remembered: the same command again has nothing to do.
    #expect(try world.night("2026-11-21").isPublished == false)
  }

  @Test func `two copies of one content in a night count once`() throws {
    let world = try IngestWorld()
    try world.addCallFeeds("")
    for name in ["2026-11-20/calls_a.csv", "2026-11-21/calls_z.csv"] {
      try world.deliver(name, IngestWorld.header + "1,01700000002,,2026-11-20 10:00:00,60,\n")
    }
    let report = try world.night("2026-11-21")
    #expect(report.counts["knownFileCount"] == 1)
    #expect(try world.table(.usage).int64("voice_out_seconds").values == [60])
  }

  @Test func `a record key that any file of the window had is a duplicate, and counted`() throws {
    let world = try IngestWorld()
    try world.addCallFeeds("record-key: {from: [id, start], window-days: 3}")
    let row = "1,01700000002,,2026-11-20 10:00:00,60,\n"
    try world.deliver("calls_a.csv", IngestWorld.header + row + row)
    try world.night("2026-11-20")
    #expect(try world.intake("calls_a.csv").duplicateCount == 1)
    try world.deliver("calls_b.csv", IngestWorld.header + row + "2,01700000002,,2026-11-20 10:00:00,5,\n")
    try world.night("2026-11-22")
    #expect(try world.intake("calls_b.csv").duplicateCount == 1)
    try world.deliver("calls_c.csv", IngestWorld.header + row + "\n")
    try world.night("2026-11-23")
    #expect(try world.intake("calls_c.csv").duplicateCount == 0, "three nights later the key is forgotten")
    #expect(try world.intake("calls_c.csv").blankCount == 1)
  }

  @Test func `a refused file leaves no record key behind`() throws {
    let world = try IngestWorld()
    try world.addCallFeeds("record-key: {from: [id]}\nreject-threshold: 0.4")
    let row = "1,01700000002,,2026-11-20 10:00:00,60,\n"
    try world.deliver("calls_a.csv", IngestWorld.header + row + "2,01700000002,,2026-11-20 10:00:00,x,\n")
    try world.deliver("calls_b.csv", IngestWorld.header + row)
    let report = try world.night("2026-11-20")
    #expect(report.warnings.contains { $0.contains("[too-many-rejects]") })
    #expect(try world.intake("calls_b.csv").acceptedCount == 1)
  }

  @Test func `an event outside of the window is counted apart and kept among the rejects`() throws {
    let world = try IngestWorld()
    try world.addCallFeeds("late-days: 2")
    try world.deliver(
      "calls_a.csv",
      IngestWorld.header + """
        1,01700000002,,2026-11-19 23:59:59,1,
        2,01700000002,,2026-11-20 00:00:00,2,
        3,01700000002,,2026-11-22 23:59:59,4,
        4,01700000002,,2026-11-23 00:00:00,8,

        """)
    try world.night("2026-11-22")
    #expect(try world.intake("calls_a.csv").outOfWindowCount == 2)
    #expect(try world.rejectCodes() == ["out-of-window", "out-of-window"])
    #expect(try world.table(.usage).int64("voice_out_seconds").values == [2, 4])
  }

  @Test func `threads change no byte of the log or the products`() throws {
    var digests: [[String]] = []
    for threads in [1, 2, 5] {
      let world = try IngestWorld()
      // The same key in each world.
      try Data((0..<32).map { UInt8($0) }).write(to: URL(filePath: world.home.url(PseudonymKey.fileName)))
      try world.addCallFeeds()
      for file in 0..<6 {
        let rows = (0..<200).map { row in
          "\(file * 150 + row),0170000000\(1 + row % 2),01709\(row * 7 % 13),2026-11-2\(row % 2) 1\(row % 10):00:0\(file),\(row),0.0\(row % 10)"
        }
        try world.deliver("calls_\(file).csv", IngestWorld.header + rows.joined(separator: "\n") + "\n")
      }
      try world.night("2026-11-22", threads: threads)
      digests.append(try world.state().products.map(\.name))
    }
    #expect(digests[0].count > 5)
    #expect(digests[0] == digests[1] && digests[0] == digests[2])
  }

  @Test func `a dry run reads everything and writes nothing`() throws {
    let world = try IngestWorld()
    try world.addCallFeeds()
    try world.deliver("calls_a.csv", IngestWorld.header + "1,01700000002,,2026-11-21 10:00:00,60,\nx\n")
    let before = try FileManager.default.subpathsOfDirectory(atPath: world.home.path).sorted()
    let report = try world.night("2026-11-22", isDryRun: true)
    #expect(!report.isPublished)
    #expect(report.fileLines.contains { $0.contains("calls_a.csv: read 3, accepted 1, rejected 1") })
    #expect(try FileManager.default.subpathsOfDirectory(atPath: world.home.path).sorted() == before)
  }

  @Test func `no product outside of the vault, and no message, holds a phone number or an address`() throws {
    let world = try IngestWorld()
    try world.addCallFeeds()
    try world.deliver(
      "calls_a.csv",
      IngestWorld.header
        + "1,01700000002,01512345678,2026-11-21 10:00:00,60,\n2,01700000002,\"0151\"2,x,1,\n3,0170x,,,,\n")
    let report = try world.night("2026-11-22")
    let canaries = ["1700000002", "1512345678", "491700000001"].map { Array($0.utf8) }
    for path in try FileManager.default.subpathsOfDirectory(atPath: world.home.path) where !path.hasPrefix("vault/") {
      guard let content = FileManager.default.contents(atPath: world.home.url(path)) else { continue }
      for canary in canaries { #expect(!Array(content).contains(canary), "\(path)") }
    }
    for warning in report.warnings { #expect(!warning.contains("1700000002")) }
    let sealed = try #require(world.state().products(under: "vault/rejects/").first)
    let rows = try SealedRejects(world.key()).open(SystemCallsReading.bytes(world.home.url(sealed.name)))
    #expect(rows.map { String(decoding: $0.bytes, as: UTF8.self) } == ["2,01700000002,\"0151\"2,x,1,", "3,0170x,,,,"])
  }
}

enum SystemCallsReading {
  static func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }
}
