import Calendar
import Columns
import Datasets
import Ledger
import Parallelism

/// The facts that one night knows and an earlier one did not, or the other way round, by subscription or person.
///
/// A fact file that was derived again holds most of its rows as before. So rows are compared, not files: a row that went and
/// came with the same values is no change.
struct FactChanges: Sendable {
  /// How a fact changed.
  struct Kind: OptionSet, Sendable, Hashable {
    let rawValue: UInt8
    /// Of a day after the earlier night.
    static let fresh = Kind(rawValue: 1)
    /// Of a day that the earlier night had seen.
    static let late = Kind(rawValue: 2)
    /// Counted by the earlier night, and no more.
    static let withdrawn = Kind(rawValue: 4)
  }

  /// A delivery and what its facts did.
  struct Cause: Sendable, Hashable {
    let deliveryID: Int64
    let kind: Kind
  }

  /// Whom a family speaks of; 0 stands for everybody, where rows name neither.
  private enum Subject { case subscription, person, everybody }

  /// What changed, by dataset and subject.
  private var causes: [String: [Int64: Set<Cause>]] = [:]
  private var subjects: [String: Subject] = [:]

  /// Compares the live facts of two nights.
  init(
    _ home: Home, _ datasets: [Dataset], from earlier: LiveState, _ night: Day, to later: LiveState, threads: Int
  ) throws {
    for dataset in datasets {
      let names = Set(dataset.schema.fields.map(\.name))
      let subject: Subject =
        names.contains("subscription_id") ? .subscription : names.contains("person_id") ? .person : .everybody
      subjects[dataset.name] = subject
      let (before, after) = (earlier.products(dataset.name), later.products(dataset.name))
      let (old, new) = (Set(before.map(\.name)), Set(after.map(\.name)))
      let files =
        before.filter { !new.contains($0.name) }.map { ($0, -1) }
        + after.filter { !old.contains($0.name) }.map { ($0, 1) }
      let found = try WorkerThreads(count: threads).map(taskCount: files.count) { number in
        try FactChanges.rows(of: ParquetFile.read(home.url(files[number].0.name)), subject, sign: files[number].1)
      }
      var net: [Row: Int] = [:]
      for rows in found { net.merge(rows) { $0 + $1 } }
      for (row, count) in net where count != 0 {
        let kind: Kind = count < 0 ? .withdrawn : row.eventDate > night.rawValue ? .fresh : .late
        causes[dataset.name, default: [:]][row.subject, default: []].insert(
          Cause(deliveryID: row.deliveryID, kind: kind))
      }
    }
  }

  /// What changed of a dataset for a subscription and its person.
  func causes(_ dataset: String, subscription: Int64, person: Int64?) -> Set<Cause> {
    guard let found = causes[dataset] else { return [] }
    switch subjects[dataset] {
    case .subscription: return found[subscription] ?? []
    case .person: return person.flatMap { found[$0] } ?? []
    case .everybody, nil: return found[0] ?? []
    }
  }

  /// A fact, known by everything that it says.
  private struct Row: Hashable {
    let subject: Int64
    let eventDate: Int32
    let deliveryID: Int64
    let content: Int
  }

  private static func rows(of table: Table, _ subject: Subject, sign: Int) throws -> [Row: Int] {
    let subjects: [Int64]? =
      switch subject {
      case .subscription: try table.int64("subscription_id").values
      case .person: try table.int64("person_id").values
      case .everybody: nil
      }
    let (dates, deliveries) = (try table.date("event_date").values, try table.int64("delivery_id").values)
    var rows: [Row: Int] = [:]
    for row in 0..<table.rowCount {
      var hasher = Hasher()
      for column in table.columns { column.hash(row, into: &hasher) }
      let key = Row(
        subject: subjects?[row] ?? 0, eventDate: dates[row], deliveryID: deliveries[row], content: hasher.finalize())
      rows[key, default: 0] += sign
    }
    return rows
  }
}

extension Column {
  /// Hashes the value of a row.
  fileprivate func hash(_ row: Int, into hasher: inout Hasher) {
    switch self {
    case .int32(let column), .date(let column): hasher.combine(column[row])
    case .int64(let column), .timestamp(let column): hasher.combine(column[row])
    case .double(let column): hasher.combine(column[row])
    case .bool(let column): hasher.combine(column[row])
    case .string(let column): hasher.combine(column[row])
    }
  }
}
