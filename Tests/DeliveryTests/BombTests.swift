import CArchive
import Delivery
import Testing

/// Archives that are small on disk and large, many or endless in reading.
@Suite struct BombTests {
  private let scratch = Scratch()

  @Test func `members that share bytes are refused, whatever they unpack to`() {
    var second = Crafted.ZipMember("b.csv", "1,2\n3,4\n")
    second.offset = 0
    #expect(
      failure(scratch.file("a.zip", Crafted.zip([.init("a.csv", "1,2\n3,4\n"), second]))) == .overlappingMembers)
    // The first member's content holds the whole of the second, as in a bomb of quoted headers.
    var inner = Crafted.ZipMember("b.csv", "")
    inner.offset = 35
    var outer = Crafted.ZipMember("a.csv")
    outer.content = Array(Crafted.zip([.init("b.csv", "x\n")]).prefix(37))
    #expect(failure(scratch.file("b.zip", Crafted.zip([outer, inner]))) == .overlappingMembers)
  }

  @Test func `a directory that lies about its members is refused`() {
    let members = [Crafted.ZipMember("a.csv", "1\n"), .init("b.csv", "2\n")]
    for isWide in [false, true] {
      #expect(failure(scratch.file("good.zip", Crafted.zip(members, isWide: isWide))) == nil)
      for count in [0, 1, 3] {
        let code = failure(scratch.file("a.zip", Crafted.zip(members, isWide: isWide, entryCount: count)))
        #expect(code == .damaged || code == .truncated, "\(count) of 2, \(isWide)")
      }
    }
    var far = members[1]
    far.offset = 1 << 30
    #expect(failure(scratch.file("b.zip", Crafted.zip([members[0], far]))) == .truncated)
    var large = members[1]
    large.announcedByteCount = 1 << 20
    #expect(failure(scratch.file("c.zip", Crafted.zip([members[0], large]))) == .truncated)
    large.announcedByteCount = 60
    #expect(failure(scratch.file("d.zip", Crafted.zip([members[0], large]))) == .overlappingMembers)
  }

  @Test func `more members than the limit are refused before any is read, however many the end announces`() {
    let zip = Crafted.zip([.init("a.csv", "1\n")], isWide: true, entryCount: 1_000_000)
    #expect(failure(scratch.file("a.zip", zip)) == .tooManyMembers)
    let huge = Crafted.zip([.init("a.csv", "1\n")], isWide: true, entryCount: .max)
    #expect(failure(scratch.file("b.zip", huge)) == .tooManyMembers)
  }

  @Test func `bytes behind a zip file are refused`() {
    #expect(failure(scratch.file("a.zip", Crafted.zip([.init("a.csv", "1\n")]) + [0])) == .truncated)
  }

  @Test func `a name that holds NUL is refused in zip, and ends there in tar`() throws {
    var member = Crafted.ZipMember("good.csv", "1\n")
    member.name = Array("good.csv\0/../../evil".utf8)
    #expect(failure(scratch.file("a.zip", Crafted.zip([member]))) == .unreadableName)
    // A tar header's name ends at its first NUL, for every reader.
    let tar = Crafted.tar([.init(name: "good.csv\0/../../evil")])
    #expect(try members(scratch.file("a.tar", tar)).map(\.name) == ["good.csv"])
  }

  @Test func `archives within archives end at the first, as deep as they may be`() {
    var bytes = Array("1\n".utf8)
    for depth in 1...6 {
      bytes = Crafted.zip(
        (0..<4).map { index in
          var member = Crafted.ZipMember("\(index).zip")
          member.content = bytes
          return member
        })
      let code = failure(scratch.file("a.zip", bytes))
      #expect(code == (depth == 1 ? nil : .nestedArchive))
    }
  }

  @Test func `a feed may refuse archives altogether`() {
    let limits = DeliveryLimits(maximumNestingDepth: 0)
    #expect(failure(scratch.file("a.zip", Crafted.zip([.init("a", "b")])), limits: limits) == .nestedArchive)
    #expect(failure(scratch.file("a.tar", Crafted.tar([.init(name: "a")])), limits: limits) == .nestedArchive)
    #expect(failure(scratch.file("a.csv.gz", Crafted.gzip("1\n")), limits: limits) == nil)
  }

  @Test(arguments: [ARCHIVE_FORMAT_7ZIP, ARCHIVE_FORMAT_ZIP, ARCHIVE_FORMAT_TAR_PAX_RESTRICTED])
  func `links and ways out are refused in every container`(format: Int32) {
    let path = "\(scratch.path)/a"
    Crafted.written(path, format: format, kinds: [("ok.csv", 0o100000, nil), ("dir", 0o040000, nil)])
    #expect(failure(path) == nil)
    Crafted.written(path, format: format, kinds: [("link", 0o120000, "/etc"), ("link/passwd", 0o100000, nil)])
    #expect(failure(path) == .notARegularMember)
    Crafted.written(path, format: format, kinds: [("../up.csv", 0o100000, nil)])
    #expect(failure(path) == .unsafePath)
    Crafted.written(path, format: format, kinds: [("/abs.csv", 0o100000, nil)])
    #expect(failure(path) == .unsafePath)
  }

  @Test func `devices and pipes in a zip are refused`() {
    for type: UInt32 in [0o010000, 0o020000, 0o060000, 0o140000] {
      var member = Crafted.ZipMember("a.csv", "")
      member.externalAttributes = (type | 0o644) << 16
      #expect(failure(scratch.file("a.zip", Crafted.zip([member]))) == .notARegularMember, "\(String(type, radix: 8))")
    }
  }

  @Test func `a 7z that claims more members than the limit is refused, whatever its list holds`() throws {
    // A list of empty members without names: a bit each. libarchive would make room for all of them.
    func list(_ count: Int) -> [UInt8] {
      let bits = [UInt8](repeating: 0xFF, count: (count + 7) / 8)
      return [0x01, 0x05] + Crafted.sevenZipNumber(count) + [0x0E] + Crafted.sevenZipNumber(bits.count) + bits + [0, 0]
    }
    for count in [100_001, 20_000_000] {
      let path = scratch.file("many.7z", Crafted.sevenZip(list: list(count)))
      // Of what libarchive sees it would say that a name is missing.
      #expect(failure(path) == .tooManyMembers)
    }
    #expect(failure(scratch.file("few.7z", Crafted.sevenZip(list: list(3)))) != .tooManyMembers)
  }

  @Test func `counts in a 7z that no machine can add up are refused`() {
    let most = [UInt8](repeating: 0xFF, count: 9)
    let folder: [UInt8] = [0x07, 0x0B, 0x01, 0x00, 0x01, 0x01, 0x00, 0x0C, 0x00, 0x00]
    // Streams of two kinds, each of which claims many.
    let twice = [0x01, 0x03] + folder + [0x08, 0x0D] + most + [0, 0, 0x04] + folder + [0x08, 0x0D, 0x01, 0, 0, 0]
    let packed = [0x01, 0x04, 0x06, 0x00] + most + [0x0A, 0x01]
    let folders = [0x01, 0x04, 0x07, 0x0B] + most + [0x00]
    for list in [twice, packed, folders] {
      #expect(failure(scratch.file("counts.7z", Crafted.sevenZip(list: list))) == .tooManyMembers)
    }
  }

  @Test func `a packed list of a 7z is unpacked before it is believed`() {
    #expect(failure(scratch.file("many.7z", Crafted.packedSevenZipOfManyMembers())) == .tooManyMembers)
  }

  @Test func `a 7z whose list lies beyond its end, or is large, is refused`() {
    var bytes = Crafted.sevenZip(list: [0x01, 0x00])
    for (place, value) in [(12, UInt8(0xFF)), (20, 0xFF), (27, 0xFF)] {
      var other = bytes
      other[place] = value
      Crafted.fixSevenZipStart(&other)
      #expect(failure(scratch.file("beyond.7z", other)) == .truncated)
    }
    // The list that a search by mutation found: a size of eight bytes of FF, and a coder with 5.8 GB of properties.
    bytes = Crafted.encryptedSevenZip()
    for place in 21..<28 { bytes[place] = 0xFF }
    Crafted.fixSevenZipStart(&bytes)
    #expect(failure(scratch.file("properties.7z", bytes)) == .truncated)
  }

  @Test func `a 7z whose list is encrypted is refused`() {
    #expect(failure(scratch.file("a.7z", Crafted.encryptedSevenZip())) == .encrypted)
  }

  @Test(arguments: [ARCHIVE_FORMAT_7ZIP, ARCHIVE_FORMAT_ZIP, ARCHIVE_FORMAT_TAR_USTAR])
  func `an archive cut at any byte is refused`(format: Int32) {
    let path = "\(scratch.path)/a"
    let text = (0..<40).map { "\($0),\($0 * 7919 % 997)\n" }.joined()
    Crafted.written(path, format: format, [("a.csv", text), ("b.csv", text)])
    var bytes = scratch.bytes(path)
    #expect(failure(path) == nil)
    // The padding of a tar to whole records may be cut: two blocks of zeros end it.
    while format == ARCHIVE_FORMAT_TAR_USTAR, bytes.suffix(512).allSatisfy({ $0 == 0 }) { bytes.removeLast(512) }
    // So short a beginning is no mark, but a text.
    for count in 8..<bytes.count {
      let code = failure(scratch.file("cut", Array(bytes[..<count])))
      #expect(code != nil || (format == ARCHIVE_FORMAT_TAR_USTAR && count < 512), "cut at \(count) of \(bytes.count)")
    }
  }
}
