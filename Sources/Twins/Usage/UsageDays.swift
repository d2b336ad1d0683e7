import Calendar
import Columns
import Parallelism
import Synchronization

/// The days with events of some subscriptions, as bits by age.
///
/// A day has an event where the events of its facts add up to more than none, and an outgoing one where its calls made or
/// messages sent do so too. Facts may take events back from a day: a session turned out to have begun on another one
/// (`Sessions` of ingest), a file was replaced. Days that such facts touch are doubted, and summed before they are settled.
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
  /// Dates of which the bits do not hold yet.
  var doubted: Set<Int32> = []

  init(count: Int) { self.init(active: Array(repeating: 0, count: count), outgoing: Array(repeating: 0, count: count)) }

  init(active: [UInt128], outgoing: [UInt128]) {
    self.active = active
    self.outgoing = outgoing
  }

  /// Adds a fact of a day of which every fact is added.
  @inline(__always) mutating func add(_ use: Use, rank: Int, date: Int32, age: Int) {
    guard use.isPlain else {
      if use.isAny { doubted.insert(date) }
      return
    }
    let bit = UInt128(1) << UInt128(age)
    active[rank] |= bit
    if use.calls > 0 || use.messages > 0 { outgoing[rank] |= bit }
  }

  /// Sets the bits of a day by what its facts add up to.
  mutating func settle(age: Int, _ sums: DaySums) {
    let bit = UInt128(1) << UInt128(age)
    for rank in active.indices {
      let isActive = sums.events[rank] > 0
      let isOutgoing = isActive && (sums.calls[rank] > 0 || sums.messages[rank] > 0)
      active[rank] = isActive ? active[rank] | bit : active[rank] & ~bit
      outgoing[rank] = isOutgoing ? outgoing[rank] | bit : outgoing[rank] & ~bit
    }
  }

  /// Sums of one day, by rank.
  struct DaySums: Sendable {
    var events: [Int64]
    var calls: [Int64]
    var messages: [Int64]

    init(count: Int) {
      events = Array(repeating: 0, count: count)
      calls = events
      messages = events
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

  /// Settles the days that are doubted. Reads the parts of those days again, where there are some.
  func settleDays(_ parts: [UsagePart], threads: Int) throws {
    let dates = days.withLock { days in
      defer { days.doubted = [] }
      return days.doubted.sorted()
    }
    _ = try WorkerThreads(count: threads).map(taskCount: dates.count) { number in
      let date = dates[number]
      var sums = UsageDays.DaySums(count: ids.count)
      for part in parts where part.eventDate.map({ $0.rawValue == date }) ?? true {
        try part.forEachBatch(UsageWindows.dayColumns) { batch in
          let ranks = ids.ranks(of: try batch.int64("subscription_id").values)
          let (eventDates, knownDates) = (try batch.date("event_date").values, try batch.date("known_date").values)
          let events = try batch.int64("event_count").values
          let calls = try batch.int64("voice_out_count").values
          let messages = try batch.int64("sms_out_count").values
          for row in ranks.indices
          where ranks[row] >= 0 && eventDates[row] == date && moment.sees(date, knownDates[row]) {
            let rank = Int(ranks[row])
            sums.events[rank] &+= events[row]
            sums.calls[rank] &+= calls[row]
            sums.messages[rank] &+= messages[row]
          }
        }
      }
      days.withLock { $0.settle(age: moment.age(date), sums) }
    }
  }

  private static let dayColumns = [
    "subscription_id", "event_date", "known_date", "event_count", "voice_out_count", "sms_out_count",
  ]
}
