public import Calendar
import Columns
import Datasets
public import Ledger

/// One subscription's twin of one night, for a person to read.
public struct TwinCard: Sendable {
  /// A value of a field; nil where it is missing.
  public struct Item: Sendable {
    /// The column's name.
    public let name: String
    /// The heading, of the catalogue in use; nil for a field that it does not have.
    public let group: String?
    /// The unit, likewise.
    public let unit: String?
    /// The value as text; nil where it is missing.
    public let value: String?
  }

  /// A number over time, the oldest first.
  public struct Series: Sendable {
    /// What is counted.
    public let name: String
    /// A value a day or week.
    public let values: [Int64]
  }

  /// The subscription.
  public let subscriptionID: Int64
  /// The night.
  public let night: Day
  /// The log entry that made it.
  public let entry: LogEntry
  /// Every field, in the order of the columns.
  public let items: [Item]
  /// Of each of the last 91 days whether there was any, 0 or 1.
  public let days: [Series]
  /// Sums of the last 13 calendar weeks; the last one is that of the night.
  public let weeks: [Series]

  /// Finds the twin of a subscription: of `night`, or of the newest night that has twins.
  ///
  /// Reads one row group of the twin and one of the state. Throws `TwinError` where there is none, and `ColumnsError` and
  /// `LedgerError` for files that cannot be read.
  public init(_ home: Home, _ catalogue: TwinCatalogue, subscription id: Int64, night: Day?) throws {
    let state = try CommitLog.open(home).state(night.map { .knownBy($0) } ?? .head)
    guard let found = night ?? TwinCard.nights(state).last else {
      throw TwinError(.missingTwin, "there are no twins: run nightjar-twin first")
    }
    guard id >= 0 else { throw TwinError(.missingTwin, "a subscription is a number that is not negative") }
    guard let file = TwinCard.file(state, SubscriptionTwin.name, id, found),
      let entry = state.entries.last(where: { entry in entry.products.contains { $0.name == file.name } })
    else {
      throw TwinError(.missingTwin, "there are no twins of \(found): run nightjar-twin --date \(found) first")
    }
    guard let (table, row) = try TwinCard.row(of: id, in: file, home) else {
      throw TwinError(.missingTwin, "subscription \(id) does not live at the end of \(found)")
    }
    subscriptionID = id
    self.night = found
    self.entry = entry
    let fields = Dictionary(uniqueKeysWithValues: catalogue.fields.map { ($0.name, $0) })
    items = zip(table.schema.fields, table.columns).map { field, column in
      Item(
        name: field.name, group: fields[field.name]?.group, unit: fields[field.name]?.unit,
        value: column.text(row))
    }
    let kept = try TwinCard.file(state, UsageState.name, id, found).flatMap { try TwinCard.row(of: id, in: $0, home) }
    days = try kept.map { try TwinCard.days($0.table, $0.row) } ?? []
    weeks = try kept.map { try TwinCard.weeks($0.table, $0.row) } ?? []
  }

  /// The nights that have twins, ascending.
  static func nights(_ state: LiveState) -> [Day] {
    Set(state.products(SubscriptionTwin.name).compactMap { TwinSources.date($0.name) }).sorted()
  }

  /// The file of a dataset and night that holds a subscription, if it is anywhere.
  private static func file(_ state: LiveState, _ dataset: String, _ id: Int64, _ night: Day) -> Product? {
    state.products(dataset, where: ["date": "\(night)"]).first { product in
      let ends = product.partition["shards"]?.split(separator: "-").compactMap { Int($0) } ?? []
      return ends.count == 2 && (ends[0]...max(ends[0], ends[1])).contains(Int(id >> 55))
    }
  }

  private static func row(of id: Int64, in file: Product, _ home: Home) throws -> (table: Table, row: Int)? {
    let table = try ParquetFile.read(home.url(file.name), whereMayBe: id, in: "subscription_id")
    return try table.int64("subscription_id").values.firstIndex(of: id).map { (table, $0) }
  }

  // MARK: History

  private static func days(_ table: Table, _ row: Int) throws -> [Series] {
    try names(table, endingIn: "_days_recent").map { name in
      let recent = try table.int64("\(name)_days_recent").values[row]
      let early = try table.int64("\(name)_days_early").values[row]
      let values = (0..<Windows.longest).reversed().map { age -> Int64 in
        let (bits, bit) = age < 64 ? (recent, age) : (early, age - 64)
        return (bits >> Int64(bit)) & 1
      }
      return Series(name: name, values: values)
    }
  }

  private static func weeks(_ table: Table, _ row: Int) throws -> [Series] {
    try names(table, endingIn: "_week_0").map { name in
      Series(
        name: name,
        values: try (0..<UsageWeeks.keptCount).reversed().map { try table.int64("\(name)_week_\($0)").values[row] })
    }
  }

  private static func names(_ table: Table, endingIn suffix: String) -> [String] {
    table.schema.fields.filter { $0.name.hasSuffix(suffix) }.map { String($0.name.dropLast(suffix.count)) }
  }
}

extension Column {
  /// The value of a row as text; nil where it is missing.
  func text(_ row: Int) -> String? {
    switch self {
    case .int32(let column): column[row].map(String.init)
    case .int64(let column), .timestamp(let column): column[row].map(String.init)
    case .double(let column): column[row].map { "\($0)" }
    case .bool(let column): column[row].map(String.init)
    case .date(let column): column[row].map { "\(Day(rawValue: $0))" }
    case .string(let column): column[row]
    }
  }
}
