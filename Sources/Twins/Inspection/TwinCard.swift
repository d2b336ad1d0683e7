public import Calendar
import Columns
import Datasets
public import Ledger

/// The twin of one subscription, customer, product or process of one night, for a person to read.
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

  /// What the twin is of.
  public let entity: TwinEntity
  /// The key: a pseudonym, or that of a plan or offer.
  public let key: String
  /// The night.
  public let night: Day
  /// The log entry that made it.
  public let entry: LogEntry
  /// What later nights learned that supersedes it.
  public let revisions: [TwinRevision]
  /// Every field, in the order of the columns.
  public let items: [Item]
  /// Of each of the last 91 days whether there was any, 0 or 1; of subscriptions only, and of what needs no consent or one
  /// that was given.
  public let days: [Series]
  /// Sums of the last 13 calendar weeks, likewise; the last one is that of the night.
  public let weeks: [Series]

  /// Finds the twin of a subscription: of `night`, or of the newest night that has twins.
  ///
  /// Reads one row group of the twin and one of the state. Throws `TwinError` where there is none, and `ColumnsError` and
  /// `LedgerError` for files that cannot be read.
  public init(_ home: Home, _ catalogue: TwinCatalogue, subscription id: Int64, night: Day?) throws {
    self = try TwinCard.all(home, catalogue, key: "\(id)", night: night)[0]
  }

  /// The twins that have a key: one, but that of a product may be a plan's and an offer's.
  ///
  /// Of `night`, or of the newest night that has twins. Throws as `init` does; never empty.
  public static func all(_ home: Home, _ catalogue: TwinCatalogue, key: String, night: Day?) throws -> [TwinCard] {
    let entity = catalogue.entity
    let log = try CommitLog.open(home)
    let state = log.state(night.map { .knownBy($0) } ?? .head)
    guard let found = night ?? nights(state, entity).last else {
      throw TwinError(.missingTwin, "there are no twins of a \(entity.name): run nightjar-twin first")
    }
    let id = Int64(key)
    guard entity == .product || id.map({ $0 >= 0 }) == true else {
      throw TwinError(.missingTwin, "a \(entity.name) is a number that is not negative")
    }
    // Products are in one file, whatever their key looks like.
    guard let file = file(state, entity.datasetName, entity == .product ? 0 : id ?? 0, found),
      let entry = state.entries.last(where: { entry in entry.products.contains { $0.name == file.name } })
    else {
      throw TwinError(.missingTwin, "there are no twins of \(found): run nightjar-twin --date \(found) first")
    }
    let rows: (table: Table, rows: [Int])
    if let id, entity != .product {
      let column = entity.needed[0].name
      let table = try ParquetFile.read(home.url(file.name), whereMayBe: id, in: column)
      rows = (table, try table.int64(column).values.firstIndex(of: id).map { [$0] } ?? [])
    } else {
      let table = try ParquetFile.read(home.url(file.name))
      let keys = try table.string(entity.needed[0].name).values
      rows = (table, keys.indices.filter { keys[$0] == key })
    }
    guard !rows.rows.isEmpty else {
      throw TwinError(
        .missingTwin,
        entity == .subscription
          ? "subscription \(key) does not live at the end of \(found)" : "there is no \(entity.name) \(key) on \(found)"
      )
    }
    let kept =
      try entity == .subscription
      ? TwinCard.file(state, UsageState.name, id ?? 0, found).flatMap { try row(of: id ?? 0, in: $0, home) } : nil
    let revisions = try SupersededSnapshots(home, log, snapshot: found).revisions
    return try rows.rows.map { row in
      let items = items(rows.table, row, catalogue)
      let open = openTallies(catalogue, items)
      return TwinCard(
        entity: entity, key: key, night: found, entry: entry, revisions: revisions, items: items,
        days: try kept.map { try days($0.table, $0.row) }?.filter { open.days.contains($0.name) } ?? [],
        weeks: try kept.map { try weeks($0.table, $0.row) }?.filter { open.weeks.contains($0.name) } ?? [])
    }
  }

  private init(
    entity: TwinEntity, key: String, night: Day, entry: LogEntry, revisions: [TwinRevision], items: [Item],
    days: [Series], weeks: [Series]
  ) {
    self.entity = entity
    self.key = key
    self.night = night
    self.entry = entry
    self.revisions = revisions
    self.items = items
    self.days = days
    self.weeks = weeks
  }

  private static func items(_ table: Table, _ row: Int, _ catalogue: TwinCatalogue) -> [Item] {
    let fields = Dictionary(uniqueKeysWithValues: catalogue.fields.map { ($0.name, $0) })
    return zip(table.schema.fields, table.columns).map { field, column in
      Item(
        name: field.name, group: fields[field.name]?.group, unit: fields[field.name]?.unit,
        value: column.text(row))
    }
  }

  /// The nights that have twins, ascending.
  static func nights(_ state: LiveState, _ entity: TwinEntity = .subscription) -> [Day] {
    Set(state.products(entity.datasetName).compactMap { TwinSources.date($0.name) }).sorted()
  }

  /// The file of a dataset and night that holds an id, if it is anywhere; what is in one file has every shard.
  private static func file(_ state: LiveState, _ dataset: String, _ id: Int64, _ night: Day) -> Product? {
    state.products(dataset, where: ["date": "\(night)"]).first { ShardRanges.ids($0.name)?.contains(id) ?? false }
  }

  private static func row(of id: Int64, in file: Product, _ home: Home) throws -> (table: Table, row: Int)? {
    let table = try ParquetFile.read(home.url(file.name), whereMayBe: id, in: "subscription_id")
    return try table.int64("subscription_id").values.firstIndex(of: id).map { (table, $0) }
  }

  // MARK: History

  /// The names of the tallies whose days, or weeks, a field shows that needs no consent or has it: the state of use knows of
  /// none, and what a field withholds must not stand below it.
  private static func openTallies(
    _ catalogue: TwinCatalogue, _ items: [Item]
  ) -> (days: Set<String>, weeks: Set<String>) {
    var (days, weeks): (Set<String>, Set<String>) = ([], [])
    for field in catalogue.fields where field.consent.map({ isGranted($0, catalogue, items) }) ?? true {
      switch field.computation {
      case .use(.days(let tally, _)), .use(.recency(let tally)): days.insert(tally.name)
      case .use(.slope(let tally)), .use(.volatility(let tally)): weeks.insert(tally.name)
      default: break
      }
    }
    return (days, weeks)
  }

  /// Whether the person agreed, as the twin itself says it; where the catalogue has no such field, nobody did.
  private static func isGranted(_ purpose: ConsentPurpose, _ catalogue: TwinCatalogue, _ items: [Item]) -> Bool {
    let field = catalogue.fields.first { field in
      if case .rule(let rule) = field.computation { rule.name == "consent_\(purpose.rawValue)" } else { false }
    }
    return items.first { $0.name == field?.name }?.value == "true"
  }

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
