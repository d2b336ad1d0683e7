import Calendar
import Columns
import Datasets

/// Where each column of a kind's dataset comes from.
struct FactLayout: Sendable {
  /// The source of one column.
  enum Source: Sendable {
    case subscription
    case eventDay
    case known
    case delivery
    /// The value of a canonical field.
    case value(Int)
    /// The local day of a canonical field.
    case day(Int)
    /// The minute of the local day in which a canonical field lies.
    case minute(Int)
    /// The local day, and its minute, by which it was over; it is not before another field.
    case endDay(Int, from: Int)
    case endMinute(Int, from: Int)
    /// The name of an enumeration's value.
    case name(Int, [String])
    case text(Int)
    /// The buckets of the words of a canonical field.
    case words(Int)
    /// Whether the text of a canonical field shows an intent, by its place among all.
    case intent(Int, Int)
    /// The same for every row: a flag that is not mapped is false.
    case fixed(Int64)
  }

  let dataset: Dataset
  let sources: [Source]

  /// Canonical fields under another name than their column's.
  private static let fieldNames = [
    "amount_e4": "amount", "balance_e4": "balance", "monthly_fee_e4": "monthly_fee",
    "cost_e4_per_million": "cost_per_million", "is_failed": "failed", "is_granted": "granted",
    "opened_date": "opened_at", "resolved_date": "resolved_at", "text_bytes": "text",
    "placed_date": "placed_at", "start_minute": "started_at", "end_date": "ended_at", "end_minute": "ended_at",
  ]

  /// The layout of a kind whose rows become facts one by one; nil for usage and numbers.
  init?(_ kind: FeedKind) {
    switch kind {
    case .usage, .usageDaily, .numbers: return nil
    case .bills: dataset = .bills
    case .payments: dataset = .payments
    case .topUps: dataset = .topUps
    case .balances: dataset = .balances
    case .tickets: dataset = .tickets
    case .orders: dataset = .orders
    case .outages: dataset = .outages
    case .subscriptions: dataset = .subscriptions
    case .customers: dataset = .links
    case .consents: dataset = .consents
    case .products: dataset = .products
    case .unitCosts: dataset = .unitCosts
    case .contacts: dataset = .contacts
    }
    let fields = kind.fields
    sources = dataset.schema.fields.map { column in
      switch column.name {
      case "event_date": return .eventDay
      case "known_date": return .known
      case "delivery_id": return .delivery
      case "subscription_id" where kind != .contacts: return .subscription
      default: break
      }
      if kind == .outages, column.name == "cell_hash" {
        return fields.firstIndex { $0.name == "cell" }.map { .value($0) } ?? .fixed(0)
      }
      let stem = column.name.hasSuffix("_id") ? String(column.name.dropLast(3)) : column.name
      if let text = fields.firstIndex(where: { $0.type == .textLength }) {
        if column.name == "text_words" { return .words(text) }
        if let intent = TextIntent.allCases.firstIndex(where: { $0.column == column.name }) {
          return .intent(text, intent)
        }
      }
      let name = FactLayout.fieldNames[column.name] ?? stem
      guard let index = fields.firstIndex(where: { $0.name == name }) else { return .fixed(0) }
      if kind == .outages, let start = fields.firstIndex(where: { $0.name == "started_at" }) {
        switch column.name {
        case "start_minute": return .minute(index)
        case "end_date": return .endDay(index, from: start)
        case "end_minute": return .endMinute(index, from: start)
        default: break
        }
      }
      switch fields[index].type {
      case .enumeration(let names): return .name(index, names)
      case .text, .languageTag: return .text(index)
      case .instant, .day: return column.type == .date ? .day(index) : .value(index)
      default: return .value(index)
      }
    }
  }
}

/// Facts of one dataset on their way to a table, column by column.
struct FactRows: Sendable {
  let layout: FactLayout
  private var numbers: [[Int64]]
  private var texts: [[String]]
  private var validity: [[Bool]]
  private(set) var rowCount = 0

  init(_ layout: FactLayout) {
    self.layout = layout
    numbers = Array(repeating: [], count: layout.sources.count)
    texts = Array(repeating: [], count: layout.sources.count)
    validity = texts.map { _ in [] }
  }

  /// Adds a row.
  mutating func append(_ row: RowValues, subscription: Int64, day: Int32, known: Int32, delivery: Int64) {
    rowCount += 1
    for (column, source) in layout.sources.enumerated() {
      switch source {
      case .subscription: add(column, subscription)
      case .eventDay: add(column, Int64(day))
      case .known: add(column, Int64(known))
      case .delivery: add(column, delivery)
      case .value(let field): add(column, row[field], isFlag: layout.dataset.schema.fields[column].type == .bool)
      case .day(let field):
        add(column, row.has(field) ? Int64(Day(ofSeconds: row.localSeconds[field]).rawValue) : nil)
      case .minute(let field): add(column, FactRows.minute(row.localSeconds[field]))
      case .endDay(let field, let start):
        add(column, FactRows.end(row, field, from: start).map { Int64(Day(ofSeconds: $0).rawValue) })
      case .endMinute(let field, let start): add(column, FactRows.end(row, field, from: start).map(FactRows.minute))
      case .name(let field, let names): addText(column, row[field].map { names[Int($0)] })
      case .text(let field): addText(column, row.has(field) ? row.texts[field] : nil)
      case .words(let field): addText(column, row.has(field) ? row.signals.words : nil)
      case .intent(let field, let intent):
        add(column, row.has(field) ? row.signals.intents[intent].map { $0 ? 1 : 0 } : nil)
      case .fixed(let value): add(column, value)
      }
    }
  }

  /// The minute of its day in which a local second lies.
  private static func minute(_ local: Int64) -> Int64 {
    local.quotientFloored(by: 60) - Int64(Day(ofSeconds: local).rawValue) * 1_440
  }

  /// The local second by which a field was over, a whole minute; nil where the row has none. In the hour that the clock
  /// shows twice an end may read as before its begin: then what passed between them counts from there.
  private static func end(_ row: RowValues, _ field: Int, from start: Int) -> Int64? {
    guard row.has(field) else { return nil }
    let (begin, end) = (row.localSeconds[start], row.localSeconds[field])
    let passed = (row.values[field] - row.values[start]).quotientFloored(by: 1_000_000)
    return ((end < begin ? begin + passed : end) + 59).quotientFloored(by: 60) * 60
  }

  private mutating func add(_ column: Int, _ value: Int64?, isFlag: Bool = false) {
    numbers[column].append(value ?? 0)
    // A flag that is missing is false.
    validity[column].append(value != nil || isFlag)
  }

  private mutating func addText(_ column: Int, _ value: String?) {
    texts[column].append(value ?? "")
    validity[column].append(value != nil)
  }

  /// The event days of the rows, in the order in which they came.
  var eventDays: [Int64] {
    let column = layout.sources.firstIndex { if case .eventDay = $0 { true } else { false } }
    return column.map { numbers[$0] } ?? []
  }

  /// The rows as a table, in the order in which they came.
  func table() -> Table {
    let schema = layout.dataset.schema
    let columns = schema.fields.indices.map { index -> Column in
      let flags = validity[index].contains(false) ? validity[index] : nil
      func typed<Value>(_ values: [Value]) -> TypedColumn<Value> { TypedColumn(values, validity: flags) }
      switch schema.fields[index].type {
      case .int32: return .int32(typed(numbers[index].map { Int32(truncatingIfNeeded: $0) }))
      case .int64: return .int64(typed(numbers[index]))
      case .double: return .double(typed(numbers[index].map { Double($0) }))
      case .bool: return .bool(typed(numbers[index].map { $0 != 0 }))
      case .date: return .date(typed(numbers[index].map { Int32(truncatingIfNeeded: $0) }))
      case .timestamp: return .timestamp(typed(numbers[index]))
      case .string: return .string(typed(texts[index]))
      }
    }
    return Table(schema, columns)
  }

  /// Tables of one dataset as one, sorted by the first column and the event day; equal rows keep their order.
  static func sorted(_ tables: [Table], dataset: Dataset) throws(ColumnsError) -> Table {
    let all = try Table.concatenating(tables, schema: dataset.schema)
    let days = try all.date("event_date").values
    let order: [Int]
    switch all[
      dataset.schema.fields[0].name == "event_date" ? dataset.schema.fields[3].name : dataset.schema.fields[0].name]
    {
    case .int64(let key)?:
      order = all.indices.sorted { (key.values[$0], days[$0], $0) < (key.values[$1], days[$1], $1) }
    case .string(let key)?:
      order = all.indices.sorted { (key.values[$0], days[$0], $0) < (key.values[$1], days[$1], $1) }
    default: order = all.indices.sorted { (days[$0], $0) < (days[$1], $1) }
    }
    return all.rows(at: order)
  }
}

extension Table {
  fileprivate var indices: Range<Int> { 0..<rowCount }
}
