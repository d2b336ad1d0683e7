public import Calendar
import Columns
import Datasets
public import Ledger

/// The kept snapshots that later nights superseded, and why: what the rows of `twin-revisions` say of runs whose twins are
/// still live.
public struct SupersededSnapshots: Sendable {
  /// The rows, ascending by snapshot, then by the night that learned it.
  public let revisions: [TwinRevision]
  /// The number of snapshots that are kept, superseded or not.
  public let snapshotCount: Int

  /// Reads what is known of every snapshot, or of that of `snapshot`.
  ///
  /// Throws `TwinError` where no twins of `snapshot` are kept, and `ColumnsError` and `LedgerError` for files that cannot be read.
  public init(_ home: Home, snapshot: Day? = nil) throws {
    try self.init(home, CommitLog.open(home), snapshot: snapshot)
    guard let snapshot, snapshotCount == 0 else { return }
    throw TwinError(
      .missingTwin, "there are no twins of \(snapshot): run nightjar-twin --date \(snapshot) first")
  }

  init(_ home: Home, _ log: CommitLog, snapshot: Day? = nil) throws {
    let state = log.state(.head)
    let live = Set(state.products(SubscriptionTwin.name).map(\.name))
    var runs: [Day: String] = [:]
    for entry in state.entries where entry.stage == "twin" && (snapshot == nil || entry.date == snapshot) {
      if entry.products.contains(where: { live.contains($0.name) }) { runs[entry.date] = entry.key.hex }
    }
    snapshotCount = runs.count
    guard let first = runs.keys.min() else {
      revisions = []
      return
    }
    // A night supersedes only what was before it.
    let files = state.products(Dataset.twinRevisions.name).filter { file in
      TwinSources.date(file.name).map { $0 > first } ?? true
    }
    let rows = try files.flatMap { file in try TwinRevision.rows(ParquetFile.read(home.url(file.name))) }
    revisions = rows.filter { runs[$0.snapshot] == $0.run }.enumerated().sorted { a, b in
      (a.element.snapshot, a.element.night, a.offset) < (b.element.snapshot, b.element.night, b.offset)
    }.map(\.element)
  }

  /// A sentence a night that superseded the snapshot, for people.
  public static func sentences(_ revisions: [TwinRevision]) -> [String] {
    let nights = Dictionary(grouping: revisions, by: \.night)
    return nights.keys.sorted().map { night in
      let rows = nights[night, default: []]
      var clauses: [String] = []
      var seen: Set<[String]> = []
      for row in rows where seen.insert([row.reason.rawValue, row.dataset]).inserted {
        clauses.append(clause(rows.filter { $0.reason == row.reason && $0.dataset == row.dataset }))
      }
      return "superseded by what was learned on \(night): \(clauses.joined(separator: "; "))"
    }
  }

  /// Of one family and reason: `3 late files of payments`.
  private static func clause(_ rows: [TwinRevision]) -> String {
    let family = rows[0].dataset.split(separator: "/").last.map(String.init) ?? rows[0].dataset
    let ranges = rows.compactMap(\.days)
    let first = ranges.map(\.lowerBound).min()
    let last = ranges.map(\.upperBound).max()
    let days = first.flatMap { first in last.map { first == $0 ? " (\(first))" : " (\(first) to \($0))" } } ?? ""
    if rows[0].reason == .completeness { return "which days of \(family) are complete\(days)" }
    let files = rows.count == 1 ? "file" : "files"
    let what = "\(files) of \(family)\(days)"
    return switch rows[0].reason {
    case .lateAssignment: "\(rows.count) \(files) with a number assigned late, of \(family)\(days)"
    case .derivedAgain: "\(rows.count) \(files) with other duplicates, of \(family)\(days)"
    default: "\(rows.count) \(rows[0].reason.rawValue) \(what)"
    }
  }
}
