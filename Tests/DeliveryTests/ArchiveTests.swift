import CArchive
import Delivery
import Glibc
import Testing

@Suite struct ArchiveTests {
  private let scratch = Scratch()
  private let rows = "id,name\n1,ä\n2,b\n"

  @Test func `a plain file is one member, an empty one included`() throws {
    let found = try members(scratch.file("a.csv", Array(rows.utf8)))
    #expect(found.map(\.name) == ["a.csv"])
    #expect(found.map(\.text) == [rows])
    #expect(try members(scratch.file("empty.csv", [])).map(\.text) == [""])
  }

  @Test(arguments: [ArchiveWriter.Format.tar, .tarGzip, .tarZstd, .zip])
  func `what the writer packs comes out again`(format: ArchiveWriter.Format) throws {
    let path = "\(scratch.path)/a"
    let writer = try ArchiveWriter(path: path, format: format)
    try writer.add(member: "daten/größe.csv", Array(rows.utf8))
    try writer.add(member: "empty.csv", [])
    try writer.finish()
    let found = try members(path)
    #expect(found.map(\.name) == ["daten/größe.csv", "empty.csv"])
    #expect(found.map(\.text) == [rows, ""])
  }

  @Test func `the writer writes the same bytes each time`() throws {
    let formats = [ArchiveWriter.Format.tarGzip, .zip, .gzip, .zstd]
    func written() throws -> [[UInt8]] {
      try formats.map { format in
        let writer = try ArchiveWriter(path: "\(scratch.path)/a", format: format)
        try writer.add(member: "a.csv", Array(rows.utf8))
        try writer.finish()
        return scratch.bytes("\(scratch.path)/a")
      }
    }
    let first = try written()
    // A clock in the bytes would show, as its seconds move on.
    usleep(1_100_000)
    #expect(try written() == first)
    #expect(first.allSatisfy { !$0.isEmpty })
  }

  @Test(arguments: [
    (ARCHIVE_FILTER_GZIP, ".gz"), (ARCHIVE_FILTER_ZSTD, ".zst"), (ARCHIVE_FILTER_BZIP2, ".bz2"),
    (ARCHIVE_FILTER_XZ, ".xz"),
  ])
  func `a compressed file is one member, and cut short or lengthened it is none`(filter: Int32, suffix: String) throws {
    let path = "\(scratch.path)/a.csv\(suffix)"
    Crafted.written(path, filter: filter, [("a.csv", rows)])
    let found = try members(path)
    #expect(found.map(\.contentName) == ["a.csv"])
    #expect(found.map(\.text) == [rows])
    let bytes = scratch.bytes(path)
    // Of bzip2 ten bytes are its mark; a shorter stump is no bzip2.
    for count in (suffix == ".bz2" ? 10 : 6)..<bytes.count {
      let code = failure(scratch.file("cut", Array(bytes[..<count])))
      #expect(code == .truncated || code == .damaged, "\(suffix) cut at \(count) of \(bytes.count)")
    }
    let longer = failure(scratch.file("long", bytes + Array("garbage".utf8)))
    #expect(longer == .trailingBytes || longer == .damaged || longer == .truncated, "\(suffix)")
    // The zstd frames of this writer hold no checksum.
    for index in bytes.indices.dropFirst(12) where suffix != ".zst" {
      var flipped = bytes
      flipped[index] ^= 0x10
      let text = try? members(scratch.file("flipped", flipped)).first?.text
      #expect(text == nil || text == rows, "\(suffix) with byte \(index) changed")
    }
  }

  @Test(arguments: [(ARCHIVE_FORMAT_7ZIP, "7z"), (ARCHIVE_FORMAT_ZIP, "zip"), (ARCHIVE_FORMAT_TAR_GNUTAR, "tar")])
  func `7z, zip and tar of other writers are read`(format: Int32, suffix: String) throws {
    let path = "\(scratch.path)/a.\(suffix)"
    Crafted.written(path, format: format, [("a.csv", rows), ("b/c.csv", "x\n")])
    let found = try members(path)
    #expect(found.map(\.name) == ["a.csv", "b/c.csv"])
    #expect(found.map(\.text) == [rows, "x\n"])
  }

  @Test func `a compressed member is inflated, and a folder is passed over`() throws {
    let tar = Crafted.tar([
      .init(name: "day/", type: "5"), .init(name: "day/a.csv.gz", content: Crafted.gzip(rows)),
      .init(name: "b.csv", content: Array("x\n".utf8)),
    ])
    let found = try members(scratch.file("a.tar", tar))
    #expect(found.map(\.name) == ["day/a.csv.gz", "b.csv"])
    #expect(found.map(\.contentName) == ["day/a.csv", "b.csv"])
    #expect(found.map(\.text) == [rows, "x\n"])
  }

  @Test func `members that nobody reads are still checked`() throws {
    var broken = Crafted.gzip(rows)
    broken[broken.count - 6] ^= 1
    let tar = Crafted.tar([.init(name: "a.csv.gz", content: broken), .init(name: "b.csv")])
    let archive = try Archive(path: scratch.file("a.tar", tar))
    #expect(throws: DeliveryError.self) { while try archive.nextMember() != nil {} }
  }

  @Test func `an absent file, a folder and a pipe are told apart`() {
    #expect(failure("\(scratch.path)/none") == .missingFile)
    #expect(failure(scratch.path) == .notAFile)
    mkfifo("\(scratch.path)/pipe", 0o600)
    #expect(failure("\(scratch.path)/pipe") == .notAFile)
  }

  @Test func `an error names file and member, and says what to look for`() throws {
    let path = scratch.file("a.tar", Crafted.tar([.init(name: "x/../../y")]))
    let error = #expect(throws: DeliveryError.self) { try members(path) }
    #expect(error?.archive == "a.tar")
    #expect(error?.member == "x/../../y")
    #expect("\(error!)".hasSuffix("[unsafe-path]"))
  }
}
