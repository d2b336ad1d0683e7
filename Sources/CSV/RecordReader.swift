/// Reads records with libcsv in strict mode: the reference for every faster reader of this product.
///
/// Push chunks of any size; the result is the same however the input is cut. After each `push`, and after `finish`,
/// `batch` holds the records and rejects that the chunk completed.
///
/// What the driver adds to libcsv, which stops at its first error and knows no positions:
/// - a byte-order mark is stripped; `skippedLineCount` lines are skipped; blank and comment lines are counted;
/// - an error rejects from the record's start through the next LF behind the error, and reading starts afresh;
/// - a record over a limit, and one whose quote is open at the end of the input, loses only its first physical line;
///   so does one that fails on a later line at a quote that looks like an opening one (it follows a delimiter or a
///   line end): the quote before it was unbalanced, and the later line is not to blame.
///
/// A record is over its limit where `maximumRecordByteCount + 1` bytes do not end it; those bytes and no more are shown
/// to libcsv, so that a limit and an error rank the same however the input is cut.
public final class RecordReader {
  /// What the walk is in the middle of.
  enum Mode {
    case byteOrderMark
    /// Lines still to skip, and whether the first of them has begun.
    case skippingLines(Int, isBegun: Bool)
    case betweenRecords
    case inRecord
    case inComment
    /// Giving up everything through the next LF; the reject lacks only its length and its last bytes.
    case discarding(Reject)
  }

  let dialect: Dialect
  let limits: RecordLimits
  let parser: FieldParser
  var mode = Mode.byteOrderMark
  /// Bytes as delivered, from the record in progress on.
  private var window: [UInt8] = []
  /// The bytes of `window` while the walk is on.
  var input = UnsafeRawBufferPointer(start: nil, count: 0)
  /// The offset of `window`'s first byte within the member.
  var windowOffset = 0
  /// Index in the window of the next byte to look at.
  var position = 0
  /// Index in the window at which the current record starts.
  var recordStart = 0
  /// The physical line of `position`, and that of `recordStart`.
  var line = 1
  var recordLine = 1
  /// Whether the byte before `position` is a CR that ended a line, so that an LF belongs to it.
  var isBehindCarriageReturn = false
  var isHeaderDue: Bool
  /// The next CR and LF at or behind `position`, or the window's length; older ones are searched for again.
  var nextCarriageReturn = -1
  var nextLineFeed = -1
  /// The part of the parser's buffers that belongs to complete records.
  var completeFieldCount = 0
  var completeByteCount = 0

  /// What the last `push` or `finish` completed.
  public internal(set) var batch = RecordBatch()
  /// What became of the input so far.
  public internal(set) var counts = RecordCounts()
  /// The names in the header record, in its order; nil before it was read, and where it could not be read.
  public internal(set) var header: [[UInt8]]?

  /// Makes a reader; the dialect must be unambiguous.
  public init(_ dialect: Dialect = Dialect(), limits: RecordLimits = RecordLimits()) {
    precondition(dialect.isUnambiguous, "delimiter, quote and comment differ, and none ends a line")
    self.dialect = dialect
    self.limits = limits
    parser = FieldParser(dialect)
    isHeaderDue = dialect.hasHeader
  }

  /// Reads the next bytes of the member.
  public func push(_ chunk: UnsafeRawBufferPointer) { read(chunk, isEnd: false) }

  /// Reads the next bytes of the member.
  public func push(_ chunk: [UInt8]) { chunk.withUnsafeBytes { push($0) } }

  /// Ends the member. The reader takes no more input.
  public func finish() { read(UnsafeRawBufferPointer(start: nil, count: 0), isEnd: true) }

  /// Whether nothing is begun: the next byte pushed would start a record.
  package var isBetweenRecords: Bool {
    guard case .betweenRecords = mode else { return false }
    return position == window.count && !isBehindCarriageReturn
  }

  /// Whether nothing is begun, unless the byte behind a CR pushed last is the LF that belongs to it.
  package var isBehindLineEnd: Bool {
    guard case .betweenRecords = mode else { return false }
    return position == window.count
  }

  /// Whether byte-order mark, skipped lines and header lie behind.
  package var isBehindHeader: Bool {
    switch mode {
    case .byteOrderMark, .skippingLines: false
    default: !isHeaderDue
    }
  }

  /// The physical line of the next byte.
  package var nextLine: Int { line }

  /// Forgets everything and goes on at the start of a line in the middle of a member, behind its header.
  package func restart(atByte byteOffset: Int, line: Int) {
    parser.restart()
    parser.keep(fieldCount: 0, byteCount: 0)
    completeFieldCount = 0
    completeByteCount = 0
    window.removeAll(keepingCapacity: true)
    windowOffset = byteOffset
    position = 0
    recordStart = 0
    self.line = line
    recordLine = line
    mode = .betweenRecords
    isHeaderDue = false
    isBehindCarriageReturn = false
    counts = RecordCounts()
  }

  /// Moves the line numbers of what is in progress: it began in a stretch whose first line was not known then.
  package func advance(lines: Int) {
    line += lines
    recordLine += lines
    if case .discarding(var reject) = mode {
      reject.line += lines
      mode = .discarding(reject)
    }
  }

  /// Hands out the counts since the last time.
  package func takeCounts() -> RecordCounts {
    defer { counts = RecordCounts() }
    return counts
  }

  private func read(_ chunk: UnsafeRawBufferPointer, isEnd: Bool) {
    startBatch()
    window.append(contentsOf: chunk)
    let window = self.window
    window.withUnsafeBytes { bytes in
      input = bytes
      while step(isEnd: isEnd) {}
      input = UnsafeRawBufferPointer(start: nil, count: 0)
    }
    batch.window = window
    batch.windowOffset = windowOffset
    batch.bytes = parser.bytes
    batch.fieldEnds = parser.ends
  }

  /// Forgets what was handed out, and the bytes before the record in progress; its fields move to the front.
  private func startBatch() {
    batch.window = []
    batch.bytes = []
    batch.fieldEnds = []
    batch.records.removeAll(keepingCapacity: true)
    batch.rejects.removeAll(keepingCapacity: true)
    let kept = if case .inRecord = mode { recordStart } else { position }
    window.removeSubrange(..<kept)
    windowOffset += kept
    position -= kept
    recordStart -= kept
    nextCarriageReturn = -1
    nextLineFeed = -1
    parser.forget(fieldCount: completeFieldCount, byteCount: completeByteCount)
    completeFieldCount = 0
    completeByteCount = 0
  }
}
