/// The directory at the end of a zip file, read for what libarchive lets pass: members that share bytes, that are hidden,
/// whose names hold NUL, or that are pipes.
///
/// Byte layouts (APPNOTE 6.3, numbers little-endian):
/// ```
/// end record    PK 5 6 | disk 2 | directory's disk 2 | entries here 2 | entries 2 | size 4 | offset 4 | comment n 2 | …
/// 64-bit place  PK 6 7 | disk 4 | offset of the 64-bit end record 8 | disks 4            just before the end record
/// 64-bit end    PK 6 6 | length 8 | versions 4 | disks 8 | entries here 8 | entries 8 | size 8 | offset 8
/// entry         PK 1 2 | version 1 | system 1 | … | packed size 4 at 20 | size 4 | name n 2 | extra n 2 | comment n 2 | …
///               … | file type and permissions 2 at 40 | offset 4 at 42 | name | extra | comment
/// ```
struct ZipDirectory {
  /// The longest comment is 65,535 bytes.
  private static let tailByteCount: Int64 = 22 + 65_535
  /// The system whose members have file types.
  private static let unix: UInt8 = 3

  /// The members, folders included, in the order of their bytes, which is libarchive's.
  let entries: [ZipEntry]
  private let archive: String

  /// Reads the directory of `file`; nothing of it is believed that the places of the members do not bear out.
  init(_ file: OpenFile, _ limits: DeliveryLimits) throws(DeliveryError) {
    archive = file.name
    let place = try ZipDirectory.place(file)
    if place.entryCount > UInt64(limits.maximumMemberCount) { throw MemberChecks.tooMany(file.name, limits) }
    var cursor = Cursor(file, position: place.start)
    var entries: [ZipEntry] = []
    for _ in 0..<Int(place.entryCount) {
      let entry = try cursor.take(46)
      let nameByteCount = Int(entry.little(28, 2))
      let extraByteCount = Int(entry.little(30, 2))
      let rest = try cursor.take(nameByteCount + extraByteCount + Int(entry.little(32, 2)))
      guard entry.starts(with: Array("PK\u{1}\u{2}".utf8)), cursor.position <= place.end else {
        throw DeliveryError(.damaged, archive: archive, "the zip directory is no list of members")
      }
      if rest.prefix(nameByteCount).contains(0) {
        throw DeliveryError(.unreadableName, archive: archive, "the name of member \(entries.count + 1) holds NUL")
      }
      // libarchive takes a pipe for a regular file.
      if entry[5] == ZipDirectory.unix, entry.little(40, 2) & 0o170000 == 0o010000 {
        throw DeliveryError(
          .notARegularMember, archive: archive, member: String(decoding: rest.prefix(nameByteCount), as: UTF8.self),
          "member \(entries.count + 1) is a pipe, not a regular file")
      }
      let extra = Array(rest.dropFirst(nameByteCount).prefix(extraByteCount))
      entries.append(try ZipEntry(entry, extra, file))
    }
    guard cursor.position == place.end else {
      throw DeliveryError(.damaged, archive: archive, "the zip directory is longer than its members")
    }
    self.entries = entries.sorted { ($0.offset, $0.end) < ($1.offset, $1.end) }
    try checkApart(until: place.start)
  }

  /// The content of a member that can be read without libarchive; nil for every other one.
  func content(
    ofEntry index: Int, _ file: OpenFile, _ deadline: Deadline, member: String
  ) throws(DeliveryError) -> (any ByteSource)? {
    // Where the directory lists fewer members than there are, the file is refused at its end.
    guard entries.indices.contains(index), let content = try entries[index].content(file, named: member) else {
      return nil
    }
    return ZipContentSource(content, file, deadline, member: member)
  }

  /// Throws where what libarchive takes for a folder has content: a damaged name, ending in a slash, would hide a member.
  func checkFolder(_ index: Int) throws(DeliveryError) {
    guard entries.indices.contains(index), entries[index].byteCount > 0 else { return }
    throw DeliveryError(.damaged, archive: archive, "member \(index + 1) of the zip file is a folder with content")
  }

  /// Throws where a reader saw another number of members than the directory lists.
  func checkAllSeen(count: Int) throws(DeliveryError) {
    guard count == entries.count else {
      throw DeliveryError(
        .damaged, archive: archive, "the zip directory lists \(entries.count) members, \(count) can be read")
    }
  }

  private func checkApart(until directoryStart: Int64) throws(DeliveryError) {
    var end: Int64 = 0
    for entry in entries {
      guard entry.offset >= end else {
        throw DeliveryError(.overlappingMembers, archive: archive, "two members of the zip file share bytes")
      }
      end = entry.end
    }
    guard end <= directoryStart else {
      throw DeliveryError(.overlappingMembers, archive: archive, "a member of the zip file reaches into its directory")
    }
  }

  private static func place(_ file: OpenFile) throws(DeliveryError) -> (
    entryCount: UInt64, start: Int64, end: Int64
  ) {
    let tailStart = max(0, file.byteCount - tailByteCount)
    var cursor = Cursor(file, position: tailStart)
    let tail = try cursor.take(Int(file.byteCount - tailStart))
    let mark = Array("PK\u{5}\u{6}".utf8)
    let found = stride(from: tail.count - 22, through: 0, by: -1).first { index in
      tail[index..<index + 4].elementsEqual(mark) && index + 22 + Int(tail.little(index + 20, 2)) == tail.count
    }
    guard let found else {
      throw DeliveryError(.truncated, archive: file.name, "the zip file does not end with its directory")
    }
    var end = tailStart + Int64(found)
    var numbers = (
      entries: tail.little(found + 10, 2), size: tail.little(found + 12, 4), start: tail.little(found + 16, 4)
    )
    if found >= 20, tail[found - 20..<found - 16].elementsEqual(Array("PK\u{6}\u{7}".utf8)) {
      end = Int64(clamping: tail.little(found - 12, 8))
      guard end <= tailStart + Int64(found) - 20 - 56 else {
        throw DeliveryError(.damaged, archive: file.name, "the 64-bit end of the zip directory is misplaced")
      }
      cursor = Cursor(file, position: end)
      let wide = try cursor.take(56)
      guard wide.starts(with: Array("PK\u{6}\u{6}".utf8)) else {
        throw DeliveryError(.damaged, archive: file.name, "the 64-bit end of the zip directory is misplaced")
      }
      numbers = (wide.little(32, 8), wide.little(40, 8), wide.little(48, 8))
    }
    guard let start = Int64(exactly: numbers.start), let size = Int64(exactly: numbers.size), start <= end,
      size == end - start
    else {
      throw DeliveryError(.damaged, archive: file.name, "the zip directory does not lie where its end says")
    }
    return (numbers.entries, start, end)
  }

  /// Bytes of a file in their order, through a buffer.
  private struct Cursor {
    private static let chunkByteCount = 64 << 10

    private let file: OpenFile
    private var readPosition: Int64
    private var buffer: [UInt8] = []
    private var index = 0

    init(_ file: OpenFile, position: Int64) {
      self.file = file
      readPosition = position
    }

    /// The place of the next byte.
    var position: Int64 { readPosition - Int64(buffer.count - index) }

    mutating func take(_ count: Int) throws(DeliveryError) -> [UInt8] {
      while buffer.count - index < count {
        buffer.removeSubrange(..<index)
        index = 0
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: Cursor.chunkByteCount, alignment: 16)
        defer { chunk.deallocate() }
        let found = try file.read(at: readPosition, into: chunk)
        guard found > 0 else {
          throw DeliveryError(.truncated, archive: file.name, "the zip directory ends in the middle")
        }
        buffer.append(contentsOf: chunk[..<found])
        readPosition += Int64(found)
      }
      defer { index += count }
      return Array(buffer[index..<index + count])
    }
  }
}
