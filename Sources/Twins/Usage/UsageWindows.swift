import Columns
import Datasets
import Parallelism
import Synchronization

/// Sums of use of every subscription at one moment: each measure in three rings of days, and the days with events.
///
/// The rings are the days of age 0–6, 7–27 and 28–90; a window is a sum of rings, so a row is added once, not three
/// times. Sums are integers and days are bits, so the order in which files and threads add does not matter. A measure
/// has a lock of its own, held while one batch is added.
final class UsageWindows: Sendable {
  /// The measures, in the order of the schema.
  static let measures = Dataset.usageMeasures
  static let columns = ["subscription_id", "event_date", "known_date"] + measures
  /// The age at which each ring ends, exclusive.
  private static let ringEnds = [7, 28, 91]

  let moment: TwinMoment
  let days: Mutex<Days>
  private let rankCount: Int
  private let cells: [Cell]

  /// One measure: ring after ring, a sum a rank.
  private final class Cell: Sendable {
    let sums: Mutex<[Int64]>
    init(count: Int) { sums = Mutex([Int64](repeating: 0, count: count)) }
  }

  /// Bit `a` is set where age `a` has an event, and an outgoing one.
  struct Days: Sendable {
    var active: [UInt128]
    var outgoing: [UInt128]
    /// Days of which facts take events back: whether they are left with any is for their sum to say.
    var doubted: Set<Place> = []
  }

  /// A subscription's day.
  struct Place: Hashable {
    var rank: Int32
    var date: Int32
  }

  init(at moment: TwinMoment, rankCount: Int) {
    self.moment = moment
    self.rankCount = rankCount
    cells = UsageWindows.measures.map { _ in Cell(count: rankCount * UsageWindows.ringEnds.count) }
    let none = [UInt128](repeating: 0, count: rankCount)
    days = Mutex(Days(active: none, outgoing: none))
  }

  /// Reads every part once and adds it to every moment that it bears on. Cut by part; any number of threads gives the
  /// same sums.
  static func gather(
    _ parts: [UsagePart], _ index: DenseIndex, at moments: [TwinMoment], threads: Int
  ) throws -> [UsageWindows] {
    let windows = moments.map { UsageWindows(at: $0, rankCount: index.count) }
    _ = try WorkerThreads(count: threads).map(taskCount: parts.count) { number in
      let part = parts[number]
      let touched = windows.filter { part.bears(on: $0.moment) }
      guard !touched.isEmpty else { return }
      try part.forEachBatch(columns) { batch in
        let ranks = index.ranks(of: try batch.int64("subscription_id").values)
        for window in touched { try window.add(batch, ranks, firstMeasure: number) }
      }
    }
    for window in windows { try window.settleDoubts(parts, index, threads: threads) }
    return windows
  }

  /// Adds the rows of a batch that the moment sees. `firstMeasure` lets threads begin at different locks.
  private func add(_ batch: Table, _ ranks: [Int32], firstMeasure: Int) throws(ColumnsError) {
    let targets = targets(
      ranks, eventDates: try batch.date("event_date").values, knownDates: try batch.date("known_date").values)
    for offset in cells.indices {
      let measure = (firstMeasure + offset) % cells.count
      let values = try batch.int64(UsageWindows.measures[measure]).values
      cells[measure].sums.withLock { UsageWindows.add(values, targets, to: &$0) }
    }
    let events = try batch.int64("event_count").values
    let calls = try batch.int64("voice_out_count").values
    let messages = try batch.int64("sms_out_count").values
    let eventDates = try batch.date("event_date").values
    days.withLock { days in
      // Most batches are of one day.
      var (bitDate, bit) = (Int32.min, UInt128(0))
      for row in targets.indices where targets[row] >= 0 && events[row] != 0 {
        guard events[row] > 0 else {
          days.doubted.insert(Place(rank: ranks[row], date: eventDates[row]))
          continue
        }
        if eventDates[row] != bitDate {
          bitDate = eventDates[row]
          bit = UInt128(1) << UInt128(moment.age(bitDate))
        }
        days.active[Int(ranks[row])] |= bit
        if calls[row] > 0 || messages[row] > 0 { days.outgoing[Int(ranks[row])] |= bit }
      }
    }
  }

  /// Where each row's values are added: ring times rank count plus rank, or -1 for rows that do not count.
  private func targets(_ ranks: [Int32], eventDates: [Int32], knownDates: [Int32]) -> [Int32] {
    var targets = [Int32](repeating: -1, count: ranks.count)
    for row in ranks.indices where ranks[row] >= 0 && moment.sees(eventDates[row], knownDates[row]) {
      let age = moment.age(eventDates[row])
      let ring = age < UsageWindows.ringEnds[0] ? 0 : age < UsageWindows.ringEnds[1] ? 1 : 2
      if age < UsageWindows.ringEnds[2] { targets[row] = Int32(ring * rankCount) + ranks[row] }
    }
    return targets
  }

  private static func add(_ values: [Int64], _ targets: [Int32], to sums: inout [Int64]) {
    for row in 0..<min(values.count, targets.count) {
      let target = Int(targets[row])
      // Wrapping: a sum beyond 2⁶³ needs values that no feed's limits let through, and must not stop the night.
      if target >= 0 { sums[target] &+= values[row] }
    }
  }

  /// The sums of a measure over the window number `window` (7, 28, 91 days) of each rank of `ranks`.
  func sums(_ measure: Int, window: Int, of ranks: [Int32]) -> [Int64] {
    cells[measure].sums.withLock { rings in
      ranks.map { rank in
        var sum: Int64 = 0
        for ring in 0...window { sum &+= rings[ring * rankCount + Int(rank)] }
        return sum
      }
    }
  }

  /// The days with events of each rank of `ranks`.
  func days(of ranks: [Int32]) -> Days {
    days.withLock { days in
      Days(active: ranks.map { days.active[Int($0)] }, outgoing: ranks.map { days.outgoing[Int($0)] })
    }
  }
}
