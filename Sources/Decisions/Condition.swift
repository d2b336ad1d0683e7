public import Columns

/// One eligibility condition: a field of the twin or the score, a comparison and a value.
///
/// A missing value satisfies no condition, `is-not` and `not-in` included: what is unknown is not known to differ.
public struct Condition: Sendable, Hashable {
  /// The comparisons by the names that configuration uses.
  public enum Comparison: String, CaseIterable, Sendable {
    case isEqual = "is"
    case isDifferent = "is-not"
    case isAmong = "in"
    case isNotAmong = "not-in"
    case isAtLeast = "at-least"
    case isAtMost = "at-most"
    case isAbove = "above"
    case isBelow = "below"
  }

  /// A comparison with its typed value.
  public enum Test: Sendable, Hashable {
    /// The text is (or is not) one of these.
    case text([String], isAmong: Bool)
    /// The flag is this.
    case flag(Bool)
    /// The number compares so with this.
    case number(Comparison, Double)
    /// The number is (or is not) one of these.
    case numbers([Double], isAmong: Bool)
  }

  /// The field's name.
  public var field: String
  /// What must hold.
  public var test: Test

  /// Makes a condition.
  public init(_ field: String, _ test: Test) {
    self.field = field
    self.test = test
  }

  /// Whether each row satisfies the condition; a column of a type that the test does not fit satisfies nothing.
  ///
  /// O(rows); one typed loop a column.
  public func satisfied(by column: Column) -> [Bool] {
    switch (test, column) {
    case (.text(let values, let isAmong), .string(let column)):
      return (0..<column.rowCount).map { column.isValid($0) && values.contains(column.values[$0]) == isAmong }
    case (.flag(let flag), .bool(let column)):
      return (0..<column.rowCount).map { column.isValid($0) && column.values[$0] == flag }
    case (_, .int32(let column)):
      return (0..<column.rowCount).map { column.isValid($0) && holds(Double(column.values[$0])) }
    case (_, .int64(let column)):
      return (0..<column.rowCount).map { column.isValid($0) && holds(Double(column.values[$0])) }
    case (_, .double(let column)):
      return (0..<column.rowCount).map { column.isValid($0) && holds(column.values[$0]) }
    default:
      return [Bool](repeating: false, count: column.rowCount)
    }
  }

  /// Whether a number satisfies the condition; a value that is not a number satisfies none.
  private func holds(_ number: Double) -> Bool {
    guard !number.isNaN else { return false }
    switch test {
    case .number(.isEqual, let value): return number == value
    case .number(.isDifferent, let value): return number != value
    case .number(.isAtLeast, let value): return number >= value
    case .number(.isAtMost, let value): return number <= value
    case .number(.isAbove, let value): return number > value
    case .number(.isBelow, let value): return number < value
    case .numbers(let values, let isAmong): return values.contains(number) == isAmong
    default: return false
    }
  }
}
