public import Columns

/// A number that stands for a subscription of its own, because nobody says who owns it.
public struct LearnedNumber: Sendable, Hashable {
  /// Where the products lie.
  public static let folder = "vault/learned-numbers"

  /// Pseudonym of the subscription: its operator's key is the number's digits.
  public var subscription: Int64
  /// E.164 digits as an integer.
  public var number: UInt64

  /// Makes a pair.
  public init(subscription: Int64, number: UInt64) {
    self.subscription = subscription
    self.number = number
  }

  /// Some pairs, ascending by subscription. Pseudonyms are spread evenly: after their first 16 of 63 bits, only few are left
  /// to be compared. O(pairs).
  package static func ascending(_ pairs: [LearnedNumber]) -> [LearnedNumber] {
    func part(_ pair: LearnedNumber) -> Int { Int(truncatingIfNeeded: pair.subscription >> 47) & (1 << 16 - 1) }
    guard pairs.count > 1 << 12 else { return pairs.sorted { $0.subscription < $1.subscription } }
    var ends = [Int](repeating: 0, count: 1 << 16 + 1)
    for pair in pairs { ends[part(pair) + 1] += 1 }
    for index in 1..<ends.count { ends[index] += ends[index - 1] }
    var sorted = pairs
    for pair in pairs {
      sorted[ends[part(pair)]] = pair
      ends[part(pair)] += 1
    }
    var start = 0
    for end in ends {
      if end - start > 1 { sorted[start..<end].sort { $0.subscription < $1.subscription } }
      start = end
    }
    return sorted
  }

  /// The columns of `vault/learned-numbers`.
  public static let schema = Schema([
    ColumnField("subscription_id", .int64, "Pseudonym of the subscription that the number stands for."),
    ColumnField("number", .int64, "E.164 digits as an integer."),
  ])

  /// The pairs of a table, in its order.
  public static func rows(_ table: Table) throws(ColumnsError) -> [LearnedNumber] {
    let subscriptions = try table.int64("subscription_id").values
    let numbers = try table.int64("number").values
    return (0..<table.rowCount).map {
      LearnedNumber(subscription: subscriptions[$0], number: UInt64(max(0, numbers[$0])))
    }
  }
}
