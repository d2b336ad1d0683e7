/// What a column holds. Each case has one Arrow and one Parquet form (see `Columns.docc`).
public enum ColumnType: String, Sendable, Hashable, CaseIterable {
  /// 32-bit signed integers.
  case int32
  /// 64-bit signed integers: identifiers, counts, money in 1/10,000 of the currency unit.
  case int64
  /// IEEE doubles: model outputs and ratios, never money.
  case double
  /// True or false.
  case bool
  /// Civil days: Arrow and Parquet `date32`.
  case date
  /// Instants: microseconds since 1970-01-01T00:00:00Z.
  case timestamp
  /// UTF-8 text.
  case string
}

/// One column of a schema: name, type, whether values may be missing, and what it means.
public struct ColumnField: Sendable, Hashable {
  /// The column's name: lower case with underscores, the unit last (`call_out_seconds`).
  public var name: String
  /// The type of its values.
  public var type: ColumnType
  /// Whether a value may be missing.
  public var isNullable: Bool
  /// What a value means, in one sentence; written into the Parquet field metadata.
  public var meaning: String

  /// Makes a field that is never missing unless `isNullable`.
  public init(_ name: String, _ type: ColumnType, isNullable: Bool = false, _ meaning: String = "") {
    self.name = name
    self.type = type
    self.isNullable = isNullable
    self.meaning = meaning
  }
}

/// The ordered columns of a table.
public struct Schema: Sendable, Hashable {
  /// The columns, in order; names are unique.
  public var fields: [ColumnField]

  /// Makes a schema; the names of `fields` must be unique.
  public init(_ fields: [ColumnField]) {
    precondition(Set(fields.map(\.name)).count == fields.count, "a schema's column names are unique")
    self.fields = fields
  }

  /// The position of a column, or nil. O(columns).
  public func index(of name: String) -> Int? { fields.firstIndex { $0.name == name } }
}
