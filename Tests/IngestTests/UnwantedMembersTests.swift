import Delivery
import Ingest
import Ledger
import Testing

/// Which members a feed wants, and what is said where it wants none: in chunks, and row by row.
@Suite struct UnwantedMembersTests {
  /// Keys that change nothing, and one that makes a feed be read row by row.
  private static let ways = ["", "\nlimits: {record: 1MiB}"]
  private static let feed = """
    kind: usage
    files: "calls_*"
    columns: {subscription: {from: s}, started_at: {from: at, format: "yyyy-MM-dd HH:mm:ss"}, type: {constant: voice}}
    members: "PATTERN"
    """

  private func archive(_ members: [(name: String, bytes: [UInt8])], _ format: ArchiveWriter.Format) throws -> [UInt8] {
    let world = try IngestWorld()
    let path = world.folder + "/archive"
    let writer = try ArchiveWriter(path: path, format: format)
    for member in members { try writer.add(member: member.name, member.bytes) }
    try writer.finish()
    return try world.bytes(path)
  }

  private func world(pattern: String, _ more: String) throws -> IngestWorld {
    let world = try IngestWorld()
    try world.feed("calls", Self.feed.replacing("PATTERN", with: pattern) + more)
    return world
  }

  @Test(arguments: ["cdr_*.csv", "cdr_*.csv.gz", "*.gz"], ways)
  func `a compressed member matches by its name with and without the ending`(pattern: String, more: String) throws {
    let content = try GzipFixture.gzip("s,at\nS,2026-11-21 10:00:00\n")
    for format in [ArchiveWriter.Format.zip, .tarGzip] {
      let world = try world(pattern: pattern, more)
      try world.deliver("calls_1", archive([("readme.txt", Array("x".utf8)), ("cdr_1.csv.gz", content)], format))
      try world.night("2026-11-22")
      #expect(try world.intake("calls_1").acceptedCount == 1)
    }
  }

  @Test(arguments: ways)
  func `a file without a wanted member is refused, and some of its members are named`(more: String) throws {
    let names = ["readme.txt", "b", "c", "d.csv", "e", "f", "g"]
    for format in [ArchiveWriter.Format.zip, .tarGzip] {
      let world = try world(pattern: "*.gz", more)
      try world.deliver("calls_1", archive(names.map { ($0, Array("x".utf8)) }, format))
      try world.deliver("calls_2", archive([("d.csv", Array("x".utf8))], format))
      let error = #expect(throws: IngestError.self) { try world.night("2026-11-22") }
      let message = error?.message ?? ""
      #expect(
        message.contains(
          "calls_1: no member matches '*.gz'; there is 'readme.txt', 'b', 'c', 'd.csv', 'e' and 2 more [no-member]"))
      #expect(message.contains("calls_2: no member matches '*.gz'; there is 'd.csv' [no-member]"))
    }
  }
}
