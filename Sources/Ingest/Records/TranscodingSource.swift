import CSV

/// A source whose member is not UTF-8: it hands UTF-8 to the reader of the records, and tells offsets as delivered.
///
/// The stage stands between archive and reader, so readers know one encoding. Rows, fields and rejected text are UTF-8;
/// offsets are those of the delivered member.
final class TranscodingSource: RecordSource {
  private let reader: any RecordSource
  private var transcoder: TextTranscoder
  /// Whether the member has ended but the reader was not told yet: its last bytes come first.
  private var isEndDue = false

  init(_ reader: any RecordSource, _ encoding: TextEncoding) {
    self.reader = reader
    transcoder = TextTranscoder(encoding)
  }

  var batch: RecordBatch { reader.batch }
  var counts: RecordCounts { reader.counts }
  var header: [[UInt8]]? { reader.header }

  var fault: DocumentFault? {
    guard var fault = reader.fault else { return nil }
    fault.byte = transcoder.delivered(fault.byte)
    return fault
  }

  func push(_ chunk: UnsafeRawBufferPointer) {
    transcoder.forget(before: reader.batch.windowOffset)
    transcoder.transcode(chunk).withUnsafeBytes { reader.push($0) }
  }

  func finish() {
    let rest = transcoder.transcode([], isEnd: true)
    guard !rest.isEmpty else { return reader.finish() }
    isEndDue = true
    rest.withUnsafeBytes { reader.push($0) }
  }

  func advance() -> Bool {
    if reader.advance() { return true }
    guard isEndDue else { return false }
    isEndDue = false
    reader.finish()
    return true
  }

  func deliveredOffset(of offset: Int) -> Int { transcoder.delivered(offset) }

  func firstBadUnit(in batch: RecordBatch, _ record: RecordPosition) -> Int? {
    transcoder.hasBadUnits ? TextTranscoder.firstBadUnit(in: batch.delivered(record)) : nil
  }
}
