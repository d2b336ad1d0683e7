public import Calendar
public import Columns

/// Says that a number belonged to a subscription from an instant up to, not including, another.
public struct NumberAssignment: Sendable, Hashable {
  /// E.164 digits as an integer.
  public var number: UInt64
  /// Pseudonym of the subscription.
  public var subscription: Int64
  /// First instant, in seconds of UTC.
  public var validFrom: Int64
  /// First instant that it holds no more; nil while it holds.
  public var validTo: Int64?
  /// The night that learned it.
  public var knownDate: Day
  /// Head of the digest of the delivery that brought it.
  public var delivery: Int64
  /// The delivered file that brought it, and the line there.
  public var file: String
  /// The line, from 1.
  public var line: Int64

  /// Makes an assignment.
  public init(
    number: UInt64, subscription: Int64, validFrom: Int64, validTo: Int64?, knownDate: Day, delivery: Int64,
    file: String, line: Int64
  ) {
    self.number = number
    self.subscription = subscription
    self.validFrom = validFrom
    self.validTo = validTo
    self.knownDate = knownDate
    self.delivery = delivery
    self.file = file
    self.line = line
  }

  /// Where it came from, for messages.
  public var source: String { "\(file) line \(line) of \(knownDate)" }

  /// Where assignments wait that another one kept out: they hold as soon as that one is closed.
  public static let contestedFolder = "vault/contested-numbers"

  /// Whether it never holds: it ends where it begins.
  var isEmpty: Bool { validTo.map { $0 <= validFrom } ?? false }

  func overlaps(_ other: NumberAssignment) -> Bool {
    !isEmpty && !other.isEmpty && validFrom < other.validTo ?? .max && other.validFrom < validTo ?? .max
  }

  /// Whether both speak of the same assignment: of one number to one subscription from one instant on.
  public func replaces(_ other: NumberAssignment) -> Bool {
    number == other.number && subscription == other.subscription && validFrom == other.validFrom
  }

  func isKnownBefore(_ other: NumberAssignment) -> Bool {
    (knownDate, file, line, delivery) < (other.knownDate, other.file, other.line, other.delivery)
  }
}

extension NumberAssignment {
  /// The columns of `vault/numbers`.
  public static let schema = Schema([
    ColumnField("number", .int64, "E.164 digits as an integer."),
    ColumnField("subscription_id", .int64, "Pseudonym of the subscription."),
    ColumnField("valid_from", .timestamp, "First instant."),
    ColumnField("valid_to", .timestamp, isNullable: true, "First instant that it holds no more."),
    ColumnField("known_date", .date, "The night that learned it."),
    ColumnField("delivery_id", .int64, "First 63 bits of the SHA-256 of the delivery that brought it."),
    ColumnField("file", .string, "The delivered file that brought it."),
    ColumnField("line", .int64, "The line there."),
  ])

  /// The table of some assignments, in their order.
  public static func table(_ rows: [NumberAssignment]) -> Table {
    Table(
      schema,
      [
        .int64(TypedColumn(rows.map { Int64($0.number) })), .int64(TypedColumn(rows.map(\.subscription))),
        .timestamp(TypedColumn(rows.map { $0.validFrom * 1_000_000 })),
        .timestamp(TypedColumn(optionals: rows.map { $0.validTo.map { $0 * 1_000_000 } }, placeholder: 0)),
        .date(TypedColumn(rows.map(\.knownDate.rawValue))), .int64(TypedColumn(rows.map(\.delivery))),
        .string(TypedColumn(rows.map(\.file))), .int64(TypedColumn(rows.map(\.line))),
      ])
  }

  /// The assignments of a table, in its order.
  public static func rows(_ table: Table) throws(ColumnsError) -> [NumberAssignment] {
    let number = try table.int64("number")
    let subscription = try table.int64("subscription_id")
    let from = try table.timestamp("valid_from")
    let to = try table.timestamp("valid_to")
    let known = try table.date("known_date")
    let delivery = try table.int64("delivery_id")
    let file = try table.string("file")
    let line = try table.int64("line")
    return (0..<table.rowCount).map { row in
      NumberAssignment(
        number: UInt64(max(0, number.values[row])), subscription: subscription.values[row],
        validFrom: from.values[row] / 1_000_000, validTo: to[row].map { $0 / 1_000_000 },
        knownDate: Day(rawValue: known.values[row]), delivery: delivery.values[row], file: file.values[row],
        line: line.values[row])
    }
  }
}
