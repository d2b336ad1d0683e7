import CArchive
import Delivery
import Testing

@Suite struct HostileArchiveTests {
  private let scratch = Scratch()

  @Test(arguments: ["../a", "a/../../b", "/etc/passwd", "a/..", "..\\a", "\\a", "C:\\a", "C:/a", "a\nb"])
  func `names that lead elsewhere are refused, in tar and in zip`(name: String) {
    #expect(failure(scratch.file("a.tar", Crafted.tar([.init(name: name)]))) == .unsafePath)
    #expect(failure(scratch.file("a.zip", Crafted.zip([.init(name, "x")]))) == .unsafePath)
  }

  @Test func `a name in an error moves no cursor and turns no text around`() {
    let path = scratch.file("a.zip", Crafted.zip([.init("../a\u{1B}[2J\n\u{202E}b\u{7F}", "x")]))
    let error = #expect(throws: DeliveryError.self) { try members(path) }
    #expect(error?.member == "../a?[2J??b?")
    let long = Crafted.zip([.init("../" + String(repeating: "a", count: 5_000), "x")])
    #expect(#expect(throws: DeliveryError.self) { try members(scratch.file("b.zip", long)) }?.member?.count == 200)
  }

  @Test func `dots within a name are no harm`() throws {
    let names = ["a..b.csv", ".hidden", "a/...", "./b.csv"]
    let path = scratch.file("a.tar", Crafted.tar(names.map { .init(name: $0) }))
    #expect(try members(path).map(\.name) == names)
  }

  @Test func `names that are not UTF-8 are refused`() {
    var member = Crafted.ZipMember("a?b")
    member.name[1] = 0xFF
    member.flags = 0
    #expect(failure(scratch.file("a.zip", Crafted.zip([member]))) == .unreadableName)
    #expect(failure(scratch.file("b.tar", Crafted.tar([.init(name: "")]))) != nil)
  }

  @Test(arguments: [("1", "hard link"), ("2", "symbolic link"), ("3", "device"), ("4", "device"), ("6", "pipe")])
  func `links, devices and pipes are refused by name`(type: Character, words: String) throws {
    let path = scratch.file("a.tar", Crafted.tar([.init(name: "ok"), .init(name: "bad", type: type, link: "ok")]))
    let error = #expect(throws: DeliveryError.self) { try members(path) }
    #expect(error?.code == .notARegularMember)
    #expect(error?.member == "bad")
    #expect(error!.message.contains(words))
  }

  @Test func `a symbolic link in a zip is refused`() {
    var member = Crafted.ZipMember("link", "/etc/passwd")
    member.externalAttributes = 0o120777 << 16
    #expect(failure(scratch.file("a.zip", Crafted.zip([member]))) == .notARegularMember)
  }

  @Test func `an encrypted member is refused`() {
    var member = Crafted.ZipMember("a.csv", "twelve bytes and more")
    member.flags |= 1
    #expect(failure(scratch.file("a.zip", Crafted.zip([member]))) == .encrypted)
  }

  @Test func `an archive within an archive is refused, whatever it is called`() {
    let inner = [Crafted.tar([.init(name: "a")]), Crafted.zip([.init("a", "b")]), Array("Rar!\u{1A}\u{7}\0".utf8)]
    for bytes in inner {
      #expect(failure(scratch.file("a.tar", Crafted.tar([.init(name: "a.csv", content: bytes)]))) == .nestedArchive)
    }
    let gzip = Crafted.gzip(String(decoding: Crafted.zip([.init("a", "b")]).filter { $0 < 0x80 }, as: UTF8.self))
    #expect(failure(scratch.file("a.gz", gzip)) == .nestedArchive)
    #expect(failure(scratch.file("b.tar", Crafted.tar([.init(name: "a.csv.gz", content: gzip)]))) == .nestedArchive)
  }

  @Test func `a file compressed twice is refused`() throws {
    Crafted.written("\(scratch.path)/a.gz", filter: ARCHIVE_FILTER_GZIP, [("a", "x\n")])
    let writer = try ArchiveWriter(path: "\(scratch.path)/a.gz.gz", format: .gzip)
    try writer.add(member: "a", scratch.bytes("\(scratch.path)/a.gz"))
    try writer.finish()
    #expect(failure("\(scratch.path)/a.gz.gz") == .nestedArchive)
  }

  @Test func `RAR, ISO and other formats are refused`() {
    var iso = [UInt8](repeating: 0x20, count: 40_000)
    iso.replaceSubrange(32_769..<32_774, with: Array("CD001".utf8))
    let foreign = [
      iso, Array("Rar!\u{1A}\u{7}\u{1}\0".utf8), Array("MSCF\0\0\0\0".utf8), Array("xar!".utf8),
      Array("!<arch>\n".utf8), Array(("070707" + String(repeating: "0", count: 70)).utf8), [0x04, 0x22, 0x4D, 0x18],
    ]
    for bytes in foreign { #expect(failure(scratch.file("a.csv", bytes)) == .unsupportedFormat) }
  }

  @Test func `rows that begin like a mark are rows`() throws {
    for text in ["070701,1\n", "BZh1,2\n", "PK,3\n", "7z,1\n", "-lh,2\n"] {
      #expect(try members(scratch.file("a.csv", Array(text.utf8))).map(\.text) == [text])
    }
  }

  @Test func `a tar cut anywhere is refused, between two members too`() {
    let tar = Crafted.tar(
      [.init(name: "a", content: [65, 10]), .init(name: "b", content: [66, 10])], hasEndMark: false)
    for count in stride(from: 512, through: tar.count, by: 128) {
      #expect(failure(scratch.file("a.tar", Array(tar[..<count]))) != nil, "cut at \(count)")
    }
    #expect(failure(scratch.file("b.tar", tar)) == .truncated)
  }

  @Test func `a zip cut anywhere is refused, and so is one with wrong sizes or checksums`() {
    let zip = Crafted.zip([.init("a.csv", "1,2\n"), .init("b.csv", "3,4\n")])
    for count in 4..<zip.count {
      #expect(failure(scratch.file("a.zip", Array(zip[..<count]))) != nil, "cut at \(count)")
    }
    var member = Crafted.ZipMember("a.csv", "1,2\n3,4\n")
    member.announcedByteCount = 1 << 30
    #expect(failure(scratch.file("b.zip", Crafted.zip([member]))) != nil)
    member.announcedByteCount = 4
    #expect(failure(scratch.file("c.zip", Crafted.zip([member]))) != nil)
    member.announcedByteCount = nil
    member.crc = 1
    #expect(failure(scratch.file("d.zip", Crafted.zip([member]))) == .damaged)
  }

  @Test func `two members of one name are refused`() {
    #expect(failure(scratch.file("a.tar", Crafted.tar([.init(name: "a"), .init(name: "a")]))) == .duplicateMember)
  }

  @Test func `a bomb is stopped by what comes out, not by what a header says`() throws {
    let zeros = [UInt8](repeating: 0x30, count: 4 << 20)
    for format in [ArchiveWriter.Format.zip, .tarGzip, .gzip, .tarZstd, .zstd] {
      let path = "\(scratch.path)/bomb"
      let writer = try ArchiveWriter(path: path, format: format)
      try writer.add(member: "a", zeros)
      try writer.finish()
      #expect(
        failure(path, limits: DeliveryLimits(maximumExpansionRatio: 100, freeByteCount: 1 << 20)) == .expansionTooLarge)
      #expect(failure(path, limits: DeliveryLimits(maximumTotalByteCount: 1 << 20)) == .deliveryTooLarge)
      #expect(failure(path) == nil)
    }
  }

  @Test func `member size and member count have limits`() throws {
    let tar = Crafted.tar((0..<5).map { .init(name: "m\($0)", content: [UInt8](repeating: 65, count: 100)) })
    let path = scratch.file("a.tar", tar)
    #expect(failure(path, limits: DeliveryLimits(maximumMemberCount: 4)) == .tooManyMembers)
    #expect(failure(path, limits: DeliveryLimits(maximumMemberCount: 5)) == nil)
    #expect(failure(path, limits: DeliveryLimits(maximumMemberByteCount: 99)) == .memberTooLarge)
    #expect(failure(path, limits: DeliveryLimits(maximumMemberByteCount: 100)) == nil)
  }

  @Test func `random damage ends in an error or in the same rows, never in a crash`() throws {
    let path = "\(scratch.path)/a"
    var state: UInt64 = 1
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for format in [ArchiveWriter.Format.tarGzip, .zip, .tarZstd] {
      let writer = try ArchiveWriter(path: path, format: format)
      for index in 0..<5 { try writer.add(member: "m\(index)", Array(repeating: UInt8(index + 65), count: 1000)) }
      try writer.finish()
      let bytes = scratch.bytes(path)
      for _ in 0..<300 {
        var damaged = bytes
        for _ in 0...random(3) { damaged[random(damaged.count)] = UInt8(random(256)) }
        _ = failure(scratch.file("damaged", damaged))
      }
    }
  }
}
