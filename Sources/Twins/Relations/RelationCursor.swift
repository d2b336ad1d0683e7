import Columns

/// A place in a file of relations, which only moves on: one of those that are merged.
struct RelationCursor {
  /// Events of a day with one partner.
  struct Row {
    let partner: Int64
    let age: Int
    var count: Int64
  }

  private let family: RelationFamily
  private let path: String
  private let batches: ParquetBatches?
  private var ids: [Int64] = []
  private var partners: [Int64] = []
  private var counts: [Int64] = []
  private var dates: [Int32] = []
  private var knowns: [Int32] = []
  private var position = 0
  private var last = Int64.min
  /// The subscription of the row at which it stands; the greatest number at the end.
  private(set) var nextID = Int64.max

  static func columns(_ family: RelationFamily) -> [String] {
    ["subscription_id", "event_date", "known_date", family.partnerColumn, "event_count"]
  }

  /// Stands at the first row of a table whose subscription is `id` or a later one.
  init(_ family: RelationFamily, _ table: Table, from id: Int64) throws(ColumnsError) {
    self.family = family
    path = "table"
    batches = nil
    try take(table)
    try skip(to: id)
  }

  /// Stands at the first such row of a file.
  init(_ family: RelationFamily, _ path: String, _ batches: ParquetBatches, from id: Int64) throws(ColumnsError) {
    self.family = family
    self.path = path
    self.batches = batches
    try takeNext()
    try skip(to: id)
  }

  /// Moves on to the first row whose subscription is `id` or a later one.
  mutating func skip(to id: Int64) throws(ColumnsError) {
    while nextID < id {
      while position < ids.count, ids[position] < id { position += 1 }
      try settle()
    }
  }

  /// Adds the rows of the subscription at which it stands that a moment looks at to `rows`, and moves past all of them.
  mutating func take(into rows: inout [Row], at moment: TwinMoment) throws(ColumnsError) {
    let id = nextID
    while nextID == id, position < ids.count {
      while position < ids.count, ids[position] == id {
        if moment.sees(dates[position], knowns[position]) {
          let age = moment.age(dates[position])
          if age < RelationAggregate.dayCount {
            rows.append(Row(partner: partners[position], age: age, count: counts[position]))
          }
        }
        position += 1
      }
      try settle()
    }
  }

  /// Says which subscription comes next, from the next batch where this one is at its end.
  private mutating func settle() throws(ColumnsError) {
    if position < ids.count { nextID = ids[position] } else { try takeNext() }
  }

  private mutating func takeNext() throws(ColumnsError) {
    if let batch = try batches?.next() {
      try take(batch)
    } else {
      (ids, position, nextID) = ([], 0, .max)
    }
  }

  private mutating func take(_ batch: Table) throws(ColumnsError) {
    ids = try batch.int64("subscription_id").values
    for id in ids {
      // Rows of one that comes too late would be left out of its twin, and nobody would know.
      guard id >= last else {
        throw ColumnsError(.damagedFile, "\(path): the rows do not ascend by subscription")
      }
      last = id
    }
    dates = try batch.date("event_date").values
    knowns = try batch.date("known_date").values
    partners = try batch.int64(family.partnerColumn).values
    counts = try batch.int64("event_count").values
    position = 0
    nextID = ids.first ?? .max
  }
}
