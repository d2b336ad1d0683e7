// Choosing and joining rows and columns; one typed loop a column.

extension Table {
  /// Makes a table without rows.
  public init(empty schema: Schema) {
    self.init(schema, schema.fields.map { Column($0.type, reserving: 0) })
  }

  /// Puts tables of one shape one below the other, in order; `schema`, where given, is the shape of an empty list too.
  ///
  /// Throws `schemaMismatch` where names, types or nullability differ. O(values). Where nobody else holds the tables, each of their
  /// columns is let go once it is copied, so that little is in memory twice.
  public static func concatenating(_ tables: consuming [Table], schema: Schema? = nil) throws(ColumnsError) -> Table {
    var held = consume tables
    guard let schema = schema ?? held.first?.schema else { return Table(Schema([]), []) }
    for table in held where !table.schema.hasShape(of: schema) {
      throw ColumnsError(.schemaMismatch, "tables of different columns cannot be put together")
    }
    let rowCount = held.reduce(0) { $0 + $1.rowCount }
    if held.count == 1 { return Table(schema, held[0].columns, rowCount: rowCount) }
    var parts = held.map(\.columns)
    held = []
    var columns: [Column] = []
    for (index, field) in schema.fields.enumerated() {
      columns.append(Column.concatenating(parts.map { $0[index] }, type: field.type))
      for part in parts.indices { parts[part][index] = Column(field.type, reserving: 0) }
    }
    return Table(schema, columns, rowCount: rowCount)
  }

  /// The rows at `indices`, in that order; an index may come more than once. O(indices × columns).
  public func rows(at indices: [Int]) -> Table {
    Table(schema, columns.map { $0.rows(at: indices) }, rowCount: indices.count)
  }

  /// The rows whose flag is set, in order; one flag a row.
  public func rows(where keep: [Bool]) -> Table {
    precondition(keep.count == rowCount, "one flag a row")
    return rows(at: keep.indices.filter { keep[$0] })
  }

  /// The rows of a range, in order.
  public func rows(in range: Range<Int>) -> Table { rows(at: Array(range)) }

  /// The columns named, in that order; throws `schemaMismatch` where one is absent.
  public func selecting(_ names: [String]) throws(ColumnsError) -> Table {
    var fields: [ColumnField] = []
    var chosen: [Column] = []
    for name in names {
      guard let index = schema.index(of: name) else {
        throw ColumnsError(.schemaMismatch, "column \(name) is needed, but the table has no such column")
      }
      fields.append(schema.fields[index])
      chosen.append(columns[index])
    }
    return Table(Schema(fields), chosen, rowCount: rowCount)
  }

  /// This table with one more column on the right.
  public func adding(_ field: ColumnField, _ column: Column) -> Table {
    Table(Schema(schema.fields + [field]), columns + [column])
  }
}

extension TypedColumn {
  /// The rows at `indices`, in that order.
  @inlinable public func rows(at indices: [Int]) -> TypedColumn {
    var kept: [Bool]?
    if let validity {
      let flags = indices.map { validity[$0] }
      if flags.contains(false) { kept = flags }
    }
    return TypedColumn(indices.map { values[$0] }, validity: kept)
  }

  /// Columns one below the other.
  @inlinable public static func concatenating(_ columns: [TypedColumn]) -> TypedColumn {
    let rowCount = columns.reduce(0) { $0 + $1.rowCount }
    var values: [Value] = []
    values.reserveCapacity(rowCount)
    for column in columns { values.append(contentsOf: column.values) }
    guard columns.contains(where: { $0.validity?.contains(false) ?? false }) else { return TypedColumn(values) }
    var validity: [Bool] = []
    validity.reserveCapacity(rowCount)
    for column in columns {
      if let flags = column.validity {
        validity.append(contentsOf: flags)
      } else {
        validity.append(contentsOf: repeatElement(true, count: column.rowCount))
      }
    }
    return TypedColumn(values, validity: validity)
  }
}

extension Column {
  /// The rows at `indices`, in that order.
  public func rows(at indices: [Int]) -> Column {
    switch self {
    case .int32(let column): .int32(column.rows(at: indices))
    case .int64(let column): .int64(column.rows(at: indices))
    case .double(let column): .double(column.rows(at: indices))
    case .bool(let column): .bool(column.rows(at: indices))
    case .date(let column): .date(column.rows(at: indices))
    case .timestamp(let column): .timestamp(column.rows(at: indices))
    case .string(let column): .string(column.rows(at: indices))
    }
  }

  /// Columns of one type, one below the other; a column of another type is left out, so callers check types first.
  static func concatenating(_ columns: [Column], type: ColumnType) -> Column {
    switch type {
    case .int32: .int32(.concatenating(columns.compactMap { if case .int32(let column) = $0 { column } else { nil } }))
    case .int64: .int64(.concatenating(columns.compactMap { if case .int64(let column) = $0 { column } else { nil } }))
    case .double:
      .double(.concatenating(columns.compactMap { if case .double(let column) = $0 { column } else { nil } }))
    case .bool: .bool(.concatenating(columns.compactMap { if case .bool(let column) = $0 { column } else { nil } }))
    case .date: .date(.concatenating(columns.compactMap { if case .date(let column) = $0 { column } else { nil } }))
    case .timestamp:
      .timestamp(.concatenating(columns.compactMap { if case .timestamp(let column) = $0 { column } else { nil } }))
    case .string:
      .string(.concatenating(columns.compactMap { if case .string(let column) = $0 { column } else { nil } }))
    }
  }
}
