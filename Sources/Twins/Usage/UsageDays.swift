import Calendar
import Columns
import Parallelism
import Synchronization

/// The days with events of some subscriptions, as bits by age.
///
/// A day has an event where the events of its facts add up to more than none, and an outgoing one where its calls made or
/// messages sent do so too. Facts may take events back from a day: a session turned out to have begun on another one
/// (`Sessions` of ingest), a file was replaced. A subscription's days that such facts touch are doubted, and summed before they
/// are settled.
struct UsageDays: Sendable {
  /// What facts say that bears on these bits.
  struct Use {
    var events: Int64 = 0
    var calls: Int64 = 0
    var messages: Int64 = 0

    var isAny: Bool { events | calls | messages != 0 }
    /// Whether nothing is taken back, and all of it belongs to an event.
    var isPlain: Bool { events > 0 && calls >= 0 && messages >= 0 }
  }

  /// Bit `a` is set where age `a` has an event, and an outgoing one.
  private(set) var active: [UInt128]
  private(set) var outgoing: [UInt128]
  /// The ranks whose bits do not hold yet, by date; the same one may come more than once.
  private(set) var doubted: [Int32: [Int32]] = [:]

  init(count: Int) { self.init(active: Array(repeating: 0, count: count), outgoing: Array(repeating: 0, count: count)) }

  init(active: [UInt128], outgoing: [UInt128]) {
    self.active = active
    self.outgoing = outgoing
  }

  /// Adds a fact of a day of which every fact is added.
  @inline(__always) mutating func add(_ use: Use, rank: Int, date: Int32, age: Int) {
    guard use.isPlain else {
      if use.isAny { doubt(rank: rank, date: date) }
      return
    }
    let bit = UInt128(1) << UInt128(age)
    active[rank] |= bit
    if use.calls > 0 || use.messages > 0 { outgoing[rank] |= bit }
  }

  /// Asks for a day of a subscription to be summed.
  mutating func doubt(rank: Int, date: Int32) { doubted[date, default: []].append(Int32(rank)) }

  /// Hands out the ranks that are doubted, distinct and ascending, by date.
  mutating func takeDoubted() -> [(date: Int32, ranks: [Int32])] {
    defer { doubted = [:] }
    return doubted.keys.sorted().map { date in (date, Array(Set(doubted[date] ?? [])).sorted()) }
  }

  /// Sets the bits of a day of some ranks by what their facts add up to.
  mutating func settle(_ ranks: [Int32], age: Int, _ sums: [Use]) {
    let bit = UInt128(1) << UInt128(age)
    for (rank, sum) in zip(ranks.lazy.map { Int($0) }, sums) {
      let isActive = sum.events > 0
      let isOutgoing = isActive && (sum.calls > 0 || sum.messages > 0)
      active[rank] = isActive ? active[rank] | bit : active[rank] & ~bit
      outgoing[rank] = isOutgoing ? outgoing[rank] | bit : outgoing[rank] & ~bit
    }
  }
}

extension UsageWindows {
  /// The days with events, and with outgoing ones, of each of `ranks`; none for rank -1.
  func days(of ranks: [Int32]) -> (active: [UInt128], outgoing: [UInt128]) {
    days.withLock { days in
      (
        ranks.map { $0 < 0 ? 0 : days.active[Int($0)] }, ranks.map { $0 < 0 ? 0 : days.outgoing[Int($0)] }
      )
    }
  }

  /// Settles the days that are doubted. Reads the parts of those dates again, where there are some.
  func settleDays(_ parts: [UsagePart], threads: Int) throws {
    let doubted = days.withLock { $0.takeDoubted() }
    _ = try WorkerThreads(count: threads).map(taskCount: doubted.count) { number in
      let (date, ranks) = doubted[number]
      let wanted = AscendingIDs(ascending: ranks.map { ids.keys[Int($0)] })
      var sums = [UsageDays.Use](repeating: UsageDays.Use(), count: ranks.count)
      for part in parts where part.eventDate.map({ $0.rawValue == date }) ?? true {
        try part.forEachBatch(UsageWindows.dayColumns) { batch in
          let places = wanted.ranks(of: try batch.int64("subscription_id").values)
          let (eventDates, knownDates) = (try batch.date("event_date").values, try batch.date("known_date").values)
          let events = try batch.int64("event_count").values
          let calls = try batch.int64("voice_out_count").values
          let messages = try batch.int64("sms_out_count").values
          for row in places.indices
          where places[row] >= 0 && eventDates[row] == date && moment.sees(date, knownDates[row]) {
            let place = Int(places[row])
            sums[place].events &+= events[row]
            sums[place].calls &+= calls[row]
            sums[place].messages &+= messages[row]
          }
        }
      }
      days.withLock { $0.settle(ranks, age: moment.age(date), sums) }
    }
  }

  private static let dayColumns = [
    "subscription_id", "event_date", "known_date", "event_count", "voice_out_count", "sms_out_count",
  ]
}
