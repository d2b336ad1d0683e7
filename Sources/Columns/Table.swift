/// Values of one type with their validity: `values[i]` means something only where `isValid(i)`.
public struct TypedColumn<Value: Sendable & Hashable>: Sendable, Hashable {
  /// One value a row; rows that are missing hold an arbitrary value (zero or empty by custom).
  public var values: [Value]
  /// One flag a row, or nil where no value is missing.
  public var validity: [Bool]?

  /// Makes a column; `validity`, where given, has one flag a value.
  @inlinable public init(_ values: [Value] = [], validity: [Bool]? = nil) {
    precondition(validity == nil || validity!.count == values.count, "one validity flag a value")
    self.values = values
    self.validity = validity
  }

  /// Makes a column from optionals; `placeholder` fills the missing rows.
  @inlinable public init(optionals: [Value?], placeholder: Value) {
    values = optionals.map { $0 ?? placeholder }
    validity = optionals.contains { $0 == nil } ? optionals.map { $0 != nil } : nil
  }

  /// The number of rows.
  @inlinable public var rowCount: Int { values.count }

  /// Whether row `row` has a value.
  @inlinable public func isValid(_ row: Int) -> Bool { validity?[row] ?? true }

  /// The value of row `row`, or nil where it is missing.
  @inlinable public subscript(row: Int) -> Value? { isValid(row) ? values[row] : nil }

  /// Adds a row.
  @inlinable public mutating func append(_ value: Value) {
    values.append(value)
    validity?.append(true)
  }

  /// Adds a row that may be missing.
  @inlinable public mutating func append(_ value: Value?, placeholder: Value) {
    if value == nil, validity == nil { validity = [Bool](repeating: true, count: values.count) }
    values.append(value ?? placeholder)
    validity?.append(value != nil)
  }
}

/// A column of any type.
public enum Column: Sendable, Hashable {
  case int32(TypedColumn<Int32>)
  case int64(TypedColumn<Int64>)
  case double(TypedColumn<Double>)
  case bool(TypedColumn<Bool>)
  /// Days since 1970-01-01.
  case date(TypedColumn<Int32>)
  /// Microseconds since 1970-01-01T00:00:00Z.
  case timestamp(TypedColumn<Int64>)
  case string(TypedColumn<String>)

  /// The type of the values.
  public var type: ColumnType {
    switch self {
    case .int32: .int32
    case .int64: .int64
    case .double: .double
    case .bool: .bool
    case .date: .date
    case .timestamp: .timestamp
    case .string: .string
    }
  }

  /// The number of rows.
  public var rowCount: Int {
    switch self {
    case .int32(let column), .date(let column): column.rowCount
    case .int64(let column), .timestamp(let column): column.rowCount
    case .double(let column): column.rowCount
    case .bool(let column): column.rowCount
    case .string(let column): column.rowCount
    }
  }
}

/// Named columns of equal length.
public struct Table: Sendable, Hashable {
  /// The names and types of the columns.
  public let schema: Schema
  /// One column a field of the schema, in its order.
  public let columns: [Column]
  /// The number of rows of every column.
  public let rowCount: Int

  /// Makes a table; columns must fit the schema in number, type, nullability and length. A table without columns has
  /// `rowCount` rows.
  public init(_ schema: Schema, _ columns: [Column], rowCount: Int? = nil) {
    precondition(columns.count == schema.fields.count, "one column a field")
    self.rowCount = columns.first?.rowCount ?? rowCount ?? 0
    for (field, column) in zip(schema.fields, columns) {
      precondition(column.type == field.type, "column \(field.name) holds \(column.type), not \(field.type)")
      precondition(column.rowCount == self.rowCount, "column \(field.name) has another length")
    }
    self.schema = schema
    self.columns = columns
  }

  /// The column of that name, or nil.
  public subscript(name: String) -> Column? { schema.index(of: name).map { columns[$0] } }

  /// The 32-bit integers of column `name`; throws where the table has no such column of that type.
  public func int32(_ name: String) throws(ColumnsError) -> TypedColumn<Int32> {
    guard case .int32(let column)? = self[name] else { throw missing(name, .int32) }
    return column
  }

  /// The 64-bit integers of column `name`; throws where the table has no such column of that type.
  public func int64(_ name: String) throws(ColumnsError) -> TypedColumn<Int64> {
    guard case .int64(let column)? = self[name] else { throw missing(name, .int64) }
    return column
  }

  /// The doubles of column `name`; throws where the table has no such column of that type.
  public func double(_ name: String) throws(ColumnsError) -> TypedColumn<Double> {
    guard case .double(let column)? = self[name] else { throw missing(name, .double) }
    return column
  }

  /// The flags of column `name`; throws where the table has no such column of that type.
  public func bool(_ name: String) throws(ColumnsError) -> TypedColumn<Bool> {
    guard case .bool(let column)? = self[name] else { throw missing(name, .bool) }
    return column
  }

  /// The days of column `name`, as days since 1970-01-01; throws where the table has no such column of that type.
  public func date(_ name: String) throws(ColumnsError) -> TypedColumn<Int32> {
    guard case .date(let column)? = self[name] else { throw missing(name, .date) }
    return column
  }

  /// The instants of column `name`, in microseconds of UTC; throws where the table has no such column of that type.
  public func timestamp(_ name: String) throws(ColumnsError) -> TypedColumn<Int64> {
    guard case .timestamp(let column)? = self[name] else { throw missing(name, .timestamp) }
    return column
  }

  /// The texts of column `name`; throws where the table has no such column of that type.
  public func string(_ name: String) throws(ColumnsError) -> TypedColumn<String> {
    guard case .string(let column)? = self[name] else { throw missing(name, .string) }
    return column
  }

  private func missing(_ name: String, _ type: ColumnType) -> ColumnsError {
    let found = self[name].map { "it holds \($0.type)" } ?? "the table has no such column"
    return ColumnsError(.schemaMismatch, "column \(name) of type \(type) is needed, but \(found)")
  }
}
