import Calendar
import Columns
import Datasets
import Ledger

/// Which numbers of the feeds' counters lack, and which came more than once: what the night and those before it saw.
struct SequenceCheck: Sendable {
  /// The runs of one delivery.
  struct Row: Sendable, Hashable {
    var source: String
    var run: NumberRuns.Run
    var delivery: Int64
  }

  /// A run of numbers that lacks or was repeated.
  struct Gap: Sendable, Hashable {
    var feed: String
    var source: String
    var isMissing: Bool
    var run: NumberRuns.Run
  }

  /// The night's own runs, by feed.
  private(set) var rows: [(feed: String, rows: [Row])] = []
  /// What is open, by feed, source, kind and number.
  private(set) var gaps: [Gap] = []
  /// Whether a feed with a sequence brought anything.
  var isWorthATable: Bool { !rows.isEmpty }

  init() {}

  /// Looks at what the night brought, and at the numbers that nights up to it saw.
  init(_ home: Home, _ state: LiveState, _ work: NightWork) throws {
    for feed in work.folder.feeds.indices {
      guard let rule = work.folder.feeds[feed].sequence else { continue }
      let name = work.folder.feeds[feed].name
      let own = work.results.filter { $0.feed == feed }.flatMap { entry in
        entry.result.numbers.keys.sorted().flatMap { source in
          (entry.result.numbers[source]?.runs ?? []).map {
            Row(source: source, run: $0, delivery: entry.result.delivery)
          }
        }
      }
      if !own.isEmpty { rows.append((name, own)) }
      var counters: [String: [NumberRuns.Run]] = [:]
      for row in own { counters[row.source, default: []].append(row.run) }
      try SequenceCheck.load(
        home, state, feed: name, work.night, rule.windowDays, without: work.history.superseded, into: &counters)
      for source in counters.keys.sorted() {
        let judged = NumberRuns(counters[source] ?? []).judged()
        gaps += judged.missing.map { Gap(feed: name, source: source, isMissing: true, run: $0) }
        gaps += judged.repeated.map { Gap(feed: name, source: source, isMissing: false, run: $0) }
      }
    }
  }

  private static func load(
    _ home: Home, _ state: LiveState, feed: String, _ night: Day, _ windowDays: Int, without withdrawal: Withdrawal,
    into counters: inout [String: [NumberRuns.Run]]
  ) throws {
    let first: Day = night - (windowDays - 1)
    let dates = first.description...night.description
    for product in state.products(Dataset.sequences.name)
    where product.name.contains("/from=\(feed)/") && dates.contains(product.partition["date"] ?? "") {
      let table = try ParquetFile.read(home.url(product.name))
      let sources = try table.string("source").values
      let (firsts, lasts) = (try table.int64("first").values, try table.int64("last").values)
      let deliveries = try table.int64("delivery_id").values
      for row in 0..<table.rowCount
      where firsts[row] <= lasts[row] && !withdrawal.takesBack(delivery: deliveries[row]) {
        counters[sources[row], default: []].append(firsts[row]...lasts[row])
      }
    }
  }

  /// One sentence a feed and kind, for the feeds that brought something tonight.
  var warnings: [String] {
    rows.flatMap { entry in
      [true, false].compactMap { isMissing -> String? in
        let found = gaps.filter { $0.feed == entry.feed && $0.isMissing == isMissing }
        guard let first = found.first else { return nil }
        let count = found.reduce(0.0) { $0 + Double($1.run.upperBound - $1.run.lowerBound) + 1 }
        let numbers = count == 1 ? "1 number" : "\(Int64(count)) numbers"
        let run =
          first.run.count == 1
          ? "\(first.run.lowerBound)" : "\(first.run.lowerBound) to \(first.run.upperBound)"
        let place = first.source.isEmpty ? "" : " of \(first.source)"
        return "\(entry.feed): \(numbers) \(isMissing ? "missing" : "repeated"), the first \(run)\(place)"
      }
    }
  }

  /// The dataset's table of a feed's runs.
  static func table(_ rows: [Row]) -> Table {
    Table(
      Dataset.sequences.schema,
      [
        .string(TypedColumn(rows.map(\.source))), .int64(TypedColumn(rows.map(\.run.lowerBound))),
        .int64(TypedColumn(rows.map(\.run.upperBound))), .int64(TypedColumn(rows.map(\.delivery))),
      ])
  }

  /// The dataset's table of what is open.
  func gapTable(_ night: Day) -> Table {
    Table(
      Dataset.gaps.schema,
      [
        .date(TypedColumn(gaps.map { _ in night.rawValue })), .string(TypedColumn(gaps.map(\.feed))),
        .string(TypedColumn(gaps.map(\.source))),
        .string(TypedColumn(gaps.map { $0.isMissing ? "missing" : "repeated" })),
        .int64(TypedColumn(gaps.map(\.run.lowerBound))), .int64(TypedColumn(gaps.map(\.run.upperBound))),
      ])
  }
}
