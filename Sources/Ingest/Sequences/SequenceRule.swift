/// Where a feed's consecutive numbers stand: of records in a column, or of files in their names (Sequences.md).
struct SequenceRule: Sendable, Hashable {
  enum Place: Sendable, Hashable {
    /// A source of the record, and those that name the counter.
    case column(Int, by: [Int])
    /// A regular expression with a group `number` and, where there are several counters, a group `source`.
    case fileName(pattern: String)
  }

  var place: Place
  /// Nights for which a number is remembered.
  var windowDays: Int

  /// The most counters of one file.
  static let sourceLimit = 10_000
  /// The longest name of a counter.
  static let nameLimit = 64

  /// The counter and the number in a file's name; nil where the pattern does not match.
  static func number(in name: String, pattern: String) -> (source: String, number: Int64)? {
    guard let expression = try? Regex(pattern), let match = try? expression.firstMatch(in: name),
      let digits = match["number"]?.substring, digits.utf8.count <= 18, let number = Int64(digits), number >= 0
    else { return nil }
    return (match["source"]?.substring.map(String.init) ?? "", number)
  }
}
