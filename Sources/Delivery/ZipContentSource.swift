import CISAL

/// The content of a stored or deflated member of a zip file: inflated by ISA-L, several times as fast as zlib.
///
/// What libarchive checks is checked here: the deflated data end exactly where the packed bytes do, and length (its low
/// 32 bits: old writers have no more) and CRC-32 are those of the directory.
final class ZipContentSource: ByteSource {
  /// Read from the file at once. Smaller ones cost calls, larger ones leave the cache.
  private static let inputByteCount = 256 << 10
  /// ISA-L counts in 32 bits.
  private static let roomLimit = 1 << 30

  private let content: ZipEntry.Content
  private let file: OpenFile
  private let deadline: Deadline
  private let member: String
  private var position: Int64
  private var packedLeft: Int64
  private var byteCount: UInt64 = 0
  private var checksum: UInt32 = 0
  private var isAtEnd = false
  /// What inflates, and its input; nil where the content is stored.
  private let inflation: Inflation?

  init(_ content: ZipEntry.Content, _ file: OpenFile, _ deadline: Deadline, member: String) {
    self.content = content
    self.file = file
    self.deadline = deadline
    self.member = member
    position = content.start
    packedLeft = content.packedByteCount
    inflation = content.packing == .deflated ? Inflation(inputByteCount: ZipContentSource.inputByteCount) : nil
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(DeliveryError) -> Int {
    if isAtEnd { return 0 }
    let room = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, ZipContentSource.roomLimit)])
    let count = if let inflation { try inflate(inflation, into: room) } else { try readPacked(into: room) }
    guard count > 0 else {
      isAtEnd = true
      try checkEnd()
      return 0
    }
    checksum = crc32_gzip_refl(checksum, room.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt64(count))
    byteCount += UInt64(count)
    return count
  }

  /// The next packed bytes; none behind the last one.
  private func readPacked(into buffer: UnsafeMutableRawBufferPointer) throws(DeliveryError) -> Int {
    guard packedLeft > 0 else { return 0 }
    try deadline.check()
    let count = try file.read(
      at: position, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(min(packedLeft, Int64(buffer.count)))]))
    guard count > 0 else { throw error(.truncated, "the file ends within the member") }
    position += Int64(count)
    packedLeft -= Int64(count)
    return count
  }

  private func inflate(
    _ inflation: Inflation, into room: UnsafeMutableRawBufferPointer
  ) throws(DeliveryError) -> Int {
    while true {
      if inflation.needsInput { inflation.feed(count: try readPacked(into: inflation.input)) }
      guard let count = inflation.inflate(into: room) else {
        throw error(.damaged, "the deflated data are damaged")
      }
      if count > 0 { return count }
      if inflation.isFinished {
        guard packedLeft == 0, inflation.unusedByteCount == 0 else {
          throw error(.damaged, "the deflated data end before the member does")
        }
        return 0
      }
      if packedLeft == 0, inflation.needsInput { throw error(.damaged, "the deflated data end in the middle") }
    }
  }

  private func checkEnd() throws(DeliveryError) {
    let isWhole = UInt32(truncatingIfNeeded: byteCount) == UInt32(truncatingIfNeeded: content.byteCount)
    guard isWhole, checksum == content.checksum else {
      throw error(.damaged, "the checksum or length of the member is wrong")
    }
  }

  private func error(_ code: DeliveryError.Code, _ message: String) -> DeliveryError {
    DeliveryError(code, archive: file.name, member: member, message)
  }
}

/// The state of ISA-L's inflation of raw deflated data, and its input.
private final class Inflation {
  let input: UnsafeMutableRawBufferPointer
  private let state = UnsafeMutablePointer<inflate_state>.allocate(capacity: 1)

  init(inputByteCount: Int) {
    input = .allocate(byteCount: inputByteCount, alignment: 16)
    isal_inflate_init(state)
  }

  deinit {
    state.deallocate()
    input.deallocate()
  }

  var needsInput: Bool { state.pointee.avail_in == 0 }

  var isFinished: Bool { state.pointee.block_state == ISAL_BLOCK_FINISH }

  /// Whole bytes of the input that were not needed; some wait in ISA-L's own word.
  var unusedByteCount: Int { Int(state.pointee.avail_in) + Int(state.pointee.read_in_length) / 8 }

  /// Says that `count` bytes were put into `input`.
  func feed(count: Int) {
    state.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
    state.pointee.avail_in = UInt32(count)
  }

  /// Fills the front of `room`; the number of bytes, or nil where the data are damaged.
  func inflate(into room: UnsafeMutableRawBufferPointer) -> Int? {
    state.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
    state.pointee.avail_out = UInt32(room.count)
    guard isal_inflate(state) == ISAL_DECOMP_OK else { return nil }
    return room.count - Int(state.pointee.avail_out)
  }
}
