/// How MIME writes bytes as ASCII (RFC 2045).
enum TransferEncoding {
  /// The bytes behind base64; line ends and blanks between them are none. Nil where something else is.
  static func base64(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    var isPadded = false
    for byte in text {
      let value: UInt8
      switch byte {
      case 0x41...0x5A: value = byte - 0x41
      case 0x61...0x7A: value = byte - 0x61 + 26
      case 0x30...0x39: value = byte - 0x30 + 52
      case 0x2B: value = 62
      case 0x2F: value = 63
      case 0x3D:
        isPadded = true
        continue
      case 0x20, 0x09, 0x0D, 0x0A: continue
      default: return nil
      }
      guard !isPadded else { return nil }
      bits = bits << 6 | UInt32(value)
      count += 1
      if count == 4 {
        bytes.append(UInt8(truncatingIfNeeded: bits >> 16))
        bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
        bytes.append(UInt8(truncatingIfNeeded: bits))
        (bits, count) = (0, 0)
      }
    }
    if count >= 2 { bytes.append(UInt8(truncatingIfNeeded: count == 2 ? bits >> 4 : bits >> 10)) }
    if count == 3 { bytes.append(UInt8(truncatingIfNeeded: bits >> 2)) }
    return bytes
  }

  /// The bytes behind quoted-printable; `isHeader` where `_` is a blank. Nil where a `=` stands for nothing.
  static func quotedPrintable(_ text: ArraySlice<UInt8>, isHeader: Bool) -> [UInt8]? {
    var bytes: [UInt8] = []
    var position = text.startIndex
    while position < text.endIndex {
      let byte = text[position]
      position += 1
      guard byte == 0x3D else {
        bytes.append(isHeader && byte == 0x5F ? 0x20 : byte)
        continue
      }
      let rest = text[position...].prefix(2)
      if rest.first == 0x0A {
        position += 1
      } else if rest.elementsEqual([0x0D, 0x0A]) {
        position += 2
      } else if rest.count == 2, let high = digit(rest.first), let low = digit(rest.last) {
        bytes.append(high << 4 | low)
        position += 2
      } else {
        return nil
      }
    }
    return bytes
  }

  private static func digit(_ byte: UInt8?) -> UInt8? {
    switch byte {
    case .some(let byte) where (0x30...0x39).contains(byte): byte - 0x30
    case .some(let byte) where (0x41...0x46).contains(byte & 0xDF): (byte & 0xDF) - 0x37
    default: nil
    }
  }
}
