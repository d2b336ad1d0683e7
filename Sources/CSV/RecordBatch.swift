/// Where a record stands in its member, and which fields of the batch are its own.
public struct RecordPosition: Sendable, Hashable {
  /// The index of its first field in `RecordBatch.fieldEnds`.
  public var firstField: Int
  /// The number of its fields; at least one.
  public var fieldCount: Int
  /// The physical line on which it starts, from 1; a line ends with LF.
  public var line: Int
  /// The offset of its first byte within the member.
  public var byteOffset: Int
  /// Its length in bytes as delivered, without the line end.
  public var byteCount: Int

  /// Makes a position.
  public init(firstField: Int, fieldCount: Int, line: Int, byteOffset: Int, byteCount: Int) {
    self.firstField = firstField
    self.fieldCount = fieldCount
    self.line = line
    self.byteOffset = byteOffset
    self.byteCount = byteCount
  }
}

/// The records that one chunk of input completed: fields lie back to back in one buffer, none is a String.
///
/// Field `f` of the batch is `bytes[start(ofField: f)..<fieldEnds[f]]`, where the start is the end of field `f - 1`.
public struct RecordBatch: Sendable {
  /// The bytes of all fields, unquoted and trimmed, back to back.
  public var bytes: [UInt8] = []
  /// The end of each field in `bytes`.
  public var fieldEnds: [Int] = []
  /// The records in the order of the input.
  public var records: [RecordPosition] = []
  /// What could not be read as a record, in the order of the input.
  public var rejects: [Reject] = []
  /// Bytes as delivered, which hold every record of the batch (and what is not yet complete).
  public var window: [UInt8] = []
  /// The offset of `window`'s first byte within the member.
  public var windowOffset = 0

  /// Makes an empty batch.
  public init() {}

  /// The start in `bytes` of field `field` of the batch.
  @inlinable public func start(ofField field: Int) -> Int { field == 0 ? 0 : fieldEnds[field - 1] }

  /// The range in `bytes` of field `index` of `record`.
  @inlinable public func range(_ record: RecordPosition, _ index: Int) -> Range<Int> {
    let field = record.firstField + index
    return start(ofField: field)..<fieldEnds[field]
  }

  /// The bytes of field `index` of `record`.
  @inlinable public func field(_ record: RecordPosition, _ index: Int) -> ArraySlice<UInt8> {
    bytes[range(record, index)]
  }

  /// The bytes of `record` as delivered, without the line end.
  @inlinable public func delivered(_ record: RecordPosition) -> ArraySlice<UInt8> {
    let start = record.byteOffset - windowOffset
    return window[start..<(start + record.byteCount)]
  }
}

/// A stretch of input that is no record: where, how long, and why.
public struct Reject: Sendable, Hashable {
  /// The kinds of defect; open, so that a new kind breaks no caller.
  public struct Code: RawRepresentable, Sendable, Hashable {
    /// The code's stable name.
    public var rawValue: String
    /// Makes a code from its stable name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// A quote stands inside a field that does not start with one.
    public static let quoteInUnquotedField = Code(rawValue: "quote-in-unquoted-field")
    /// Something other than a delimiter or a line end follows a closing quote.
    public static let textAfterClosingQuote = Code(rawValue: "text-after-closing-quote")
    /// A quote was opened and met the opening quote of a later line, so its own line is bad.
    public static let unbalancedQuote = Code(rawValue: "unbalanced-quote")
    /// A quote was opened and the input ended.
    public static let unterminatedQuote = Code(rawValue: "unterminated-quote")
    /// A field is longer than the limit.
    public static let fieldTooLong = Code(rawValue: "field-too-long")
    /// A record is longer than the limit.
    public static let recordTooLong = Code(rawValue: "record-too-long")
  }

  /// The kind of defect.
  public var code: Code
  /// The physical line on which the record starts, from 1.
  public var line: Int
  /// The offset of the record's first byte within the member.
  public var recordByte: Int
  /// The offset of the byte at which the defect showed, within the member.
  public var errorByte: Int
  /// The number of bytes given up, with the line end; reading went on behind them.
  public var byteCount: Int
  /// The bytes given up, without the line end, cut at the record limit.
  public var delivered: [UInt8]

  /// Makes a reject.
  public init(code: Code, line: Int, recordByte: Int, errorByte: Int, byteCount: Int, delivered: [UInt8]) {
    self.code = code
    self.line = line
    self.recordByte = recordByte
    self.errorByte = errorByte
    self.byteCount = byteCount
    self.delivered = delivered
  }
}

/// What became of the input: every record and line is counted in exactly one place.
public struct RecordCounts: Sendable, Hashable {
  /// Records handed out.
  public var recordCount = 0
  /// Stretches rejected.
  public var rejectCount = 0
  /// Lines of nothing, or of nothing but space and tab.
  public var blankCount = 0
  /// Comment lines.
  public var commentCount = 0
  /// Header records: one or none.
  public var headerCount = 0
  /// Lines skipped before the header.
  public var skippedCount = 0

  /// Makes zero counts.
  public init() {}

  /// Everything that was counted.
  public var sum: Int { recordCount + rejectCount + blankCount + commentCount + headerCount + skippedCount }

  /// Adds other counts.
  public static func += (counts: inout RecordCounts, other: RecordCounts) {
    counts.recordCount += other.recordCount
    counts.rejectCount += other.rejectCount
    counts.blankCount += other.blankCount
    counts.commentCount += other.commentCount
    counts.headerCount += other.headerCount
    counts.skippedCount += other.skippedCount
  }
}
