import Delivery

/// The beginning of a delivered file: as much of it as tells what it is, and no more, however large or hostile it is.
///
/// Of an archive the members whose names have one shape are sampled (`voice_2026-11-20_00.csv` and `…_06.csv` differ in
/// digits only): the shape that comes with the most bytes.
struct FileSample {
  /// The beginning of one member.
  struct Member {
    /// Its name in the archive, or nil where the file is no archive.
    var name: String?
    var bytes: [UInt8]
    /// Whether `bytes` is all of it.
    var isComplete: Bool
  }

  /// The file's name without folders.
  let fileName: String
  /// What the members are wrapped in, from the outside in: `gzip`, `tar`.
  let packing: [String]
  /// Whether the file is an archive of members.
  let isArchive: Bool
  /// The members of the chosen shape, at least one.
  let members: [Member]
  /// A pattern for their names; nil where the file is no archive.
  let memberPattern: String?
  /// The shapes of the members that were looked at and not chosen.
  let otherShapes: [String]

  /// The most bytes that are looked at of one member.
  static let memberByteLimit = 512 << 10
  /// The most bytes that are looked at of a file.
  static let byteLimit = 2 << 20
  /// The most members that are looked at.
  static let memberLimit = 64

  /// Reads the beginning of the file at `path`.
  init(path: String) throws(IngestError) {
    do throws(DeliveryError) {
      try self.init(archive: try Archive(path: path))
    } catch {
      let place = error.member.map { " member \($0):" } ?? ""
      let code: IngestError.Code =
        [.missingFile, .inputOutput, .notAFile].contains(error.code)
        ? .unreadableInput : .unusableSample
      throw IngestError(code, "\(error.archive):\(place) \(error.message)")
    }
    guard members.contains(where: { !$0.bytes.isEmpty }) else {
      throw IngestError(.unusableSample, "\(fileName) is empty: deliver a sample with some rows")
    }
  }

  private init(archive: Archive) throws(DeliveryError) {
    fileName = archive.name
    packing = archive.packing
    var found: [Member] = []
    var isArchive = false
    var byteCount = 0
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 64)
    defer { buffer.deallocate() }
    while found.count < FileSample.memberLimit, byteCount < FileSample.byteLimit,
      let entry = try archive.nextMember()
    {
      isArchive = !entry.isWholeFile
      var member = Member(name: entry.isWholeFile ? nil : entry.contentName, bytes: [], isComplete: false)
      while member.bytes.count < FileSample.memberByteLimit {
        let count = try archive.read(into: buffer)
        guard count > 0 else {
          member.isComplete = true
          break
        }
        member.bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      }
      byteCount += member.bytes.count
      found.append(member)
      // Going on would mean to inflate the rest of a member that may be as large as it likes.
      if !member.isComplete { break }
    }
    self.isArchive = isArchive
    let shapes = Dictionary(grouping: found.indices) { found[$0].name.map { NameShape($0).pattern } ?? "" }
    let chosen = shapes.max { a, b in
      let (left, right) = (FileSample.weight(a.value, found), FileSample.weight(b.value, found))
      // Of two shapes with as many bytes the one that sorts first: a dictionary has no order.
      return left != right ? left < right : a.key > b.key
    }
    // Names may differ in words too (`…_am.csv`, `…_pm.csv`): what begins with the same line is written by the same system.
    let line = chosen?.value.min().map { FileSample.firstLine(found[$0]) } ?? []
    let own = shapes.filter { shape in
      shape.key == chosen?.key || (!line.isEmpty && shape.value.allSatisfy { FileSample.firstLine(found[$0]) == line })
    }
    members = own.values.joined().sorted().map { found[$0] }
    memberPattern = isArchive ? FileSample.pattern(own.keys.sorted()) : nil
    otherShapes = shapes.keys.filter { own[$0] == nil }.sorted()
  }

  /// The first line, where the sample has all of it.
  private static func firstLine(_ member: Member) -> [UInt8] {
    guard let end = member.bytes.prefix(memberByteLimit / 8).firstIndex(of: 0x0A) else { return [] }
    return Array(member.bytes[..<end])
  }

  /// A pattern that all of these match: what they begin and end with alike.
  private static func pattern(_ shapes: [String]) -> String {
    guard let first = shapes.first, shapes.count > 1 else { return shapes.first ?? "*" }
    let (begin, end) = shapes.dropFirst().reduce((first, first)) { common, shape in
      (
        String(zip(common.0, shape).prefix { $0 == $1 }.map(\.0)),
        String(zip(common.1.reversed(), shape.reversed()).prefix { $0 == $1 }.map(\.0).reversed())
      )
    }
    // Where one name is short, beginning and end may share characters; the ending is all that is sure to come again.
    let rest = String(end.suffix(max(0, (shapes.map(\.count).min() ?? 0) - begin.count)).drop { $0 != "." })
    return begin + (begin.hasSuffix("*") || rest.hasPrefix("*") ? "" : "*") + rest
  }

  private static func weight(_ indices: [Int], _ members: [Member]) -> Int {
    indices.reduce(0) { $0 + members[$1].bytes.count }
  }
}
