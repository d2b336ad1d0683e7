import CSV

/// Adds up what a member's trailer row must say, and compares the two.
struct TrailerTotals: Sendable {
  private let trailer: Feed.Trailer
  /// Whether the trailer came by.
  private(set) var isSeen = false
  private var rowCount: Int64 = 0
  /// Sums of the columns, in 1/10,000.
  private var sums: [Int64]
  /// The first line of which a column could not be added.
  private var unreadable: (line: Int, sum: Int)?
  private var scratch: [UInt8] = []

  init(_ trailer: Feed.Trailer) {
    self.trailer = trailer
    sums = trailer.sums.map { _ in 0 }
  }

  /// Counts a data row, whatever becomes of it.
  mutating func countRow() { rowCount += 1 }

  /// Adds the columns of a row. What is missing adds nothing.
  mutating func add(_ bytes: UnsafeBufferPointer<UInt8>, _ ranges: [Range<Int>], line: Int) {
    for index in sums.indices where unreadable == nil {
      let field = UnsafeBufferPointer(rebasing: bytes[ranges[trailer.sums[index].source]])
      if field.isEmpty || trailer.missing.contains(where: { $0.elementsEqual(field) }) { continue }
      guard let value = value(field) else {
        unreadable = (line, index)
        return
      }
      let (sum, overflow) = sums[index].addingReportingOverflow(value)
      if overflow { unreadable = (line, index) } else { sums[index] = sum }
    }
  }

  private mutating func value(_ field: UnsafeBufferPointer<UInt8>) -> Int64? {
    guard let form = trailer.numberForm else { return try? NumberParsing.tenThousandths(field) }
    guard form.write(field, to: &scratch) else { return nil }
    return scratch.withUnsafeBufferPointer { try? NumberParsing.tenThousandths($0) }
  }

  /// Takes a record: true where it is the trailer and says what the rows did; false where it is a row.
  mutating func take(
    _ record: RecordPosition, of batch: RecordBatch, _ bytes: UnsafeBufferPointer<UInt8>, _ feed: Feed, place: String
  ) throws(FileRefusal) -> Bool {
    let isTrailer = batch.field(record, 0).elementsEqual(trailer.firstField)
    guard !isSeen else {
      throw FileRefusal(
        "rows-after-trailer", "line \(record.line)\(place) \(isTrailer ? "is a second" : "follows the") trailer")
    }
    if isTrailer { try check(record, of: batch, bytes, feed, place: place) } else { countRow() }
    return isTrailer
  }

  /// Throws where the trailer says something else than the rows did.
  private mutating func check(
    _ record: RecordPosition, of batch: RecordBatch, _ bytes: UnsafeBufferPointer<UInt8>, _ feed: Feed, place: String
  ) throws(FileRefusal) {
    isSeen = true
    func field(_ index: Int) -> UnsafeBufferPointer<UInt8> {
      guard index < record.fieldCount else { return UnsafeBufferPointer(rebasing: bytes[0..<0]) }
      return UnsafeBufferPointer(rebasing: bytes[batch.range(record, index)])
    }
    let here = "the trailer at line \(record.line)\(place)"
    if let countField = trailer.countField {
      guard let count = NumberParsing.whole(field(countField)) else {
        throw FileRefusal("control-total", "\(here) has no count")
      }
      guard count == rowCount else {
        throw FileRefusal("control-total", "\(here) does not count the \(rowCount) rows that were read")
      }
    }
    for (index, sum) in trailer.sums.enumerated() {
      let column = "'\(feed.sources[sum.source].text)'"
      guard let total = value(field(sum.field)) else {
        throw FileRefusal("control-total", "\(here) has no total of \(column)")
      }
      if let unreadable, unreadable.sum == index {
        throw FileRefusal(
          "control-total", "line \(unreadable.line)\(place) has no number in \(column), which the trailer adds up")
      }
      guard total == sums[index] else {
        throw FileRefusal("control-total", "\(here) has another total of \(column) than the rows that were read")
      }
    }
  }
}
