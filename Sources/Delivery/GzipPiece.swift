import CISAL

/// A run of bytes, deflated by itself, that joins with others to one gzip member.
///
/// Each piece ends at a byte boundary with an empty stored block (a full flush), as pigz does it, so pieces made on
/// different threads are simply laid behind each other; the checksums are combined by algebra over GF(2).
public struct GzipPiece: Sendable {
  /// The deflated bytes, without header, trailer or final block.
  public let deflated: [UInt8]
  /// CRC-32 of the bytes before deflation.
  public let checksum: UInt32
  /// The number of bytes before deflation.
  public let byteCount: Int

  /// Deflates `bytes` with ISA-L at level 3. O(bytes).
  public init(_ bytes: [UInt8]) throws(DeliveryError) {
    byteCount = bytes.count
    checksum = bytes.withUnsafeBufferPointer { crc32_gzip_refl(0, $0.baseAddress, UInt64($0.count)) }
    deflated = try GzipPiece.deflate(bytes)
  }

  private static func deflate(_ bytes: [UInt8]) throws(DeliveryError) -> [UInt8] {
    guard !bytes.isEmpty else { return [] }
    guard bytes.count < 1 << 31 else { throw DeliveryError(.inputOutput, archive: "gzip", "a piece is below 2 GiB") }
    // Deflate grows what it cannot shrink by five bytes a block; a block of ISA-L holds at least 16 KiB.
    let capacity = bytes.count + bytes.count / 1_024 + 4_096
    var work = [UInt8](repeating: 0, count: Int(nightjar_level_3_scratch_size()))
    var status: Int32 = 0
    var isWhole = false
    var input = bytes
    let deflated = [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
      input.withUnsafeMutableBufferPointer { source in
        work.withUnsafeMutableBufferPointer { scratch in
          var stream = isal_zstream()
          isal_deflate_init(&stream)
          stream.level = 3
          stream.level_buf = scratch.baseAddress
          stream.level_buf_size = UInt32(scratch.count)
          stream.gzip_flag = UInt16(IGZIP_DEFLATE)
          stream.end_of_stream = 0
          stream.flush = UInt16(FULL_FLUSH)
          stream.next_in = source.baseAddress
          stream.avail_in = UInt32(source.count)
          stream.next_out = output.baseAddress
          stream.avail_out = UInt32(capacity)
          status = isal_deflate(&stream)
          isWhole = stream.avail_in == 0 && stream.avail_out > 0
          count = Int(stream.total_out)
        }
      }
    }
    guard status == COMP_OK, isWhole else {
      throw DeliveryError(.inputOutput, archive: "gzip", "ISA-L status \(status)")
    }
    return deflated
  }

  /// The gzip member of the pieces in their order: header without time or name, pieces, final block, trailer.
  public static func member(of pieces: [GzipPiece]) -> [[UInt8]] {
    var checksum: UInt32 = 0
    var byteCount = 0
    for piece in pieces {
      checksum = combined(checksum, piece.checksum, secondByteCount: piece.byteCount)
      byteCount += piece.byteCount
    }
    let header: [UInt8] = [0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0, 0, 0xFF]
    var trailer: [UInt8] = [0x03, 0x00]
    for word in [checksum, UInt32(truncatingIfNeeded: byteCount)] {
      for shift in stride(from: UInt32(0), to: 32, by: 8) { trailer.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }
    return [header] + pieces.map(\.deflated) + [trailer]
  }

  /// The CRC-32 of two runs laid behind each other: the first, advanced by 8 × count zero bits, plus the second.
  package static func combined(_ first: UInt32, _ second: UInt32, secondByteCount: Int) -> UInt32 {
    // x^(8 × count) modulo the polynomial by squaring, in the reflected order of gzip.
    var power: UInt32 = 0x0080_0000  // x^8
    var advanced: UInt32 = 0x8000_0000  // x^0
    var count = secondByteCount
    while count > 0 {
      if count & 1 == 1 { advanced = product(advanced, power) }
      power = product(power, power)
      count >>= 1
    }
    return product(advanced, first) ^ second
  }

  /// The product of two polynomials over GF(2) modulo that of CRC-32, both reflected.
  private static func product(_ a: UInt32, _ b: UInt32) -> UInt32 {
    var factor = b
    var result: UInt32 = 0
    var bit: UInt32 = 0x8000_0000
    while bit != 0 {
      if a & bit != 0 { result ^= factor }
      factor = factor & 1 == 1 ? (factor >> 1) ^ 0xEDB8_8320 : factor >> 1
      bit >>= 1
    }
    return result
  }
}
