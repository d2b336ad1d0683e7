import Calendar
import Columns
import Datasets
import Foundation
import Glibc
import Ingest
import Ledger
import Synchronization
import Testing

/// What a file may take of memory, and what becomes of one that somebody still writes: by columns and row by row.
@Suite struct FileBoundsTests {
  static let byColumns = """
    kind: usage
    files: "calls*.csv"
    zone: UTC
    numbers: {identity: implicit, country-code: "90", trunk-prefix: "0", international-prefix: "00"}
    reject-threshold: 1
    columns:
      number: {from: a}
      started_at: {from: t}
      type: {constant: voice}
      cell: {from: c}
    """
  static let feeds = [byColumns, byColumns + "\nlimits: {record: 1MiB}"]

  private func world(_ feed: String, _ text: String) throws -> IngestWorld {
    let world = try IngestWorld()
    try world.feed("calls", feed)
    try world.deliver("calls.csv", text)
    return world
  }

  @Test(arguments: feeds) func `of a long row the first bytes are kept, and the reject says so`(feed: String) throws {
    let long = String(repeating: "c", count: 60_000)
    let text = "a,t,c,d\n05320001000,2026-11-22 10:00:00,x,\n,2026-11-22 10:00:00,\(long),\(long)\n"
    let world = try world(feed, text)
    let report = try world.night("2026-11-22")
    #expect(report.counts["acceptedRowCount"] == 1)
    #expect(report.counts["rejectedRowCount"] == 1)
    let rejects = try world.table(.rejects)
    let message = try #require(try rejects.string("message").values.first)
    #expect(message.hasSuffix("; of its 120022 bytes the first 65536 are kept"))
  }

  @Test func `a row of which only the first bytes are kept cannot be repaired in place`() throws {
    let long = String(repeating: "c", count: 70_000)
    let world = try world(FileBoundsTests.byColumns, "a,t,c,d\n05320001000,2026-11-22 10:00:00,x,\nbad,,,\(long)\n")
    try world.night("2026-11-22")
    let path = world.folder + "/rejects.ndjson"
    _ = try RejectExport(world.home).write(to: path)
    let line = try String(contentsOfFile: path, encoding: .utf8)
    func replay(_ text: String) throws -> IngestNight.Report {
      try text.write(toFile: path + ".repaired", atomically: true, encoding: .utf8)
      var replay = Replay(home: world.home, night: try #require(Day("2026-11-22")), file: path + ".repaired")
      replay.configuration = world.folder + "/config"
      return try replay.run()
    }
    #expect(try replay(line).isPublished == false, "nothing was repaired")
    let error = #expect(throws: IngestError.self) {
      try replay(line.replacing("bad,,,", with: "05320001001,2026-11-22 10:00:00,,"))
    }
    #expect(error?.code == .badRepair)
    #expect(error?.message.contains("the first 65536 bytes are kept: deliver the file again with --supersede") == true)
  }

  @Test(arguments: [false, true])
  func `rows beyond the memory wait in staging and leave nothing`(hasFolder: Bool) throws {
    let rows = (0..<40_000).map { "0532000\(1_000 + $0 % 900),2026-11-22 10:00:00,c\($0 % 50)" }
    let world = try world(FileBoundsTests.byColumns, (["a,t,c"] + rows).joined(separator: "\n"))
    if !hasFolder { try FileManager.default.removeItem(atPath: world.home.url("staging")) }
    let report = try world.night("2026-11-22", threads: 2, chunkByteCount: 100_000, memoryByteCount: 1 << 16)
    #expect(report.counts["acceptedRowCount"] == 40_000)
    #expect(try FileManager.default.contentsOfDirectory(atPath: world.home.url("staging")) == [])
    #expect(try world.table(.usage).int64("event_count").values.reduce(0, +) == 40_000)
  }

  @Test(arguments: [1 << 16, 1 << 30]) func `rows wait in a nameless file only beyond the memory`(memory: Int) throws {
    let rows = (0..<20_000).map { "0532000\(1_000 + $0 % 900),2026-11-22 10:00:00,c\($0 % 50)" }
    let world = try world(FileBoundsTests.byColumns, (["a,t,c"] + rows).joined(separator: "\n"))
    try world.deliver("calls2.csv", "a,t,c\n05320001000,2026-11-22 10:00:00,x\n")
    let staging = world.home.url("staging") + "/"
    let found = Mutex(Set<String>())
    try world.night("2026-11-22", chunkByteCount: 100_000, memoryByteCount: memory) { path in
      guard path.hasSuffix("calls2.csv") else { return }
      let open = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []).compactMap {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + $0)
      }
      found.withLock { $0.formUnion(open.filter { $0.hasPrefix(staging) && $0.hasSuffix(" (deleted)") }) }
    }
    #expect(found.withLock { $0.count } == (memory == 1 << 16 ? 1 : 0))
    #expect(try world.table(.usage).int64("event_count").values.reduce(0, +) == 20_001)
  }

  @Test func `a file made with a name has none when it is open`() throws {
    let world = try IngestWorld()
    let descriptor = UsageSpill.openUnlinked(in: world.folder)
    defer { close(descriptor) }
    #expect(descriptor >= 0)
    #expect(write(descriptor, "rows", 4) == 4)
    #expect(try !FileManager.default.contentsOfDirectory(atPath: world.folder).contains { $0.hasPrefix("usage-rows") })
    var status = stat()
    #expect(fstat(descriptor, &status) == 0 && status.st_nlink == 0 && status.st_size == 4)
  }

  @Test(arguments: feeds) func `a file without its date is refused before it is read`(feed: String) throws {
    let world = try world(
      feed + "\ncalendar: {every: day, covers: file-name, pattern: \"_(?<date>[0-9-]{10})\"}", "no,such,columns\n")
    let error = #expect(throws: IngestError.self) { try world.night("2026-11-22") }
    #expect(error?.message.contains("[no-date]") == true)
  }

  @Test(arguments: feeds) func `long rejects count more towards the limit of a file`(feed: String) throws {
    // Each weighs 1 + 5,000 / 256 = 20.
    let rows = (0..<8).map { "x\($0),2026-11-22 10:00:00,\(String(repeating: "c", count: 4_975))" }
    let text = (["a,t,c"] + rows + ["05320001000,2026-11-22 10:00:00,x"]).joined(separator: "\n")
    for (limit, isTaken) in [(159, false), (160, true)] {
      let world = try world(feed, text)
      if isTaken {
        #expect(try world.night("2026-11-22", rejectLimit: limit).counts["rejectedRowCount"] == 8)
      } else {
        let error = #expect(throws: IngestError.self) { try world.night("2026-11-22", rejectLimit: limit) }
        #expect(error?.message.contains("[too-many-rejects]") == true)
      }
    }
  }

  @Test(arguments: feeds) func `a file that grows while it is read is left for the next run`(feed: String) throws {
    let world = try world(feed, "a,t,c\n05320001000,2026-11-22 10:00:00,x\n")
    let grown = try world.night("2026-11-22", threads: 2) { path in
      guard let file = FileHandle(forWritingAtPath: path) else { return }
      _ = try? file.seekToEnd()
      file.write(Data("05320001001,2026-11-22 11:00:00,x\n".utf8))
      try? file.close()
    }
    #expect(grown.counts["growingFileCount"] == 1)
    #expect(grown.counts["fileCount"] == 0)
    #expect(grown.warnings.contains("calls.csv changed while it was read: left for the next run"))
    #expect(try world.table(.usage).rowCount == 0)
    let next = try world.night("2026-11-22", threads: 2)
    #expect(next.counts["growingFileCount"] == 0)
    #expect(next.counts["acceptedRowCount"] == 2)
  }
}
