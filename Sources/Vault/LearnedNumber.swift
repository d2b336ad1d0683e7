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

  /// The columns of `vault/learned-numbers`.
  public static let schema = Schema([
    ColumnField("subscription_id", .int64, "Pseudonym of the subscription that the number stands for."),
    ColumnField("number", .int64, "E.164 digits as an integer."),
  ])

  /// The table of some pairs, in their order.
  public static func table(_ rows: [LearnedNumber]) -> Table {
    Table(
      schema,
      [.int64(TypedColumn(rows.map(\.subscription))), .int64(TypedColumn(rows.map { Int64($0.number) }))])
  }

  /// The pairs of a table, in its order.
  public static func rows(_ table: Table) throws(ColumnsError) -> [LearnedNumber] {
    let subscriptions = try table.int64("subscription_id").values
    let numbers = try table.int64("number").values
    return (0..<table.rowCount).map {
      LearnedNumber(subscription: subscriptions[$0], number: UInt64(max(0, numbers[$0])))
    }
  }
}
