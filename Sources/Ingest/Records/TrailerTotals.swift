import CSV

/// Adds up what a member's trailer row must say, and compares the two.
///
/// A row that cannot be cut into the feed's columns is counted, but nobody knows what it would add. Beside such rows another
/// total than that of the others proves nothing: it becomes a doubt that is told, and refuses no file.
struct TrailerTotals: Sendable {
  private let trailer: Feed.Trailer
  /// Whether the trailer came by.
  private(set) var isSeen = false
  /// What the rows neither prove nor disprove, for people.
  private(set) var doubts: [String] = []
  private var rowCount: Int64 = 0
  /// Sums of the columns, in 1/10,000.
  private var sums: [Int64]
  /// The first line of which a column could not be added.
  private var unreadable: (line: Int, sum: Int)?
  /// Rows that were counted and not added, and the first line of them.
  private var uncutCount = 0
  private var firstUncutLine = Int.max
  /// The line of the row that was counted last, until it is added.
  private var openLine: Int?
  private var scratch: [UInt8] = []

  init(_ trailer: Feed.Trailer) {
    self.trailer = trailer
    sums = trailer.sums.map { _ in 0 }
  }

  /// Counts a data row, whatever becomes of it; one that is not added before the next one is counted cannot be cut.
  mutating func countRow(line: Int) {
    closeRow()
    rowCount += 1
    openLine = line
  }

  private mutating func closeRow() {
    guard let line = openLine else { return }
    openLine = nil
    uncutCount += 1
    firstUncutLine = min(firstUncutLine, line)
  }

  /// Adds the columns of the row that was counted last. What is missing adds nothing.
  mutating func add(_ bytes: UnsafeBufferPointer<UInt8>, _ ranges: [Range<Int>], line: Int) {
    openLine = nil
    for (index, sum) in trailer.sums.enumerated() where unreadable == nil {
      let field = UnsafeBufferPointer(rebasing: bytes[ranges[sum.source]])
      if field.isEmpty || sum.missing.contains(where: { $0.elementsEqual(field) }) { continue }
      guard let value = value(field, sum.numberForm) else {
        unreadable = (line, index)
        return
      }
      let (total, overflow) = sums[index].addingReportingOverflow(value)
      if overflow { unreadable = (line, index) } else { sums[index] = total }
    }
  }

  private mutating func value(_ field: UnsafeBufferPointer<UInt8>, _ form: NumberForm?) -> Int64? {
    guard let form else { return try? NumberParsing.tenThousandths(field) }
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
    if isTrailer { try check(record, of: batch, bytes, feed, place: place) } else { countRow(line: record.line) }
    return isTrailer
  }

  /// Throws where the trailer says something else than the rows did.
  private mutating func check(
    _ record: RecordPosition, of batch: RecordBatch, _ bytes: UnsafeBufferPointer<UInt8>, _ feed: Feed, place: String
  ) throws(FileRefusal) {
    isSeen = true
    closeRow()
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
      guard let total = value(field(sum.field), sum.numberForm) else {
        let form = sum.numberForm?.decimal == UInt8(ascii: ",") ? " with a decimal comma" : ""
        throw FileRefusal(
          "control-total", "\(here) has no total of \(column): its field \(sum.field + 1) is no number\(form)")
      }
      if let unreadable, unreadable.sum == index {
        throw FileRefusal(
          "control-total", "line \(unreadable.line)\(place) has no number in \(column), which the trailer adds up")
      }
      guard total != sums[index] else { continue }
      let both =
        "field \(sum.field + 1) says \(TrailerTotals.text(total, sum.numberForm)), the rows add up to "
        + TrailerTotals.text(sums[index], sum.numberForm)
      guard uncutCount > 0 else {
        throw FileRefusal(
          "control-total", "\(here) has another total of \(column) than the rows that were read: \(both)")
      }
      let uncut =
        uncutCount == 1
        ? "1 row could not be cut (line \(firstUncutLine))"
        : "\(uncutCount) rows could not be cut (the first at line \(firstUncutLine))"
      doubts.append("\(here) has a total of \(column) that cannot be checked: \(both); \(uncut)")
    }
  }

  /// A sum in 1/10,000 as the feed writes numbers, without groups.
  private static func text(_ value: Int64, _ form: NumberForm?) -> String {
    let (whole, fraction) = value.magnitude.quotientAndRemainder(dividingBy: 10_000)
    var decimals = String(String(10_000 + fraction).dropFirst())
    while decimals.hasSuffix("0") { decimals.removeLast() }
    let sign = Character(UnicodeScalar((form ?? .plain).decimal))
    return "\(value < 0 ? "-" : "")\(whole)" + (decimals.isEmpty ? "" : "\(sign)\(decimals)")
  }
}
