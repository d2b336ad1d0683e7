/// How a delivery writes its records.
///
/// Fields are separated by `delimiter`; a field may stand in quotes, where a doubled quote is one quote and line ends
/// are text. Space and tab around an unquoted field, and outside the quotes of a quoted one, are no part of it.
/// A record ends at LF, CRLF or a lone CR. NUL is text like any other byte.
public struct Dialect: Sendable, Hashable {
  /// The byte between two fields.
  public var delimiter: UInt8
  /// The byte around a quoted field.
  public var quote: UInt8
  /// Whether the first record names the columns.
  public var hasHeader: Bool
  /// The number of lines before the header, or before the first record, that are no records.
  public var skippedLineCount: Int
  /// The first byte of a line that is a comment, or nil where the dialect has none.
  public var comment: UInt8?

  /// Makes a dialect: RFC 4180 with a header, unless said otherwise.
  public init(
    delimiter: UInt8 = UInt8(ascii: ","), quote: UInt8 = UInt8(ascii: "\""), hasHeader: Bool = true,
    skippedLineCount: Int = 0, comment: UInt8? = nil
  ) {
    self.delimiter = delimiter
    self.quote = quote
    self.hasHeader = hasHeader
    self.skippedLineCount = skippedLineCount
    self.comment = comment
  }

  /// Whether the bytes can be told apart: delimiter, quote and comment differ, and none is CR or LF.
  public var isUnambiguous: Bool {
    let bytes = [delimiter, quote] + (comment.map { [$0] } ?? [])
    return Set(bytes).count == bytes.count && !bytes.contains(0x0A) && !bytes.contains(0x0D)
  }
}

/// How long fields and records may be.
///
/// The record limit bounds what the reader holds in memory, and how far an unbalanced quote reaches before reading
/// goes on with the next line.
public struct RecordLimits: Sendable, Hashable {
  /// The longest field, in bytes, without its quotes.
  public var maximumFieldByteCount: Int
  /// The longest record, in bytes as delivered, without its line end.
  public var maximumRecordByteCount: Int

  /// Makes limits: 64 KiB a field and 1 MiB a record, unless said otherwise.
  public init(maximumFieldByteCount: Int = 1 << 16, maximumRecordByteCount: Int = 1 << 20) {
    precondition(maximumFieldByteCount > 0 && maximumRecordByteCount > 0, "limits are positive")
    self.maximumFieldByteCount = maximumFieldByteCount
    self.maximumRecordByteCount = maximumRecordByteCount
  }
}
