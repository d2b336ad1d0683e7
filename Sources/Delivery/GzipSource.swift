import CISAL

/// Inflates gzip by ISA-L: several times as fast as zlib, and as strict as RFC 1952 asks.
///
/// Members follow each other (as `cat a.gz b.gz` makes them); header checksums, CRC-32 and length of each are checked.
/// What follows the last member is an error, and so is a missing end.
final class GzipSource: ByteSource {
  /// Read from the source at once. Smaller ones cost calls, larger ones leave the cache.
  private static let inputByteCount = 256 << 10

  private let source: any ByteSource
  private let archive: String
  private let member: String?
  private let state = UnsafeMutablePointer<inflate_state>.allocate(capacity: 1)
  private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: inputByteCount, alignment: 16)
  private var isSourceAtEnd = false
  private var isBetweenMembers = true
  private var memberCount = 0

  init(_ source: any ByteSource, archive: String, member: String?) {
    self.source = source
    self.archive = archive
    self.member = member
    isal_inflate_init(state)
  }

  deinit {
    state.deallocate()
    input.deallocate()
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(DeliveryError) -> Int {
    let room = min(buffer.count, 1 << 30)
    state.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    state.pointee.avail_out = UInt32(room)
    while true {
      if state.pointee.avail_in == 0, !isSourceAtEnd {
        let count = try source.read(into: input)
        isSourceAtEnd = count == 0
        state.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        state.pointee.avail_in = UInt32(count)
      }
      if isBetweenMembers {
        guard state.pointee.avail_in > 0 else { return 0 }
        try startMember()
      }
      let status = isal_inflate(state)
      guard status >= 0 else { throw failure(status) }
      if status == ISAL_NEED_DICT { throw error(.damaged, "the gzip data need a dictionary") }
      isBetweenMembers = state.pointee.block_state == ISAL_BLOCK_FINISH
      let count = room - Int(state.pointee.avail_out)
      if count > 0 { return count }
      if !isBetweenMembers, isSourceAtEnd, state.pointee.avail_in == 0 {
        throw error(.truncated, "the gzip data end in the middle")
      }
    }
  }

  private func startMember() throws(DeliveryError) {
    if memberCount > 0, state.pointee.next_in.pointee != 0x1F {
      throw error(.trailingBytes, "bytes follow the end of the gzip data")
    }
    isal_inflate_reset(state)
    state.pointee.crc_flag = UInt32(ISAL_GZIP)
    memberCount += 1
    isBetweenMembers = false
  }

  private func failure(_ status: Int32) -> DeliveryError {
    switch status {
    case ISAL_INVALID_WRAPPER where memberCount > 1: error(.trailingBytes, "bytes follow the end of the gzip data")
    case ISAL_INCORRECT_CHECKSUM: error(.damaged, "a checksum or length of the gzip data is wrong")
    case ISAL_UNSUPPORTED_METHOD: error(.damaged, "the gzip data are of an unknown method")
    default: error(.damaged, "the gzip data are damaged")
    }
  }

  private func error(_ code: DeliveryError.Code, _ message: String) -> DeliveryError {
    DeliveryError(code, archive: archive, member: member, message)
  }
}
