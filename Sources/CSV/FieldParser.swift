import CCSV

/// One libcsv parser in strict mode, and the fields of the record that it is in.
///
/// The only file that calls libcsv's reader. `feed` hands over bytes that contain at most one record end, at their
/// last byte; positions are therefore the caller's, which libcsv does not tell. A parser belongs to one thread, and no
/// call on its buffers is under way while another begins: the checks of that, one a field, are left out.
final class FieldParser {
  /// How a call of `feed` or `finish` ended.
  enum Outcome {
    /// The record goes on.
    case open
    /// The record is complete; its fields lie in `bytes` and `ends`.
    case record
    /// Nothing but space and tab stood before the line end, or nothing at all.
    case blank
    /// Strict mode stopped at the byte of that index within the bytes fed.
    case failed(index: Int)
  }

  @exclusivity(unchecked) private var parser = csv_parser()
  private let dialect: Dialect
  @exclusivity(unchecked) private var isRowComplete = false
  /// Whether libcsv stopped at an error since the last start.
  @exclusivity(unchecked) private var hasFailed = false
  /// The fields of the record so far, back to back, behind those of the records before it.
  @exclusivity(unchecked) var bytes: [UInt8] = []
  /// The end of each field in `bytes`.
  @exclusivity(unchecked) var ends: [Int] = []

  init(_ dialect: Dialect) {
    self.dialect = dialect
    start()
  }

  deinit { csv_free(&parser) }

  private func start() {
    csv_init(&parser, UInt8(CSV_STRICT | CSV_STRICT_FINI))
    csv_set_delim(&parser, dialect.delimiter)
    csv_set_quote(&parser, dialect.quote)
  }

  /// Throws the parser away, failed or not, and starts a fresh one; one that is as fresh goes on. libcsv's own end is
  /// never called on a failed one: it would hand out a phantom record.
  func restart() {
    guard parser.pstate != 0 || parser.quoted != 0 || parser.spaces != 0 || parser.entry_pos != 0 || hasFailed else {
      return
    }
    hasFailed = false
    csv_free(&parser)
    start()
  }

  /// Forgets the first `fieldCount` fields, which take `byteCount` bytes.
  func forget(fieldCount: Int, byteCount: Int) {
    bytes.removeSubrange(..<byteCount)
    ends.removeSubrange(..<fieldCount)
    for index in ends.indices { ends[index] -= byteCount }
  }

  /// Forgets all but the first `fieldCount` fields, which take `byteCount` bytes.
  func keep(fieldCount: Int, byteCount: Int) {
    bytes.removeSubrange(byteCount...)
    ends.removeSubrange(fieldCount...)
  }

  /// Whether the parser stands between two records, or behind nothing but space and tab.
  var isBetweenRecords: Bool { parser.pstate == 0 }

  /// The length in bytes of the field in progress.
  var openFieldByteCount: Int { parser.entry_pos }

  /// Spaces and tabs since the closing quote; tells where that quote stood.
  var trailingSpaceCount: Int { parser.spaces }

  /// Whether the parser stands behind a quote that closed a field.
  var isBehindClosingQuote: Bool { parser.pstate == 3 }

  /// Parses `input`, whose only record end, if any, is its last byte.
  func feed(_ input: UnsafeRawBufferPointer) -> Outcome {
    isRowComplete = false
    let parsed = csv_parse(
      &parser, input.baseAddress, input.count, FieldParser.endField, FieldParser.endRow,
      Unmanaged.passUnretained(self).toOpaque())
    if parsed < input.count {
      hasFailed = true
      return .failed(index: parsed)
    }
    if isRowComplete { return .record }
    guard isBetweenRecords, let last = input.last, last == 0x0A || last == 0x0D else { return .open }
    return .blank
  }

  /// Ends the input; the parser must not have failed.
  func finish() -> Outcome {
    isRowComplete = false
    let status = csv_fini(
      &parser, FieldParser.endField, FieldParser.endRow, Unmanaged.passUnretained(self).toOpaque())
    if status != 0 {
      hasFailed = true
      return .failed(index: 0)
    }
    return isRowComplete ? .record : .blank
  }

  // libcsv calls back with the context that `feed` passed: an object that is alive for the whole call.
  private static let endField: @convention(c) (UnsafeMutableRawPointer?, Int, UnsafeMutableRawPointer?) -> Void = {
    field, count, context in
    guard let context else { return }
    Unmanaged<FieldParser>.fromOpaque(context)._withUnsafeGuaranteedRef { parser in
      parser.bytes.append(contentsOf: UnsafeRawBufferPointer(start: field, count: count))
      parser.ends.append(parser.bytes.count)
    }
  }

  private static let endRow: @convention(c) (Int32, UnsafeMutableRawPointer?) -> Void = { _, context in
    guard let context else { return }
    Unmanaged<FieldParser>.fromOpaque(context).takeUnretainedValue().isRowComplete = true
  }
}
