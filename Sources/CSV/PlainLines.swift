/// A run of lines that need no parser: no quote but around whole fields, no lone CR, no space or tab in front, all of the
/// same number of fields.
///
/// Valid only while its reader hands it out. Field `f` of line `l` is the bytes behind separator `l * fieldCount + f - 1`
/// up to separator `l * fieldCount + f`; the last field of a line leaves out the CR of its line end, and one that begins
/// with a quote its first and last byte. Around the bytes of a chunk at least `LineReader.padding` bytes may be read.
public struct PlainLines {
  /// The stretch in which the positions count.
  public let bytes: UnsafePointer<UInt8>
  /// The separator that ends the first field of the first line; the one before it stands before that field.
  public let separators: UnsafePointer<UInt32>
  /// The number of fields of each line.
  public let fieldCount: Int
  /// The number of lines.
  public let lineCount: Int
  /// The offset of `bytes` within the member.
  public let byteOffset: Int
  /// The physical line of the first line.
  public let firstLine: Int
  /// The quote of the dialect, where some field of the run has quotes around it.
  public let quote: UInt8?

  /// One column of the run.
  public func column(_ field: Int) -> Column {
    Column(
      bytes: bytes, separators: separators + (field - 1), fieldCount: fieldCount,
      isLast: field == fieldCount - 1, hasQuotes: quote != nil, quote: quote ?? 0)
  }

  /// The bytes of lines, with their line ends.
  public func delivered(_ lines: Range<Int>) -> UnsafeRawBufferPointer {
    let start = Int(separators[lines.lowerBound * fieldCount - 1] &+ 1)
    let end = Int(separators[lines.upperBound * fieldCount - 1]) + 1
    return UnsafeRawBufferPointer(start: bytes + start, count: end - start)
  }

  /// The offset of a line within the member.
  public func byteOffset(ofLine line: Int) -> Int { byteOffset + Int(separators[line * fieldCount - 1] &+ 1) }

  /// The fields at one position of every line.
  public struct Column {
    /// The stretch in which the positions count.
    public let bytes: UnsafePointer<UInt8>
    /// The separator before the first line's field.
    public let separators: UnsafePointer<UInt32>
    /// The number of fields of each line.
    public let fieldCount: Int
    /// Whether a line end follows the fields.
    public let isLast: Bool
    /// Whether some field of the run has quotes around it.
    public let hasQuotes: Bool
    /// The quote of the dialect, where it has.
    public let quote: UInt8

    /// The field of a line, without quotes around it: its first byte and its length.
    @inlinable @inline(__always)
    public func field(_ line: Int) -> (start: UnsafePointer<UInt8>, count: Int) {
      let at = line &* fieldCount
      var start = Int(separators[at] &+ 1)
      var end = Int(separators[at &+ 1])
      if isLast, end > start, bytes[end &- 1] == 0x0D { end &-= 1 }
      // A field that begins with one ends with another.
      if hasQuotes, end > start, bytes[start] == quote {
        start &+= 1
        end &-= 1
      }
      return (bytes + start, end &- start)
    }
  }
}
