/// The list of members of a 7z file, read for what libarchive believes unseen: that the list lies in the file, and how much room it
/// takes. A few bytes may claim a hundred million members, for which libarchive makes room at once.
///
/// Byte layouts (7zFormat.txt of the LZMA SDK; numbers little-endian, `n` of one to nine bytes by the first of them):
/// ```
/// signature   37 7A BC AF 27 1C | version 2 | CRC 4 | offset of the list behind these 32 bytes 8 | size 8 | CRC 4
/// packed list 17 | streams       list 01 | [02 properties] | [03 streams] | [04 streams] | [05 files n …] | 00
/// streams     [06 position n, count n, [09 sizes], [0A digests] 00] | [07 0B folders n 00 folder… 0C sizes [0A digests] 00]
///             | [08 [0D streams of each folder] [09 sizes] [0A digests] 00] | 00
/// folder      coders n | each: flags 1 (4 bits: length of the id; 10 counts, 20 properties), id, [in n, out n], [n, bytes]
///             | pairs 2n each, one less than outs | packed streams n each, where more than one
/// ```
enum SevenZipList {
  private static let startByteCount = 32
  /// What a list may take a member: a name of 400 characters, times, sizes and digest; and besides.
  private static let memberByteCount: Int64 = 1 << 10
  private static let freeByteCount: Int64 = 1 << 20
  private static let greatestByteCount: Int64 = 1 << 30
  private static let lzma: [UInt8] = [3, 1, 1]
  private static let encryption: [UInt8] = [6, 0xF1, 7, 1]
  private static let copy: [UInt8] = [0]

  /// Throws where the list does not lie in the file, is packed in a way that nobody packs it, or claims more members or bytes than
  /// `limits` allow. What it says of the members is libarchive's to check.
  static func check(_ file: OpenFile, _ limits: DeliveryLimits) throws(DeliveryError) {
    guard let start = try file.bytes(at: 0, count: startByteCount) else {
      throw DeliveryError(.truncated, archive: file.name, "the 7z file ends within its first \(startByteCount) bytes")
    }
    let (offset, size) = (start.little(12, 8), start.little(20, 8))
    let room = UInt64(file.byteCount - Int64(startByteCount))
    guard offset <= room, size <= room - offset else {
      throw DeliveryError(.truncated, archive: file.name, "the 7z file ends before its list of members")
    }
    if size == 0 { return }
    let wanted = memberByteCount.multipliedReportingOverflow(by: Int64(limits.maximumMemberCount))
    let maximumByteCount =
      wanted.overflow ? greatestByteCount : min(greatestByteCount, freeByteCount + wanted.partialValue)
    var list = try bytes(
      file, at: Int64(startByteCount) + Int64(offset), Int64(clamping: size), maximum: maximumByteCount)
    if list[0] == 0x17 { list = try unpacked(list, file, maximum: maximumByteCount) }
    var parser = SevenZipParser(list, limit: UInt64(max(0, limits.maximumMemberCount)))
    let memberCount = parser.memberCount()
    if parser.isOverLimit { throw MemberChecks.tooMany(file.name, limits) }
    guard let memberCount else {
      throw DeliveryError(.damaged, archive: file.name, "the 7z file has no list of members that can be read")
    }
    if memberCount > UInt64(limits.maximumMemberCount) { throw MemberChecks.tooMany(file.name, limits) }
  }

  private static func bytes(
    _ file: OpenFile, at position: Int64, _ count: Int64, maximum: Int64
  ) throws(DeliveryError) -> [UInt8] {
    guard count <= maximum else { throw tooLarge(file, maximum) }
    guard let bytes = try file.bytes(at: position, count: Int(count)) else {
      throw DeliveryError(.truncated, archive: file.name, "the 7z file ends within its list of members")
    }
    return bytes
  }

  private static func tooLarge(_ file: OpenFile, _ maximum: Int64) -> DeliveryError {
    DeliveryError(
      .tooManyMembers, archive: file.name,
      "the list of members of the 7z file is larger than \(maximum) bytes")
  }

  /// Unpacks a list that is packed: by LZMA, as every writer does it, or not at all.
  private static func unpacked(
    _ list: [UInt8], _ file: OpenFile, maximum: Int64
  ) throws(DeliveryError) -> [UInt8] {
    var parser = SevenZipParser(list, from: 1, limit: 1)
    guard let streams = parser.streams(), streams.folders.count == 1, let packedSize = streams.packedSizes.first else {
      throw DeliveryError(.damaged, archive: file.name, "the packed list of members of the 7z file cannot be read")
    }
    let folder = streams.folders[0]
    if folder.coders.contains(where: { $0.id == encryption }) {
      throw DeliveryError(.encrypted, archive: file.name, "the list of members of the 7z file is encrypted")
    }
    let (position, isBeyond) = streams.packedPosition.addingReportingOverflow(UInt64(startByteCount))
    guard !isBeyond, position <= UInt64(file.byteCount), packedSize <= UInt64(file.byteCount) - position else {
      throw DeliveryError(.truncated, archive: file.name, "the 7z file ends within its list of members")
    }
    guard let size = folder.sizes.first, size <= UInt64(maximum) else { throw tooLarge(file, maximum) }
    let packed = try bytes(file, at: Int64(position), Int64(clamping: packedSize), maximum: maximum)
    let coder = folder.coders[0]
    if folder.coders.count == 1, coder.id == copy { return packed }
    guard folder.coders.count == 1, coder.id == lzma, coder.properties.count == 5 else {
      throw DeliveryError(
        .unsupportedFormat, archive: file.name,
        "the list of members of the 7z file is packed by a method that is not read")
    }
    // The same stream as a file of its own: properties, window, size, bytes. No match reaches back beyond what is there.
    var window: UInt64 = 1 << 12
    while window < min(size, coder.properties.little(1, 4)), window < 1 << 27 { window <<= 1 }
    let windowBytes = (0..<4).map { UInt8(truncatingIfNeeded: window >> (8 * UInt64($0))) }
    let sizeBytes = (0..<8).map { UInt8(truncatingIfNeeded: size >> (8 * UInt64($0))) }
    let source = MemorySource([coder.properties[0]] + windowBytes + sizeBytes + packed)
    let handle = try ReadHandle(source, isLZMA: true, archiveName: file.name)
    guard try handle.nextEntry() != nil else { return [] }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, Int(size)), alignment: 16)
    defer { buffer.deallocate() }
    var count = 0
    while count < Int(size) {
      let found = try handle.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]), member: nil)
      if found == 0 { break }
      count += found
    }
    return Array(buffer[..<count])
  }
}

/// Bytes that are in memory already.
final class MemorySource: ByteSource {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(buffer.count, bytes.count - position)
    buffer.copyBytes(from: bytes[position..<position + count])
    position += count
    return count
  }
}
