public import Columns

/// A rejected row's number that nobody owned when it happened: an assignment that comes late may find its owner.
public struct UnownedNumber: Sendable, Hashable {
  /// E.164 digits as an integer.
  public var number: UInt64
  /// When it happened, in seconds of UTC.
  public var instant: Int64
  /// Head of the digest of the delivery.
  public var delivery: Int64

  /// Makes a row.
  public init(number: UInt64, instant: Int64, delivery: Int64) {
    self.number = number
    self.instant = instant
    self.delivery = delivery
  }

  /// The folder below the home.
  public static let folder = "vault/unowned"

  /// The columns of `vault/unowned`.
  public static let schema = Schema([
    ColumnField("number", .int64, "E.164 digits as an integer."),
    ColumnField("instant", .timestamp, "When the row happened."),
    ColumnField("delivery_id", .int64, "First 63 bits of the SHA-256 of the delivery that brought it."),
  ])

  /// The table of some rows, each once, by delivery, number and instant.
  public static func table(_ rows: [UnownedNumber]) -> Table {
    let rows = Set(rows).sorted { ($0.delivery, $0.number, $0.instant) < ($1.delivery, $1.number, $1.instant) }
    return Table(
      schema,
      [
        .int64(TypedColumn(rows.map { Int64($0.number) })),
        .timestamp(TypedColumn(rows.map { $0.instant * 1_000_000 })), .int64(TypedColumn(rows.map(\.delivery))),
      ])
  }

  /// The rows of a table, in its order.
  public static func rows(_ table: Table) throws(ColumnsError) -> [UnownedNumber] {
    let (numbers, instants) = (try table.int64("number").values, try table.timestamp("instant").values)
    let deliveries = try table.int64("delivery_id").values
    return numbers.indices.map {
      UnownedNumber(
        number: UInt64(max(0, numbers[$0])), instant: instants[$0] / 1_000_000, delivery: deliveries[$0])
    }
  }
}
