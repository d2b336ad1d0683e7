import Columns

/// Fields that are one field over another.
enum RatioFields {
  /// Fills in the columns of ratios, which follow from those that are there.
  static func filled(_ columns: [Column?], _ fields: [TwinField]) -> [Column] {
    zip(columns, fields).map { column, field in
      if let column { return column }
      guard case .ratio(let numerator, let denominator) = field.computation,
        let above = values(numerator, columns, fields), let below = values(denominator, columns, fields)
      else { preconditionFailure("a field that no rule makes: \(field.name)") }
      return .double(
        TypedColumn(
          optionals: zip(above, below).map { above, below in
            guard let above, let below, below > 0 else { return nil }
            return above / below
          }, placeholder: 0))
    }
  }

  private static func values(_ name: String, _ columns: [Column?], _ fields: [TwinField]) -> [Double?]? {
    guard let number = fields.firstIndex(where: { $0.name == name }) else { return nil }
    switch columns[number] {
    case .int32(let column): return (0..<column.rowCount).map { column[$0].map(Double.init) }
    case .int64(let column): return (0..<column.rowCount).map { column[$0].map(Double.init) }
    case .double(let column): return (0..<column.rowCount).map { column[$0] }
    default: return nil
    }
  }
}
