import CArchive
import Delivery
import Testing

/// Stored and deflated members of zip files, which are read without libarchive, against what libarchive makes of them.
@Suite struct ZipContentTests {
  private let scratch = Scratch()

  private struct Generator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
  }

  /// Rows, runs, or what hardly packs; of no byte up to several of the largest windows.
  private func text(_ random: inout Generator) -> String {
    let byteCount = [0, 1, 2, 100, 5_000, 70_000, 300_000][random.next(7)]
    var bytes: [UInt8] = []
    bytes.reserveCapacity(byteCount)
    let kind = random.next(3)
    while bytes.count < byteCount {
      switch kind {
      case 0: bytes += Array("\(random.next(100)),\(random.next(1_000_000)),VOICE\n".utf8)
      case 1: bytes += Array(repeating: UInt8(48 + random.next(10)), count: 1 + random.next(3_000))
      default: bytes.append(UInt8(32 + random.next(90)))
      }
    }
    return String(decoding: bytes.prefix(byteCount), as: UTF8.self)
  }

  private func zip(_ random: inout Generator) -> (path: String, texts: [String]) {
    let texts = (0..<(1 + random.next(5))).map { _ in text(&random) }
    let options = ["compression=store", "compression-level=1", "compression-level=6", "compression-level=9"]
    let path = "\(scratch.path)/a.zip"
    Crafted.written(
      path, format: ARCHIVE_FORMAT_ZIP, options: "zip:" + options[random.next(4)],
      texts.enumerated().map { ("m\($0.offset).csv", $0.element) })
    return (path, texts)
  }

  @Test(arguments: 0..<40) func `content is that of libarchive, whatever the buffer`(seed: UInt64) throws {
    var random = Generator(seed)
    let (path, texts) = zip(&random)
    #expect(Crafted.read(zip: path) == texts)
    for byteCount in [1_000 + random.next(9_000), 1 << 16, 4 << 20] {
      #expect(try members(path, chunkByteCount: byteCount).map(\.text) == texts)
    }
  }

  @Test func `every size of buffer gives the same`() throws {
    let text = String(repeating: "1,2,3\n", count: 40)
    let path = "\(scratch.path)/a.zip"
    Crafted.written(path, format: ARCHIVE_FORMAT_ZIP, [("a.csv", text), ("b.csv", text)])
    for byteCount in 1...300 { #expect(try members(path, chunkByteCount: byteCount).map(\.text) == [text, text]) }
  }

  @Test(arguments: 0..<60) func `damage in the packed bytes is found where libarchive finds it`(seed: UInt64) throws {
    var random = Generator(seed &+ 1_000)
    let (path, _) = zip(&random)
    let bytes = scratch.bytes(path)
    // Behind the first member's header, in front of the directory.
    let end = try #require((0..<bytes.count - 4).first { bytes[$0..<$0 + 4].elementsEqual([0x50, 0x4B, 1, 2]) })
    for _ in 0..<20 {
      var damaged = bytes
      damaged[30 + random.next(end - 30)] ^= UInt8(1 + random.next(255))
      let file = scratch.file("damaged.zip", damaged)
      let expected = Crafted.read(zip: file)
      let found = try? members(file).map(\.text)
      // A name that is refused, or a header that libarchive only warns of, is not a matter of content.
      if let found { #expect(expected == nil || found == expected) }
      if let expected, found == nil { #expect(failure(file) != .damaged, "\(expected.map(\.utf8.count))") }
    }
  }

  @Test func `bytes behind the deflated data, and data that do not end, are damage`() throws {
    // A final block of one stored byte, then one byte more; and a block that is not the last.
    let block: [UInt8] = [1, 1, 0, 0xFE, 0xFF, 0x41]
    let cases: [(packed: [UInt8], isGood: Bool)] = [
      (block, true), (block + [0], false), ([0] + block.dropFirst(), false), ([1, 1, 0], false),
    ]
    for (packed, isGood) in cases {
      var member = Crafted.ZipMember("a.csv")
      member.content = packed
      member.method = 8
      member.crc = Crafted.crc32([0x41])
      member.unpackedByteCount = 1
      let path = scratch.file("a.zip", Crafted.zip([member]))
      #expect(failure(path) == (isGood ? nil : .damaged), "\(packed)")
      #expect((Crafted.read(zip: path) != nil) == isGood)
    }
  }

  @Test func `length and checksum are those of the directory`() throws {
    for change in 0..<3 {
      var member = Crafted.ZipMember("a.csv", "1,2\n")
      if change == 1 { member.crc = 7 }
      if change == 2 { member.unpackedByteCount = 5 }
      let path = scratch.file("a.zip", Crafted.zip([.init("b.csv", "b"), member]))
      #expect(failure(path) == (change == 0 ? nil : .damaged))
      #expect((Crafted.read(zip: path) != nil) == (change == 0))
    }
  }

  @Test func `a member whose damaged name is a folder's is not passed over`() throws {
    var member = Crafted.ZipMember("a.csv", "1,2\n")
    member.headerName = Array("a.cs/".utf8)
    let path = scratch.file("a.zip", Crafted.zip([.init("d/", ""), member, .init("b.csv", "b")]))
    #expect(failure(path) == .damaged)
    #expect(#expect(throws: DeliveryError.self) { try ZipMembers(path: path) }?.code == .damaged)
  }

  @Test func `a header that says something else is left to libarchive`() throws {
    for (crc, byteCount) in [(5, nil), (nil, 3), (nil, Int(UInt32.max))] as [(UInt32?, Int?)] {
      var member = Crafted.ZipMember("a.csv", "1,2\n")
      member.headerCRC = crc
      member.headerByteCount = byteCount
      let path = scratch.file("a.zip", Crafted.zip([member, .init("b.csv", "b")]))
      #expect(failure(path) != nil)
      #expect(Crafted.read(zip: path) == nil)
    }
  }

  @Test func `a header that leaves its numbers open takes those of the directory`() throws {
    for (crc, byteCount) in [(0, 0), (0, nil), (nil, 0)] as [(UInt32?, Int?)] {
      var member = Crafted.ZipMember("a.csv", "1,2\n")
      member.headerCRC = crc
      member.headerByteCount = byteCount
      let path = scratch.file("a.zip", Crafted.zip([member, .init("b.csv", "b")]))
      #expect(try members(path).map(\.text) == ["1,2\n", "b"])
      #expect(Crafted.read(zip: path) == ["1,2\n", "b"])
    }
  }
}
