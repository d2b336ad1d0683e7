import Calendar
import Columns
import Datasets

/// Tells which records made which facts, and checks that together they say what the facts say.
enum RecordMatch {
  /// The records of a fact, and what is not right with them.
  typealias Found = (records: [DeliveryRecord], problem: String?)

  /// Whose use it is, of which day, and since when it is known.
  struct UseKey: Hashable {
    var owner: Int64
    var day: Int32
    var known: Int32
  }

  /// Facts that are one record each: the records that say the very same.
  static func origins(ofRows facts: Table, _ trace: RecordTrace) throws -> [Found] {
    let made = trace.facts?.table() ?? Table(empty: facts.schema)
    var places: [[String?]: [Int]] = [:]
    // From the last to the first, so that equal facts take equal records in their order.
    for row in (0..<made.rowCount).reversed() { places[made.texts(row), default: []].append(row) }
    return (0..<facts.rowCount).map { row in
      guard let place = places[facts.texts(row)]?.popLast() else {
        return ([], "no record of it says so now: the feed, or who owned a number, has changed since")
      }
      return ([trace.entries[place].record], nil)
    }
  }

  /// Facts of daily use: every record of the subscription, day and known day.
  static func origins(ofUse facts: Table, _ entries: [RecordTrace.Entry]) throws -> [Found] {
    let groups = Dictionary(grouping: entries) { UseKey(owner: $0.owner, day: $0.day, known: $0.known) }
    return try origins(ofUse: facts) { key in groups[key]?.map(\.record) ?? [] }
  }

  /// What a fact of a meeting is with.
  enum Meeting {
    case counterparty
    case cell

    init?(_ schema: Schema) {
      // Outages are of cells as well, but nobody meets them.
      guard schema.index(of: "event_count") != nil else { return nil }
      if schema.index(of: "counterparty_hash") != nil {
        self = .counterparty
      } else if schema.index(of: "cell_hash") != nil {
        self = .cell
      } else {
        return nil
      }
    }
  }

  /// Facts of counterparties or cells: every record of the subscription, day and known day with that partner.
  static func origins(of meeting: Meeting, _ facts: Table, _ entries: [RecordTrace.Entry]) throws -> [Found] {
    struct Key: Hashable {
      var use: UseKey
      var partner: Int64
    }
    var groups: [Key: [DeliveryRecord]] = [:]
    for entry in entries {
      guard let partner = meeting == .cell ? entry.cell : entry.counterparty else { continue }
      var record = entry.record
      // It counts as one event, whatever it adds to use.
      record.measures = []
      groups[Key(use: UseKey(owner: entry.owner, day: entry.day, known: entry.known), partner: partner), default: []]
        .append(record)
    }
    let owners = try facts.int64("subscription_id").values
    let (days, knowns) = (try facts.date("event_date").values, try facts.date("known_date").values)
    let partners = try facts.int64(meeting == .cell ? "cell_hash" : "counterparty_hash").values
    let counts = try facts.int64("event_count").values
    return owners.indices.map { row in
      let key = Key(use: UseKey(owner: owners[row], day: days[row], known: knowns[row]), partner: partners[row])
      let found = groups[key] ?? []
      return (
        found,
        Int64(found.count) == counts[row]
          ? nil : "its records are another number now: the feed, or who owned a number, has changed since"
      )
    }
  }

  /// Facts of daily use, whose records are given; what they add up to is compared.
  static func origins(ofUse facts: Table, _ records: (UseKey) -> [DeliveryRecord]) throws -> [Found] {
    let owners = try facts.int64("subscription_id").values
    let (days, knowns) = (try facts.date("event_date").values, try facts.date("known_date").values)
    let measures = try Dataset.usageMeasures.map { name throws(ColumnsError) in try facts.int64(name).values }
    return owners.indices.map { row in
      let found = records(UseKey(owner: owners[row], day: days[row], known: knowns[row]))
      var sums = [Int64](repeating: 0, count: measures.count)
      for record in found {
        for (index, value) in record.measures.enumerated() { sums[index] = AmountSum.cut(sums[index], plus: value) }
      }
      let isSame = measures.indices.allSatisfy { measures[$0][row] == sums[$0] }
      return (
        found,
        isSame ? nil : "its records add up to something else now: the feed, or who owned a number, has changed since"
      )
    }
  }
}

extension Table {
  /// The values of a row as texts that differ where the values do; nil where one is missing.
  fileprivate func texts(_ row: Int) -> [String?] {
    columns.map { column in
      switch column {
      case .int32(let values), .date(let values): values[row].map(String.init)
      case .int64(let values), .timestamp(let values): values[row].map(String.init)
      case .double(let values): values[row].map { "\($0)" }
      case .bool(let values): values[row].map(String.init)
      case .string(let values): values[row]
      }
    }
  }
}
