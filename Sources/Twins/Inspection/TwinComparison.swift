public import Calendar
import Columns
import Datasets
public import Ledger

/// The twins of two nights side by side: which fields changed, for whom, and because of which deliveries.
public struct TwinComparison: Sendable {
  /// Why a field changed; of several reasons the first.
  public enum Reason: String, Sendable, Hashable, CaseIterable {
    /// Facts of days that the earlier night had seen were learned after it.
    case late
    /// Facts that the earlier night had are counted no more.
    case withdrawn
    /// Facts of days after the earlier night.
    case new
    /// Nothing but days that passed, or what is complete by now.
    case time
  }

  /// One value that changed.
  public struct Change: Sendable {
    /// The subscription.
    public let subscriptionID: Int64
    /// The column.
    public let field: String
    /// The values, as text; nil where missing.
    public let old: String?, new: String?
    /// Why.
    public let reason: Reason
    /// The deliveries of that reason, `feed: file`, ascending.
    public let deliveries: [String]
  }

  /// How often a field changed.
  public struct Count: Sendable {
    /// The column.
    public let field: String
    /// Subscriptions of each reason.
    public let subscriptions: [Reason: Int]

    /// Subscriptions in all.
    public var total: Int { subscriptions.values.reduce(0, +) }
  }

  /// Subscriptions with a twin on both nights.
  public let commonCount: Int
  /// Subscriptions with a twin on one night only, ascending.
  public let appeared: [Int64], gone: [Int64]
  /// Fields that changed for somebody, in the order of the columns.
  public let counts: [Count]
  /// What later nights learned that supersedes either of the twins, by snapshot.
  public let revisions: [TwinRevision]
  /// Every change of the one subscription that was asked for, or else those that are late or withdrawn; by subscription, then
  /// in the order of the columns.
  public let changes: [Change]

  /// Compares the twins of two nights, the earlier one first.
  ///
  /// Reads the twins column by column, and the facts that only one of the nights has. O(rows × fields). Throws `TwinError` where
  /// one is missing, `ColumnsError` and `LedgerError` for files that cannot be read.
  public init(
    _ home: Home, _ catalogue: TwinCatalogue, from earlier: Day, to later: Day, subscription: Int64?, threads: Int
  ) throws {
    let log = try CommitLog.open(home)
    let (old, new) = (try TwinFiles(home, log, earlier), try TwinFiles(home, log, later))
    let (oldIDs, newIDs) = (try old.ids(), try new.ids())
    // Both ascend: the rows of the old twin that the rows of the new one go on from, -1 for none.
    let places = AscendingIDs(ascending: oldIDs).ranks(of: newIDs)
    appeared = zip(newIDs, places).filter { $0.1 < 0 }.map(\.0)
    let stays = Set(places)
    gone = oldIDs.indices.filter { !stays.contains(Int32($0)) }.map { oldIDs[$0] }
    commonCount = newIDs.count - appeared.count

    let datasets = [.usage] + TwinFacts.needs(catalogue).map(\.dataset).filter { $0.name != Dataset.coverage.name }
    let facts = try FactChanges(
      home, datasets, from: FactChanges.Side(earlier, old.state), to: FactChanges.Side(later, new.state),
      threads: threads)
    let names = Dictionary(
      (old.state.deliveries + new.state.deliveries).map { ($0.file.sha256.head63, "\($0.file.feed): \($0.file.name)") },
      uniquingKeysWith: { $1 })
    let persons = try new.column("person_id")
    var counts: [Count] = []
    var changes: [(row: Int, change: Change)] = []
    let fields = catalogue.fields.filter { !["subscription_id", "as_of", "known_by"].contains($0.name) }
    for field in fields where old.has(field.name) && new.has(field.name) {
      let (before, after) = (try old.column(field.name), try new.column(field.name))
      let sources = TwinComparison.sources(of: field)
      var subscriptions: [Reason: Int] = [:]
      for (row, place) in places.enumerated() where place >= 0 {
        let (from, to) = (before.text(Int(place)), after.text(row))
        guard from != to else { continue }
        let person = persons.text(row).flatMap { Int64($0) }
        let causes = sources.reduce(into: Set<FactChanges.Cause>()) {
          $0.formUnion(facts.causes($1, subscription: newIDs[row], person: person))
        }
        let reason = Reason(causes)
        subscriptions[reason, default: 0] += 1
        guard subscription.map({ $0 == newIDs[row] }) ?? (reason == .late || reason == .withdrawn) else { continue }
        let deliveries = causes.filter { $0.kind == reason.kind }.map {
          names[$0.deliveryID] ?? "no delivery that counts"
        }
        changes.append(
          (
            row,
            Change(
              subscriptionID: newIDs[row], field: field.name, old: from, new: to, reason: reason,
              deliveries: Set(deliveries).sorted())
          ))
      }
      if !subscriptions.isEmpty { counts.append(Count(field: field.name, subscriptions: subscriptions)) }
    }
    self.counts = counts
    revisions = try SupersededSnapshots(home, log).revisions.filter { [earlier, later].contains($0.snapshot) }
    // Stable: fields stay in the order of the columns.
    self.changes = changes.enumerated().sorted {
      ($0.element.row, $0.offset) < ($1.element.row, $1.offset)
    }.map(\.element.change)
  }
}

extension TwinComparison {
  /// The datasets whose facts change a field. What a relation is made of is in the use of the same deliveries, and a field that
  /// needs consent comes and goes with it.
  private static func sources(of field: TwinField) -> Set<String> {
    let relations = Set(RelationFamily.allCases.map(\.dataset.name))
    let consents = field.consent == nil ? [] : [Dataset.consents.name]
    return Set(field.sources.map { relations.contains($0) ? Dataset.usage.name : $0 } + consents)
  }
}

extension TwinComparison.Reason {
  fileprivate init(_ causes: Set<FactChanges.Cause>) {
    let kinds = causes.reduce(into: FactChanges.Kind()) { $0.formUnion($1.kind) }
    self =
      kinds.contains(.late) ? .late : kinds.contains(.withdrawn) ? .withdrawn : kinds.contains(.fresh) ? .new : .time
  }

  fileprivate var kind: FactChanges.Kind {
    switch self {
    case .late: .late
    case .withdrawn: .withdrawn
    case .new: .fresh
    case .time: []
    }
  }
}

/// The files of a night's twins.
private struct TwinFiles {
  let state: LiveState
  private let paths: [String]
  private let names: Set<String>

  init(_ home: Home, _ log: CommitLog, _ night: Day) throws {
    state = log.state(.knownBy(night))
    paths = state.products(SubscriptionTwin.name, where: ["date": "\(night)"]).map { home.url($0.name) }
    guard let first = paths.first else {
      throw TwinError(.missingTwin, "there are no twins of \(night): run nightjar-twin --date \(night) first")
    }
    names = Set(try ParquetFile.schema(of: first).fields.map(\.name))
  }

  func has(_ name: String) -> Bool { names.contains(name) }

  func ids() throws -> [Int64] {
    guard case .int64(let ids) = try column("subscription_id") else { return [] }
    return ids.values
  }

  func column(_ name: String) throws -> Column {
    let tables = try paths.map { path throws(ColumnsError) in try ParquetFile.read(path, columns: [name]) }
    return try Table.concatenating(tables).columns[0]
  }
}
