import ArrowBridge

/// What the columns of a file are: for files of others, which may have types that no column holds.
public struct ParquetColumns: Sendable {
  /// The names of all columns, in the file's order.
  public let names: [String]
  /// The columns that can be read.
  public let schema: Schema
  /// What the type of each other column is called, by the column's name.
  public let unread: [String: String]
  /// The columns that are read as doubles though the file holds longer integers or decimals, by name.
  public let rounded: [String: RoundedNumbers]
}

/// Numbers of a file of which a double holds the small ones only: the others are rounded where they are read.
public struct RoundedNumbers: Sendable, Hashable {
  /// What the type is called.
  public let typeName: String
  /// Of smaller magnitude no two numbers are read as the same double.
  public let limit: Double

  /// Digits of a decimal that any double keeps.
  private static let digitCount = 15

  init?(_ layout: ArrowLayout) {
    switch layout {
    case .uint64: (typeName, limit) = ("unsigned integers of 64 bits", 0x1p53)
    case .decimal(_, let scale):
      (typeName, limit) = (
        "decimals", ArrowLayout.powerOfTen(RoundedNumbers.digitCount) / ArrowLayout.powerOfTen(scale)
      )
    default: return nil
    }
  }
}

extension ParquetFile {
  /// Reads what the columns of a file are; throws as `read` does, but not for a type that no column holds.
  public static func columns(of path: String) throws(ColumnsError) -> ParquetColumns {
    let found = try ParquetReader(path: path, usesThreads: false).fields()
    let unread = found.filter { $0.field == nil }.map { ($0.name, $0.typeName) }
    let rounded = found.compactMap { field in RoundedNumbers(field.layout).map { (field.name, $0) } }
    return ParquetColumns(
      names: found.map(\.name), schema: Schema(found.compactMap(\.field)),
      unread: Dictionary(unread) { first, _ in first },
      rounded: Dictionary(rounded) { first, _ in first })
  }
}

/// What people call the types of Arrow that no column holds.
enum ArrowTypeName {
  /// The beginnings of format strings, the longer one first where one begins another.
  private static let names = [
    ("n", "no type"), ("z", "binary"), ("Z", "binary"), ("vz", "binary"),
    ("vu", "text view"), ("w:", "binary"), ("td", "day in milliseconds"), ("tt", "time of day"), ("tD", "duration"),
    ("ti", "interval"), ("+s", "struct"), ("+m", "map"), ("+", "list"),
  ]

  static func of(_ schema: ArrowSchema) -> String {
    guard let format = schema.format.map({ String(cString: $0) }) else { return "no type" }
    if schema.dictionary != nil { return "dictionary" }
    if format.hasPrefix("ts") {
      return format.hasSuffix(":") ? "timestamp without a time zone" : "timestamp in other units than microseconds"
    }
    if format.hasPrefix("d:") {
      let numbers = format.split(separator: ",")
      return "decimal of \(numbers.count == 3 ? numbers[2] : "128") bits"
    }
    return names.first { format.hasPrefix($0.0) }?.1 ?? "Arrow's \(format)"
  }
}
