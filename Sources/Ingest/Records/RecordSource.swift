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
}

extension RecordReader: RecordSource {}
extension JSONLineReader: RecordSource {}
extension JSONDocumentReader: RecordSource {}
extension MailboxReader: RecordSource {}

extension Feed {
  /// A reader of one member's records.
  func recordSource() -> any RecordSource {
    switch format {
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
