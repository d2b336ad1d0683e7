import Delivery
import Glibc
import Parallelism
import Synchronization
import Testing

/// Hands out the numbers from 0 on, each once.
private final class Turn: Sendable {
  private let next = Atomic<Int>(0)
  func take() -> Int { next.wrappingAdd(1, ordering: .relaxed).oldValue }
}

/// Members read side by side are those of `Archive`, or the file is refused by both.
@Suite struct ZipMembersTests {
  private let scratch = Scratch()

  /// The members of a zip file, each read by a thread of its own at the same time as the others.
  private func readTogether(
    _ path: String, limits: DeliveryLimits = DeliveryLimits(), threadCount: Int = 4
  ) throws -> [(member: Archive.Member, text: String)] {
    let zip = try #require(try ZipMembers(path: path, limits: limits))
    let turn = Turn()
    // Threads and no tasks: tasks wait for all other tests' turns, and the file's time runs.
    let found = try WorkerThreads(count: threadCount).map(taskCount: threadCount) { _ in
      var found: [(Archive.Member, String)] = []
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 777, alignment: 1)
      defer { buffer.deallocate() }
      while case let index = turn.take(), index < zip.memberNames.count {
        let reader = try zip.reader(ofMember: index)
        var bytes: [UInt8] = []
        while case let count = try reader.read(into: buffer), count > 0 { bytes += buffer[..<count] }
        found.append((reader.member, String(decoding: bytes, as: UTF8.self)))
      }
      return found
    }
    return found.flatMap { $0 }.sorted { $0.0.index < $1.0.index }
  }

  private func content(_ index: Int) -> String {
    (0..<(index * 997 % 500)).map { "\(index),\($0 &* 7919 % 997)\n" }.joined()
  }

  @Test(arguments: [1, 2, 5]) func `members, names, places and content are those of the archive`(threadCount: Int)
    throws
  {
    let path = "\(scratch.path)/a.zip"
    let writer = try ArchiveWriter(path: path, format: .zip)
    for index in 0..<60 { try writer.add(member: "m\(index).csv", Array(content(index).utf8)) }
    try writer.add(member: "packed.csv.gz", Crafted.gzip("1,2\n"))
    try writer.finish()
    let wanted = try members(path)
    let found = try readTogether(path, threadCount: threadCount)
    #expect(found.map(\.member.name) == wanted.map(\.name))
    #expect(found.map(\.member.contentName) == wanted.map(\.contentName))
    #expect(found.map(\.text) == wanted.map(\.text))
    #expect(found.map(\.member.index) == Array(0...60))
    #expect(found.last?.member.contentName == "packed.csv")
  }

  @Test func `members may be read in any order, in part, twice or not at all`() throws {
    let names = (0..<6).map { "m\($0)" }
    let path = scratch.file("a.zip", Crafted.zip([.init("dir/", "")] + names.map { .init($0, "text of \($0)\n") }))
    let zip = try #require(try ZipMembers(path: path))
    #expect(zip.memberNames == names)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 100, alignment: 1)
    defer { buffer.deallocate() }
    for index in [5, 0, 3, 3, 1] {
      let reader = try zip.reader(ofMember: index)
      let count = try reader.read(into: buffer)
      #expect(String(decoding: buffer[..<count], as: UTF8.self) == "text of m\(index)\n")
    }
  }

  @Test func `what only libarchive reads is read by it, side by side with the rest`() throws {
    // Headers that say less than the directory, or something else.
    var open = Crafted.ZipMember("open.csv", "1,2\n")
    open.headerCRC = 0
    var other = Crafted.ZipMember("other.csv", "3,4\n")
    other.headerFlags = 0
    let path = scratch.file("a.zip", Crafted.zip([open, .init("a.csv", "a\n"), other, .init("b.csv", "b\n")]))
    for threadCount in [1, 3] {
      let found = try readTogether(path, threadCount: threadCount)
      #expect(found.map(\.text) == ["1,2\n", "a\n", "3,4\n", "b\n"])
      #expect(found.map(\.member.name) == ["open.csv", "a.csv", "other.csv", "b.csv"])
    }
    #expect(try members(path).map(\.text) == ["1,2\n", "a\n", "3,4\n", "b\n"])
  }

  @Test func `what is no zip is left to the archive`() throws {
    #expect(try ZipMembers(path: scratch.file("a.csv", Array("1,2\n".utf8))) == nil)
    #expect(try ZipMembers(path: scratch.file("a.tar", Crafted.tar([.init(name: "a")]))) == nil)
    #expect(throws: DeliveryError.self) { try ZipMembers(path: "\(scratch.path)/none") }
  }

  @Test func `what the archive refuses is refused`() throws {
    var wrong = Crafted.ZipMember("wrong.csv", "1,2\n3,4\n")
    wrong.crc = 1
    var nested = Crafted.ZipMember("nested.csv")
    nested.content = Crafted.zip([.init("a", "b")])
    var link = Crafted.ZipMember("link", "/etc/passwd")
    link.externalAttributes = 0o120777 << 16
    var secret = Crafted.ZipMember("secret.csv", "twelve bytes and more")
    secret.flags |= 1
    var noName = Crafted.ZipMember("a?b", "x")
    noName.name[1] = 0xFF
    noName.flags = 0
    let good = (0..<5).map { Crafted.ZipMember("m\($0).csv", "\($0)\n") }
    let bad = [wrong, nested, link, secret, noName, .init("../up", "x"), .init("m1.csv", "x")]
    for member in bad {
      let path = scratch.file("a.zip", Crafted.zip(good + [member]))
      let error = #expect(throws: DeliveryError.self) { try readTogether(path) }
      #expect(error?.code == failure(path))
    }
  }

  @Test func `the limits of the whole file count all members together`() throws {
    let rows = String(repeating: "1,2,3\n", count: 1_000)
    let path = "\(scratch.path)/a.zip"
    let writer = try ArchiveWriter(path: path, format: .zip)
    for index in 0..<10 { try writer.add(member: "m\(index)", Array(rows.utf8)) }
    try writer.finish()
    let total = Int64(rows.utf8.count * 10)
    func code(_ limits: DeliveryLimits) -> DeliveryError.Code? {
      do {
        _ = try readTogether(path, limits: limits)
        return nil
      } catch { return (error as? DeliveryError)?.code }
    }
    #expect(code(DeliveryLimits(maximumTotalByteCount: total)) == nil)
    #expect(code(DeliveryLimits(maximumTotalByteCount: total - 1)) == .deliveryTooLarge)
    #expect(code(DeliveryLimits(maximumMemberByteCount: total / 10 - 1)) == .memberTooLarge)
    #expect(code(DeliveryLimits(maximumMemberCount: 9)) == .tooManyMembers)
    #expect(code(DeliveryLimits(maximumExpansionRatio: 2, freeByteCount: 100)) == .expansionTooLarge)
    #expect(code(DeliveryLimits(maximumDuration: .zero)) == .timeOver)
    #expect(code(DeliveryLimits(maximumExpansionRatio: 2)) == nil)
  }

  @Test func `random damage is refused by both or by none`() throws {
    let path = "\(scratch.path)/a.zip"
    let writer = try ArchiveWriter(path: path, format: .zip)
    for index in 0..<4 { try writer.add(member: "m\(index)", Array(content(index + 3).utf8)) }
    try writer.finish()
    let bytes = scratch.bytes(path)
    var state: UInt64 = 7
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for round in 0..<300 {
      var damaged = bytes
      // Every other round hits the directory.
      let range = round % 2 == 0 ? damaged.count : min(damaged.count, 300)
      damaged[damaged.count - 1 - random(range)] = UInt8(random(256))
      let file = scratch.file("damaged.zip", damaged)
      let wanted = try? members(file)
      let found = try? readTogether(file, threadCount: 2)
      #expect(found?.map(\.text) == wanted?.map(\.text), "round \(round)")
      #expect(found?.map(\.member.name) == wanted?.map(\.name), "round \(round)")
    }
  }
}
