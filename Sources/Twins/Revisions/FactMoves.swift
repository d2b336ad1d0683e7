import Calendar
import Columns
import Datasets
import Ledger
import Parallelism

/// The facts that came and went with some files, by family, delivery and day: counts, never rows.
struct FactMoves: Sendable {
  /// Facts that move together.
  struct Lot: Sendable, Hashable {
    /// The family: `facts/payments`.
    var dataset: String
    /// The delivery; nil where none brought them, or it cannot be told.
    var delivery: Int64?
    /// The day; nil where it cannot be told.
    var day: Day?
    /// Whether it is not facts that moved, but whether their deliveries are complete.
    var isCompleteness = false
    /// The night whose export caused them.
    var decidedOn: Day?
  }

  /// A lot that changed.
  struct Move: Sendable {
    let lot: Lot
    let before: Int64, after: Int64
  }

  /// Facts of a file: how many, and the sum of their prints.
  struct Tally: Sendable {
    var count: Int64 = 0
    var print: UInt64 = 0
  }

  /// Files that were read, by name.
  private let tallies: [String: [Lot: Tally]]

  /// Reads the files of some changes, each once: whole where rows have to be compared, else two columns. Facts of days after
  /// `lastDay` are left out.
  init(_ home: Home, _ changes: [ChangedFiles], upTo lastDay: Day, threads: Int) throws {
    let files = FactMoves.files(changes)
    let names = files.keys.sorted()
    let read = try WorkerThreads(count: threads).map(taskCount: names.count) { number -> [Lot: Tally] in
      guard let (file, isWhole, isLive) = files[names[number]] else { return [:] }
      let path = home.url(file.product.name)
      do {
        return try FactMoves.tallies(of: path, file, isWhole: isWhole, upTo: lastDay)
      } catch let error as ColumnsError {
        guard !isLive else { throw error }
        // What is live no more may be gone: then nobody can say what was in it, and every snapshot may have looked at it.
        let day = [.usage, .counterparties, .cells].contains(file.dataset) ? TwinSources.date(names[number]) : nil
        let lot = Lot(dataset: file.dataset.name, delivery: nil, day: day, decidedOn: file.decidedOn)
        return [lot: Tally(count: file.product.rowCount ?? 0, print: 1)]
      }
    }
    tallies = Dictionary(uniqueKeysWithValues: zip(names, read))
  }

  /// Each file once, by name: the file, whether it is read whole, and whether it must be there.
  private static func files(
    _ changes: [ChangedFiles]
  ) -> [String: (file: ChangedFiles.File, isWhole: Bool, isLive: Bool)] {
    var files: [String: (file: ChangedFiles.File, isWhole: Bool, isLive: Bool)] = [:]
    for change in changes.flatMap(\.changes.values) {
      for (file, isLive) in change.gone.map({ ($0, false) }) + change.come.map({ ($0, true) }) {
        let old = files[file.product.name]
        files[file.product.name] = (
          file, change.needsPrints || old?.isWhole ?? false, isLive || old?.isLive ?? false
        )
      }
    }
    return files
  }

  /// What moved with some files: a lot that went and came with the same values did not. Ascending by family, delivery and day.
  func moves(_ files: ChangedFiles) -> [Move] {
    var moved: [Lot: (before: Int64, after: Int64)] = [:]
    for change in files.changes.values {
      var net: [Lot: (before: Int64, after: Int64, print: UInt64)] = [:]
      for file in change.gone {
        for (lot, tally) in tallies[file.product.name] ?? [:] {
          net[lot, default: (0, 0, 0)].before += tally.count
          net[lot, default: (0, 0, 0)].print &-= tally.print
        }
      }
      for file in change.come {
        for (lot, tally) in tallies[file.product.name] ?? [:] {
          net[lot, default: (0, 0, 0)].after += tally.count
          net[lot, default: (0, 0, 0)].print &+= tally.print
        }
      }
      for (lot, sums) in net where sums.before != sums.after || sums.print != 0 {
        moved[lot, default: (0, 0)].before += sums.before
        moved[lot, default: (0, 0)].after += sums.after
      }
    }
    return moved.map { Move(lot: $0, before: $1.before, after: $1.after) }.sorted { a, b in
      if a.lot.dataset != b.lot.dataset { return a.lot.dataset < b.lot.dataset }
      if a.lot.delivery != b.lot.delivery { return a.lot.delivery ?? -1 < b.lot.delivery ?? -1 }
      return a.lot.day?.rawValue ?? .min < b.lot.day?.rawValue ?? .min
    }
  }

  private static func tallies(
    of path: String, _ file: ChangedFiles.File, isWhole: Bool, upTo lastDay: Day
  ) throws -> [Lot: Tally] {
    let isCoverage = file.dataset == .coverage
    var places: [Lot: Int] = [:]
    var tallies: [Tally] = []
    func read(_ table: Table) throws {
      let days = try table.date("event_date").values
      let deliveries = isCoverage ? nil : try table.int64("delivery_id").values
      let families = isCoverage ? try table.string("family").values : nil
      let prints = isWhole ? RowPrints.of(table) : nil
      // Rows that follow each other mostly belong together.
      var (last, place): (Int?, Int) = (nil, 0)
      for row in days.indices where days[row] <= lastDay.rawValue {
        let isAsBefore = last.map {
          days[row] == days[$0] && deliveries?[row] == deliveries?[$0] && families?[row] == families?[$0]
        }
        if isAsBefore != true {
          let lot = Lot(
            dataset: families.map { "facts/\($0[row])" } ?? file.dataset.name, delivery: deliveries?[row],
            day: Day(rawValue: days[row]), isCompleteness: isCoverage, decidedOn: file.decidedOn)
          place = places[lot] ?? tallies.count
          if place == tallies.count {
            places[lot] = place
            tallies.append(Tally())
          }
        }
        last = row
        tallies[place].count += 1
        if let prints { tallies[place].print &+= prints[row] }
      }
    }
    if isWhole {
      try ParquetFile.forEachBatch(of: path, read)
    } else {
      try ParquetFile.forEachBatch(of: path, columns: ["event_date", isCoverage ? "family" : "delivery_id"], read)
    }
    return places.mapValues { tallies[$0] }
  }
}
