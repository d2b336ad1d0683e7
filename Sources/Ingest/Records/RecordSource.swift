import CSV

/// Reads the records of one member, whatever their format: the seam between bytes and rows.
///
/// Push the member's bytes in chunks of any size, then `finish`. After each of the two, `batch` holds what was
/// completed; where a reader cannot show everything in one batch, `advance` turns to the next. However the input is cut,
/// the records, rejects, offsets and counts are the same.
protocol RecordSource: AnyObject {
  /// The records and rejects at hand.
  var batch: RecordBatch { get }
  /// What became of the input so far.
  var counts: RecordCounts { get }
  /// The names of the header, where the format has one and it was read.
  var header: [[UInt8]]? { get }
  /// Why the member as a whole cannot be read, once that is known: nothing more comes of it.
  var fault: DocumentFault? { get }
  /// Reads the next bytes of the member.
  func push(_ chunk: UnsafeRawBufferPointer)
  /// Ends the member.
  func finish()
  /// Turns to the next batch of what was pushed; false where there is none.
  func advance() -> Bool
  /// The offset within the member as delivered of an offset that a batch gives.
  func deliveredOffset(of offset: Int) -> Int
  /// The index in a record's bytes of the first one that is no character of the member's encoding; nil where there is none.
  func firstBadUnit(in batch: RecordBatch, _ record: RecordPosition) -> Int?
}

/// Why a member is no document of its format.
package struct DocumentFault: Error, Hashable {
  /// The physical line of the defect, from 1.
  package var line: Int
  /// The offset of the defect within the member.
  package var byte: Int
  /// What is wrong, without any value.
  package var message: String
}

extension RecordSource {
  var header: [[UInt8]]? { nil }
  var fault: DocumentFault? { nil }
  func advance() -> Bool { false }
  func deliveredOffset(of offset: Int) -> Int { offset }
  func firstBadUnit(in batch: RecordBatch, _ record: RecordPosition) -> Int? { nil }
}

extension RecordSource {
  /// Throws where a record holds bytes that are no characters of the member's encoding.
  func checkEncoding(of record: RecordPosition, in batch: RecordBatch) throws(RowFault) {
    guard let index = firstBadUnit(in: batch, record) else { return }
    var fault = RowFault(
      "bad-encoding", expected: "characters of the file's encoding", "the row has bytes that are no characters")
    fault.byteInRecord = index
    throw fault
  }
}

extension RecordReader: RecordSource {}
extension UnquotedRecordReader: RecordSource {}
extension JSONLineReader: RecordSource {}
extension JSONDocumentReader: RecordSource {}
extension MailboxReader: RecordSource {}

extension Feed {
  /// A reader of one member's records; `beginning` has the first bytes of the member, two at least if there are so many.
  ///
  /// Throws where they show that the feed does not read the member.
  func recordSource(beginning: UnsafeRawBufferPointer) throws(FileRefusal) -> any RecordSource {
    let encoding = try encoding(beginning: beginning)
    try checkForeign(beginning, encoding)
    guard let encoding else { return recordReader() }
    return TranscodingSource(recordReader(), encoding)
  }

  /// The encoding to undo, or nil where the member is UTF-8 already.
  private func encoding(beginning: UnsafeRawBufferPointer) throws(FileRefusal) -> TextEncoding? {
    if encoding == .utf8 { return nil }
    guard encoding == nil || encoding == .utf16 else { return encoding }
    if beginning.count > 1, let mark = TextEncoding.mark(beginning[0], beginning[1]) { return mark }
    guard encoding == .utf16, !beginning.isEmpty else { return nil }
    throw FileRefusal(
      "no-byte-order-mark",
      "the member does not begin with a byte-order mark of UTF-16; "
        + "if it has none, the feed must say utf-16le or utf-16be")
  }

  private func checkForeign(_ beginning: UnsafeRawBufferPointer, _ encoding: TextEncoding?) throws(FileRefusal) {
    guard let foreign = textForm.foreign else { return }
    var text = Array(beginning.prefix(4 * foreign.beginning.count + 4))
    if let encoding {
      var transcoder = TextTranscoder(encoding)
      text = transcoder.transcode(text)
    }
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { text.removeFirst(3) }
    if text.starts(with: foreign.beginning) { throw FileRefusal("foreign-content", foreign.message) }
  }

  /// The reader of the feed's format, for bytes in UTF-8.
  func recordReader() -> any RecordSource {
    switch format {
    case .csv where !textForm.isQuoted: UnquotedRecordReader(dialect, limits: limits.records())
    case .csv: RecordReader(dialect, limits: limits.records())
    case .ndjson: JSONLineReader(paths: paths, limits: limits.records())
    case .json: JSONDocumentReader(paths: paths, list: recordsPath, limits: limits.records())
    case .mbox:
      MailboxReader(
        parts: paths.map { $0.first ?? [] }, variant: mailboxVariant,
        limits: limits.records(usual: MailboxReader.usualLimits))
    }
  }

  /// The sources as paths of keys; of a mailbox each has one key, the name of a header field or of a part.
  var paths: [[[UInt8]]] {
    sources.map { if case .path(let keys) = $0 { keys } else { [] } }
  }
}
