/// Collects the numbers that a file's records have, by counter.
struct SequenceReading: Sendable {
  private let number: Int
  private let counters: [Int]
  private(set) var runs: [String: NumberRuns] = [:]

  /// Makes a reading of a column's numbers; nil where the feed has none.
  init?(_ feed: Feed) {
    guard case .column(let number, let counters) = feed.sequence?.place else { return nil }
    self.number = number
    self.counters = counters
  }

  /// Whether a file has more counters than can be meant.
  var isOverLimit: Bool { runs.count > SequenceRule.sourceLimit }

  /// Takes the number of a record, whatever becomes of the record; a record without one is passed over.
  mutating func take(_ bytes: UnsafeBufferPointer<UInt8>, _ ranges: [Range<Int>]) throws(RowFault) {
    let field = UnsafeBufferPointer(rebasing: bytes[ranges[number]])
    guard field.count > 0 else { return }
    guard let value = NumberParsing.whole(field), value >= 0 else {
      throw RowFault(
        "wrong-type", source: number, expected: "a whole number of at least 0",
        "the record's number is no whole number of at least 0")
    }
    let parts = try counters.map { (source) throws(RowFault) -> String in
      let name = UnsafeBufferPointer(rebasing: bytes[ranges[source]])
      guard name.count <= SequenceRule.nameLimit, let text = String(validating: name, as: UTF8.self) else {
        throw RowFault(
          "too-long", source: source, expected: "at most \(SequenceRule.nameLimit) bytes of UTF-8",
          "the name of the counter is too long, or not UTF-8")
      }
      return text
    }
    runs[parts.joined(separator: "/"), default: NumberRuns()].add(value)
  }
}
