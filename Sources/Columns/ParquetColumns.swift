import ArrowBridge

/// What the columns of a file are: for files of others, which may have types that no column holds.
public struct ParquetColumns: Sendable {
  /// The names of all columns, in the file's order.
  public let names: [String]
  /// The columns that can be read.
  public let schema: Schema
  /// What the type of each other column is called, by the column's name.
  public let unread: [String: String]
}

extension ParquetFile {
  /// Reads what the columns of a file are; throws as `read` does, but not for a type that no column holds.
  public static func columns(of path: String) throws(ColumnsError) -> ParquetColumns {
    let found = try ParquetReader(path: path, usesThreads: false).fields()
    let unread = found.filter { $0.field == nil }.map { ($0.name, $0.typeName) }
    return ParquetColumns(
      names: found.map(\.name), schema: Schema(found.compactMap(\.field)),
      unread: Dictionary(unread) { first, _ in first })
  }
}

/// What people call the types of Arrow that no column holds.
enum ArrowTypeName {
  /// The beginnings of format strings, the longer one first where one begins another.
  private static let names = [
    ("n", "no type"), ("d:", "decimal of more than 128 bits"), ("z", "binary"), ("Z", "binary"), ("vz", "binary"),
    ("vu", "text view"), ("w:", "binary"), ("td", "day in milliseconds"), ("tt", "time of day"), ("tD", "duration"),
    ("ti", "interval"), ("+s", "struct"), ("+m", "map"), ("+", "list"),
  ]

  static func of(_ schema: ArrowSchema) -> String {
    guard let format = schema.format.map({ String(cString: $0) }) else { return "no type" }
    if schema.dictionary != nil { return "dictionary" }
    if format.hasPrefix("ts") {
      return format.hasSuffix(":") ? "timestamp without a time zone" : "timestamp in other units than microseconds"
    }
    return names.first { format.hasPrefix($0.0) }?.1 ?? "Arrow's \(format)"
  }
}
