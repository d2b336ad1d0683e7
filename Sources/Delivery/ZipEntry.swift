/// A member as a zip file's directory lists it, and where its bytes lie.
struct ZipEntry {
  /// How the bytes are packed, as far as they are unpacked here; everything else is libarchive's.
  enum Packing { case stored, deflated }

  /// Bytes of a member that can be read without libarchive.
  struct Content {
    var packing: Packing
    /// Where the packed bytes begin.
    var start: Int64
    var packedByteCount: Int64
    var byteCount: UInt64
    var checksum: UInt32
  }

  /// A member takes at least its own header and its packed bytes.
  private static let headerByteCount: Int64 = 30
  /// Says that a number stands in the 64-bit fields.
  private static let elsewhere: UInt64 = 0xFFFF_FFFF

  /// The place of the member's own header.
  let offset: Int64
  private let flags: UInt64
  private let method: UInt64
  private let checksum: UInt64
  private let packedByteCount: Int64
  /// The length of the content.
  let byteCount: UInt64

  /// Reads an entry of the directory: its 46 fixed bytes, and its extra fields.
  init(_ entry: [UInt8], _ extra: [UInt8], _ file: OpenFile) throws(DeliveryError) {
    var (packed, unpacked, offset) = (entry.little(20, 4), entry.little(24, 4), entry.little(42, 4))
    if [packed, unpacked, offset].contains(ZipEntry.elsewhere) {
      // Each only where it is needed, in this order.
      var wide = ZipEntry.wideNumbers(extra)
      if unpacked == ZipEntry.elsewhere, !wide.isEmpty { unpacked = wide.removeFirst() }
      if packed == ZipEntry.elsewhere, !wide.isEmpty { packed = wide.removeFirst() }
      if offset == ZipEntry.elsewhere, !wide.isEmpty { offset = wide.removeFirst() }
    }
    guard let start = Int64(exactly: offset), let length = Int64(exactly: packed), start <= file.byteCount,
      length <= file.byteCount
    else {
      throw DeliveryError(.truncated, archive: file.name, "a member of the zip file reaches behind the end of the file")
    }
    self.offset = start
    flags = entry.little(8, 2)
    method = entry.little(10, 2)
    checksum = entry.little(16, 4)
    packedByteCount = length
    byteCount = unpacked
  }

  /// The end of the member's bytes, were its name empty.
  var end: Int64 { offset + ZipEntry.headerByteCount + packedByteCount }

  /// The content of the member that libarchive calls `name`, where it is stored or deflated and its own header says what
  /// the directory says; nil leaves it to libarchive, which knows what to make of contradictions.
  ///
  /// ```
  /// PK 3 4 | version 2 | flags 2 | method 2 | time 4 | checksum 4 | packed size 4 | size 4 | name n 2 | extra n 2 | …
  /// ```
  func content(_ file: OpenFile, named name: String) throws(DeliveryError) -> Content? {
    guard let packing, packedByteCount > 0,
      let header = try file.bytes(at: offset, count: Int(ZipEntry.headerByteCount)),
      header.starts(with: Array("PK\u{3}\u{4}".utf8)), header.little(6, 2) == flags, header.little(8, 2) == method
    else { return nil }
    let (nameByteCount, extraByteCount) = (Int(header.little(26, 2)), Int(header.little(28, 2)))
    guard
      let words = try file.bytes(
        at: offset + ZipEntry.headerByteCount, count: nameByteCount + extraByteCount),
      words.prefix(nameByteCount).elementsEqual(name.utf8)
    else { return nil }
    let extra = Array(words.dropFirst(nameByteCount))
    var (packed, unpacked) = (header.little(18, 4), header.little(22, 4))
    if packed == ZipEntry.elsewhere || unpacked == ZipEntry.elsewhere {
      var wide = ZipEntry.wideNumbers(extra)
      if unpacked == ZipEntry.elsewhere, !wide.isEmpty { unpacked = wide.removeFirst() }
      if packed == ZipEntry.elsewhere, !wide.isEmpty { packed = wide.removeFirst() }
    }
    // What a header leaves open is zero.
    guard [0, checksum].contains(header.little(14, 4)), [0, UInt64(packedByteCount)].contains(packed),
      [0, byteCount].contains(unpacked)
    else { return nil }
    return Content(
      packing: packing, start: offset + ZipEntry.headerByteCount + Int64(words.count),
      packedByteCount: packedByteCount, byteCount: byteCount, checksum: UInt32(truncatingIfNeeded: checksum))
  }

  private var packing: Packing? {
    guard flags & ZipEntry.encryptionFlags == 0 else { return nil }
    return switch method {
    case 0: .stored
    case 8: .deflated
    default: nil
    }
  }

  /// Encrypted in one way or the other, patched, or with a masked header.
  private static let encryptionFlags: UInt64 = 0x2061

  /// The 64-bit numbers of an entry: the extra field 1, in the order size, packed size, offset, each only where needed.
  private static func wideNumbers(_ extra: [UInt8]) -> [UInt64] {
    var index = 0
    while index + 4 <= extra.count {
      let byteCount = Int(extra.little(index + 2, 2))
      let end = Swift.min(extra.count, index + 4 + byteCount)
      if extra.little(index, 2) == 1 {
        return stride(from: index + 4, through: end - 8, by: 8).map { extra.little($0, 8) }
      }
      index = end
    }
    return []
  }
}

extension [UInt8] {
  /// The little-endian number of `count` bytes at `index`.
  func little(_ index: Int, _ count: Int) -> UInt64 {
    self[index..<index + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
