/// What the measures of a file's rows add up to, without sign and all measures together: up to the limit no sum of any of
/// them leaves 64 bits.
struct AmountSum: Sendable, Hashable {
  /// Four exabytes of use in one file: above it a row is no use but a mistake, or worse.
  static let limit: Int64 = 4_000_000_000_000_000_000

  /// What counts. Of events only amounts that do not fit a usual row: what 2^30 rows of less add up to fits 64 bits beside
  /// the limit, and nobody has so many on a day. So the usual row costs nothing, and files that are read by columns and row
  /// by row are judged alike.
  private let least: UInt64
  private var sum: UInt64 = 0

  /// Begins with nothing.
  init(_ kind: FeedKind) { least = kind == .usageDaily ? 0 : 1 << 32 }

  /// Whether the sum has left what is allowed.
  var isBeyondLimit: Bool { sum > UInt64(AmountSum.limit) }

  /// Whether a row's measures still fit.
  func hasRoom(for measures: [Int64]) -> Bool {
    AmountSum.whole(sum, plus: amount(measures)) <= UInt64(AmountSum.limit)
  }

  /// Adds a row's measures; a sum beyond the limit stays where it is.
  mutating func add(_ measures: [Int64]) { if !isBeyondLimit { sum = AmountSum.whole(sum, plus: amount(measures)) } }

  /// Adds what other rows add up to.
  mutating func add(_ other: AmountSum) { if !isBeyondLimit { sum = AmountSum.whole(sum, plus: other.sum) } }

  /// A row has fifteen measures of at most 10^15 each; what sessions are worth may have as much as facts hold.
  private func amount(_ measures: [Int64]) -> UInt64 {
    var amount: UInt64 = 0
    for measure in measures where measure.magnitude >= least {
      amount = AmountSum.whole(amount, plus: measure.magnitude)
    }
    return amount
  }

  /// The sum of two numbers, or the greatest that there is.
  private static func whole(_ a: UInt64, plus b: UInt64) -> UInt64 {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? .max : sum
  }

  /// The most that daily facts hold of a measure: what is beyond is cut, never wrapped. Only sessions of many files can
  /// come near.
  static let mostOfFact: Int64 = 1 << 62

  /// The sum of two amounts, cut.
  static func cut(_ a: Int64, plus b: Int64) -> Int64 {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? (b < 0 ? -mostOfFact : mostOfFact) : min(max(sum, -mostOfFact), mostOfFact)
  }
}
