import Calendar
import Columns
import Datasets
import Learning

/// Tables from rows of loose values: what a column's schema leaves out is missing or zero.
enum FactTables {
  enum Value {
    case whole(Int64)
    case real(Double)
    case flag(Bool)
    case text(String)
    case day(Day)
  }

  static func table(_ schema: Schema, _ rows: [[String: Value]]) -> Table {
    Table(
      schema,
      schema.fields.map { field in
        let values = rows.map { $0[field.name] }
        func whole(_ value: Value?) -> Int64? {
          switch value {
          case .whole(let whole): whole
          case .day(let day): Int64(day.rawValue)
          default: nil
          }
        }
        func column<V>(_ convert: (Value?) -> V?, _ zero: V) -> TypedColumn<V> {
          let found = values.map(convert)
          return field.isNullable
            ? TypedColumn(optionals: found, placeholder: zero) : TypedColumn(found.map { $0 ?? zero })
        }
        switch field.type {
        case .int32: return .int32(column({ whole($0).map(Int32.init) }, 0))
        case .date: return .date(column({ whole($0).map(Int32.init) }, 0))
        case .int64: return .int64(column(whole, 0))
        case .timestamp: return .timestamp(column(whole, 0))
        case .double: return .double(column({ if case .real(let real)? = $0 { real } else { nil } }, 0))
        case .bool: return .bool(column({ if case .flag(let flag)? = $0 { flag } else { nil } }, false))
        case .string: return .string(column({ if case .text(let text)? = $0 { text } else { nil } }, ""))
        }
      })
  }

  static func day(_ text: String) -> Day { Day(text) ?? Day(rawValue: 0) }
}
