import CSV
import Calendar
import Randomness
import Vault

/// Reads a sample with a feed, by the reader, the layout and the decoder of a real night: what would become of its rows.
///
/// No home is needed: numbers are not looked up, and identifiers become pseudonyms under a key of zeros that go nowhere.
struct SampleTrial {
  /// Rows that decode.
  private(set) var acceptedCount = 0
  /// Rows that do not, by code.
  private(set) var rejects: [String: Int] = [:]
  /// Why the layout does not fit at all.
  private(set) var refusal: String?

  /// The rows that were tried.
  var rowCount: Int { acceptedCount + rejects.values.reduce(0, +) }
  /// The share of the rows that decode.
  var share: Double { rowCount == 0 ? 0 : Double(acceptedCount) / Double(rowCount) }

  init(_ feed: Feed, _ texts: [[UInt8]]) {
    guard let key = PseudonymKey(bytes: [UInt8](repeating: 0, count: PseudonymKey.byteCount)) else { return }
    var decoder = RowDecoder(feed, key: key)
    let fields = RowFields(feed.kind)
    for text in texts {
      var layout = RecordLayout(feed)
      let source: any RecordSource
      do throws(FileRefusal) {
        source = try Array(text.prefix(512)).withUnsafeBufferPointer { (beginning) throws(FileRefusal) in
          try feed.recordSource(beginning: UnsafeRawBufferPointer(beginning))
        }
      } catch {
        refusal = error.code
        return
      }
      var headerLinesLeft = feed.textForm.headerLineCount - 1
      var rest = text[...]
      var isEnded = false
      while !isEnded, refusal == nil, rowCount < SampleTable.rowLimit {
        isEnded = rest.isEmpty
        if isEnded {
          source.finish()
        } else {
          Array(rest.prefix(64 << 10)).withUnsafeBytes { source.push($0) }
          rest = rest.dropFirst(64 << 10)
        }
        repeat { take(source, &layout, &decoder, fields, feed, &headerLinesLeft) } while source.advance()
        if source.fault != nil, refusal == nil { refusal = "bad-document" }
      }
    }
  }

  private mutating func take(
    _ source: any RecordSource, _ layout: inout RecordLayout, _ decoder: inout RowDecoder, _ fields: RowFields,
    _ feed: Feed, _ headerLinesLeft: inout Int
  ) {
    let batch = source.batch
    for reject in batch.rejects { rejects[reject.code.rawValue, default: 0] += 1 }
    guard !batch.records.isEmpty else { return }
    if !layout.isResolved {
      do throws(FileRefusal) {
        try layout.resolve(header: source.header, place: "")
      } catch {
        refusal = error.code
        return
      }
    }
    var ranges = Array(repeating: 0..<0, count: feed.sources.count)
    for record in batch.records {
      if headerLinesLeft > 0 {
        headerLinesLeft -= 1
        continue
      }
      if let trailer = feed.trailer, batch.field(record, 0).elementsEqual(trailer.firstField) { continue }
      if layout.awaitsWidth {
        do throws(FileRefusal) { try layout.choose(fieldCount: record.fieldCount, place: "") } catch {
          refusal = error.code
          return
        }
      }
      do throws(RowFault) {
        try layout.locate(record, of: batch, into: &ranges)
        if isLeftOut(batch, ranges, feed) { continue }
        try batch.bytes.withUnsafeBufferPointer { (bytes) throws(RowFault) in try decoder.decode(bytes, ranges) }
        try fields.checkPeriods(decoder.row)
        acceptedCount += 1
      } catch {
        rejects[error.code, default: 0] += 1
      }
    }
  }

  private func isLeftOut(_ batch: RecordBatch, _ ranges: [Range<Int>], _ feed: Feed) -> Bool {
    batch.bytes.withUnsafeBufferPointer { bytes in feed.leftOut.contains { $0.matches(bytes, ranges) } }
  }
}
