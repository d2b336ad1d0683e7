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

  /// Whom a fact speaks of.
  enum Subject: Sendable, Hashable {
    case subscription(Int64)
    case person(Int64)
    /// Products and costs.
    case everybody
  }

  /// A night: what it sees, and the live files of its view.
  struct Side: Sendable {
    let moment: TwinMoment
    let state: LiveState
    private let left: Set<String>

    init(_ night: Day, _ state: LiveState) {
      moment = TwinMoment(asOf: night, knownBy: night)
      self.state = state
      left = TwinSources.causedLater(state, knownBy: night)
    }

    func products(_ dataset: Dataset) -> [Product] { state.products(dataset.name).filter { !left.contains($0.name) } }
  }

  /// What changed, by dataset and subject.
  private var causes: [String: [Subject: Set<Cause>]] = [:]

  /// Compares the facts that two nights see.
  init(_ home: Home, _ datasets: [Dataset], from earlier: Side, to later: Side, threads: Int) throws {
    for dataset in datasets {
      let (before, after) = (earlier.products(dataset), later.products(dataset))
      let (old, new) = (Set(before.map(\.name)), Set(after.map(\.name)))
      // A file of both views says something new only where it is dated ahead of the earlier night. Use lies by event day, all
      // else by night, whose facts may be of later days.
      let margin = dataset == .usage ? 0 : TwinSources.futureDays
      let files = Set(before + after).filter { file in
        old.contains(file.name) != new.contains(file.name)
          || TwinSources.date(file.name).map { $0 > earlier.moment.asOf - margin } ?? true
      }.sorted { $0.name < $1.name }
      let found = try WorkerThreads(count: threads).map(taskCount: files.count) { number in
        let file = files[number]
        return try FactChanges.rows(
          of: ParquetFile.read(home.url(file.name)), dataset,
          from: old.contains(file.name) ? earlier.moment : nil, to: new.contains(file.name) ? later.moment : nil)
      }
      var net: [Row: Int] = [:]
      for rows in found { net.merge(rows) { $0 + $1 } }
      for (row, count) in net where count != 0 {
        let isFresh = row.eventDate > earlier.moment.asOf.rawValue
        let kind: Kind = count < 0 ? .withdrawn : isFresh ? .fresh : .late
        causes[dataset.name, default: [:]][row.subject, default: []]
          .insert(Cause(deliveryID: row.deliveryID, kind: kind))
      }
    }
  }

  /// What changed of a dataset for a subscription and its person.
  func causes(_ dataset: String, subscription: Int64, person: Int64?) -> Set<Cause> {
    guard let found = causes[dataset] else { return [] }
    return (found[.subscription(subscription)] ?? []).union(found[.everybody] ?? [])
      .union(person.flatMap { found[.person($0)] } ?? [])
  }

  /// A fact, known by everything that it says.
  private struct Row: Hashable {
    let subject: Subject
    let eventDate: Int32
    let deliveryID: Int64
    let content: Int
  }

  /// How much more often `new` sees each row than `old` does; nil for a view that does not have the file.
  private static func rows(
    of table: Table, _ dataset: Dataset, from old: TwinMoment?, to new: TwinMoment?
  ) throws -> [Row: Int] {
    func ids(_ name: String) throws -> TypedColumn<Int64>? {
      dataset.schema.index(of: name) == nil ? nil : try table.int64(name)
    }
    let (subscriptions, persons) = (try ids("subscription_id"), try ids("person_id"))
    let (dates, knowns) = (try table.date("event_date").values, try table.date("known_date").values)
    let deliveries = try table.int64("delivery_id").values
    var rows: [Row: Int] = [:]
    for row in 0..<table.rowCount {
      let wasSeen = old?.sees(dates[row], knowns[row]) ?? false
      let isSeen = new?.sees(dates[row], knowns[row]) ?? false
      guard wasSeen != isSeen else { continue }
      let subject =
        subscriptions?[row].map { Subject.subscription($0) } ?? persons?[row].map { .person($0) } ?? .everybody
      var hasher = Hasher()
      for column in table.columns { column.hash(row, into: &hasher) }
      let key = Row(
        subject: subject, eventDate: dates[row], deliveryID: deliveries[row], content: hasher.finalize())
      rows[key, default: 0] += isSeen ? 1 : -1
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
