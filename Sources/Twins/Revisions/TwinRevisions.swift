import Calendar
import Columns
import Datasets
import Ledger

/// What a night learned that supersedes snapshots of twins: found while its own twins are made, and published with them.
///
/// Each kept snapshot is compared with tonight by the entries of the log that nobody compared it with yet
/// (`KeptSnapshots`). These name the fact files that came and went (`ChangedFiles`); their rows are counted by delivery and
/// day (`FactMoves`); and every snapshot whose windows a lot bears on (`FactReach`) gets a row (`TwinRevision`), with the reason
/// that the log gives (`DeliveryReasons`). So the cost follows what came, not what is there.
struct TwinRevisions: Sendable {
  /// The rows, by snapshot, family, reason and delivery.
  let rows: [TwinRevision]

  /// The number of snapshots that are superseded by what the night learned.
  var snapshotCount: Int { Set(rows.map(\.snapshot)).count }

  /// Compares the snapshots before `night` with what it sees. Throws `ColumnsError` for a live fact file that cannot be read.
  init(_ home: Home, _ state: LiveState, _ catalogues: TwinCatalogues, night: Day, threads: Int) throws {
    let groups = KeptSnapshots(state, before: night).groups
    let reach = FactReach(catalogues)
    let changes = groups.map { ChangedFiles(state.entries, since: $0, reach) }
    guard let lastDay = groups.map(\.lastDay).max(), changes.contains(where: { !$0.changes.isEmpty }) else {
      rows = []
      return
    }
    let moves = try FactMoves(home, changes, upTo: lastDay, threads: threads)
    var rows: [TwinRevision] = []
    for (group, files) in zip(groups, changes) where !files.changes.isEmpty {
      let moved = moves.moves(files)
      guard !moved.isEmpty else { continue }
      let reasons = DeliveryReasons(state.entries, since: group)
      for run in group.runs { rows += TwinRevisions.rows(moved, reasons, reach, run, night: night) }
    }
    self.rows = rows.sorted { a, b in
      if a.snapshot != b.snapshot { return a.snapshot < b.snapshot }
      if a.dataset != b.dataset { return a.dataset < b.dataset }
      if a.reason != b.reason { return a.reason.rawValue < b.reason.rawValue }
      return a.deliveryID ?? -1 < b.deliveryID ?? -1
    }
  }

  /// Stages the rows, where there are some.
  func write(_ transaction: Transaction, night: Day) throws {
    guard !rows.isEmpty else { return }
    let path = transaction.stagingPath("twin-revisions.parquet")
    try ParquetFile.write(TwinRevision.table(rows), to: path)
    try transaction.add(
      stagedPath: path, folder: "\(Dataset.twinRevisions.folder)/date=\(night)", fileName: .digest(ext: "parquet"),
      rowCount: Int64(rows.count))
  }

  /// What supersedes the twins of one run.
  private static func rows(
    _ moves: [FactMoves.Move], _ reasons: DeliveryReasons, _ reach: FactReach, _ run: LogEntry, night: Day
  ) -> [TwinRevision] {
    struct Key: Hashable {
      var dataset: String
      var reason: TwinRevision.Reason
      var delivery: Int64?
    }
    var sums: [Key: (days: ClosedRange<Day>?, isDated: Bool, before: Int64, after: Int64)] = [:]
    for move in moves {
      let lot = move.lot
      guard reach.bears(lot.dataset, lot.day, isCompleteness: lot.isCompleteness, on: run.date),
        lot.decidedOn.map({ $0 < run.date }) ?? true
      else { continue }
      let key = Key(dataset: lot.dataset, reason: reasons.reason(move), delivery: lot.delivery)
      var sum = sums[key] ?? (nil, true, 0, 0)
      if let day = lot.day {
        sum.days = sum.days.map { min($0.lowerBound, day)...max($0.upperBound, day) } ?? day...day
      } else {
        sum.isDated = false
      }
      sum.before += move.before
      sum.after += move.after
      sums[key] = sum
    }
    let key = run.key.hex
    return sums.map { found, sum in
      let file = reasons.file(found.delivery)
      return TwinRevision(
        night: night, snapshot: run.date, dataset: found.dataset, reason: found.reason, deliveryID: found.delivery,
        feed: file?.feed, file: file?.name, sha256: file?.sha256.hex, days: sum.isDated ? sum.days : nil,
        factsBefore: sum.before, factsAfter: sum.after, run: key)
    }
  }
}
