public import Columns

/// A field of a twin: its column and what a reader needs to know of it.
public struct TwinField: Sendable, Hashable {
  /// Name, type, nullability and meaning.
  public let column: ColumnField
  /// The unit of the values.
  public let unit: String
  /// The days that the value looks at.
  public let window: String
  /// The datasets that it comes from.
  public let source: String
  /// What a missing value means; empty where none is missing.
  public let nullMeaning: String

  /// The column's name.
  public var name: String { column.name }

  /// Makes a field; it is nullable where `null` says what that means.
  init(
    _ name: String, _ type: ColumnType, _ meaning: String, unit: String, window: String = "state", source: String,
    null: String = ""
  ) {
    column = ColumnField(name, type, isNullable: !null.isEmpty, meaning)
    self.unit = unit
    self.window = window
    self.source = source
    nullMeaning = null
  }

  /// One row of the table of `SubscriptionTwin.md`.
  public var documentationRow: String {
    let type = column.isNullable ? "\(column.type)?" : "\(column.type)"
    let cells = ["`\(name)`", type, unit, window, source, column.meaning, nullMeaning.isEmpty ? "–" : nullMeaning]
    return "| \(cells.joined(separator: " | ")) |"
  }
}
