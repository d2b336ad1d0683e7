import Datasets
import Delivery
import Ingest
import Ledger
import Testing

/// Members of archives, read side by side in chunks, against the same read one after another and row by row: facts,
/// rejects, counts and refusals are equal.
@Suite struct MemberReadingTests {
  private typealias Generator = ColumnReadingTests.Generator
  private typealias Delivery = (name: String, bytes: [UInt8])

  private static let feed = ColumnReadingTests.feed.replacing("calls*.csv", with: "calls*") + "\nmembers: \"*.csv\""
  /// Numbers of threads, and sizes of chunks.
  private static let ways = [(1, 4 << 20), (2, 1 << 10), (3, 200), (3, 4 << 20)]

  /// Everything that an ingest says of its rows, and of the files that it refuses.
  private func outcome(
    _ feed: String, _ deliveries: [Delivery], threads: Int, chunkByteCount: Int, rejectLimit: Int
  ) throws -> [String] {
    let world = try IngestWorld()
    try world.use(key: Array(repeating: 7, count: 32))
    try world.feed("calls", feed)
    for delivery in deliveries { try world.deliver(delivery.name, delivery.bytes) }
    let report = try world.night(
      "2026-11-22", threads: threads, chunkByteCount: chunkByteCount, rejectLimit: rejectLimit)
    return try ColumnReadingTests.lines(world) + report.warnings
  }

  private func expectOneOutcome(
    _ deliveries: [Delivery], limits: String = "", rejectLimit: Int = 1_000_000, _ comment: Comment
  ) throws {
    let rows = Self.feed + "\nlimits: {record: 1MiB\(limits.isEmpty ? "" : ", " + limits)}"
    let columns = Self.feed + (limits.isEmpty ? "" : "\nlimits: {\(limits)}")
    let expected = try outcome(rows, deliveries, threads: 1, chunkByteCount: 4 << 20, rejectLimit: rejectLimit)
    for (threads, chunkByteCount) in Self.ways {
      let found = try outcome(
        columns, deliveries, threads: threads, chunkByteCount: chunkByteCount, rejectLimit: rejectLimit)
      let difference = Set(found).symmetricDifference(expected).sorted().prefix(6)
      #expect(found.count == expected.count && difference.isEmpty, comment)
    }
  }

  /// A file beside the one that matters, so that a night takes something.
  private let neighbour: Delivery = ("calls_0.csv", Array(ColumnReadingTests.text(901, rowCount: 5).utf8))

  /// Members of some rows, few or many; some that the feed does not want, some compressed, some without the right columns.
  private func members(_ random: inout Generator, hasBadHeaders: Bool) throws -> [Delivery] {
    try (0..<(1 + random.next(6))).map { index in
      let rowCount = [0, 3, 40, 600][random.next(4)]
      var text = ColumnReadingTests.text(random.next(10_000), rowCount: rowCount)
      if hasBadHeaders, random.next(8) == 0 { text = text.replacing(",note", with: ",a") }
      switch random.next(8) {
      case 0: return ("m\(index).txt", Array(text.utf8))
      case 1: return ("m\(index).csv.gz", try GzipFixture.gzip(text))
      default: return ("d/m\(index).csv", Array(text.utf8))
      }
    }
  }

  private func archive(_ members: [Delivery], _ format: ArchiveWriter.Format) throws -> [UInt8] {
    let world = try IngestWorld()
    let path = world.folder + "/archive"
    let writer = try ArchiveWriter(path: path, format: format)
    for member in members { try writer.add(member: member.name, member.bytes) }
    try writer.finish()
    return try world.bytes(path)
  }

  @Test(arguments: 0..<10) func `members read side by side are those read one after another`(seed: Int) throws {
    var random = Generator(seed + 500)
    let deliveries = try (1...3).map { index in
      let format = [ArchiveWriter.Format.zip, .zip, .tarGzip][random.next(3)]
      return Delivery("calls_\(index)", try archive(try members(&random, hasBadHeaders: false), format))
    }
    try expectOneOutcome([neighbour] + deliveries, "seed \(seed)")
  }

  @Test(arguments: 0..<10) func `a bad member refuses the file for the first thing that is wrong with it`(
    seed: Int
  ) throws {
    var random = Generator(seed + 600)
    let deliveries = try (1...4).map { index in
      var bytes = try archive(try members(&random, hasBadHeaders: true), .zip)
      // In the middle, where the content is, or anywhere.
      let damageCount = random.next(4)
      for _ in 0..<damageCount {
        let place = random.next(3) > 0 ? bytes.count / 4 + random.next(bytes.count / 2) : random.next(bytes.count)
        bytes[place] ^= UInt8(1 + random.next(255))
      }
      return Delivery("calls_\(index).zip", bytes)
    }
    try expectOneOutcome([neighbour] + deliveries, "seed \(seed)")
  }

  @Test(arguments: 0..<8) func `limits hold for all members together, and the first thing that is wrong is told`(
    seed: Int
  ) throws {
    var random = Generator(seed + 700)
    var packed = try members(&random, hasBadHeaders: true)
    packed.append(("last.csv", Array(ColumnReadingTests.text(seed, rowCount: 300).utf8)))
    let byteCount = packed.reduce(0) { $0 + $1.bytes.count }
    let zip = try archive(packed, .zip)
    let limits = [
      "unpacked-size: \(byteCount / 2 + random.next(byteCount)) B", "member-size: \(2_000 + random.next(byteCount)) B",
      "free-size: 0 B, expansion: \(1 + random.next(4))", "members: \(1 + random.next(7))",
    ]
    for limit in limits { try expectOneOutcome([neighbour, ("calls_1.zip", zip)], limits: limit, "\(limit)") }
  }

  @Test func `a member in UTF-16 sends the file the other way`() throws {
    var wide: [UInt8] = [0xFF, 0xFE]
    for unit in ColumnReadingTests.text(3, rowCount: 20).utf16 { wide += [UInt8(unit & 255), UInt8(unit >> 8)] }
    let text = Array(ColumnReadingTests.text(4, rowCount: 20).utf8)
    let zip = try archive([("a.csv", text), ("b.csv", wide), ("c.csv", text)], .zip)
    try expectOneOutcome([neighbour, ("calls_1.zip", zip)], "UTF-16")
  }

  @Test(arguments: 0..<6) func `too many rejects refuse the file and leave its neighbours alone`(seed: Int) throws {
    var random = Generator(seed + 800)
    let texts = (0..<4).map { ColumnReadingTests.text(seed * 10 + $0, rowCount: 20 + random.next(300)) }
    let bad = String(repeating: "x\n", count: random.next(150))
    let zip = try archive(
      texts.enumerated().map { ("m\($0.offset).csv", Array(($0.element + "\n" + bad).utf8)) }, .zip)
    let last: Delivery = ("calls_3.csv", Array(ColumnReadingTests.text(902, rowCount: 5).utf8))
    try expectOneOutcome(
      [neighbour, ("calls_1.csv", Array((texts[0] + "\n" + bad + bad).utf8)), ("calls_2.zip", zip), last],
      rejectLimit: 100 + random.next(300), "seed \(seed)")
  }
}
