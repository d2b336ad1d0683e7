import Columns
import Datasets
import Foundation
import Ingest
import Ledger
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
