import Columns
import Parallelism
import Synchronization

// Facts may take events back from a day: a session turned out to have begun on another one (`Sessions` of ingest). Such
// facts are rare, so only the days that have some are summed before they are asked whether they have an event.
extension UsageWindows {
  /// What the facts of a day sum up to.
  private struct Sums {
    var events: Int64 = 0
    var calls: Int64 = 0
    var messages: Int64 = 0
  }

  /// Clears the days that corrections left without an event, or without an outgoing one. Reads the parts again where there
  /// are corrections, otherwise nothing.
  func settleDoubts(_ parts: [UsagePart], _ index: DenseIndex, threads: Int) throws {
    let doubted = days.withLock { $0.doubted }
    guard !doubted.isEmpty else { return }
    let sums = try WorkerThreads(count: threads).map(taskCount: parts.count) { number in
      var sums: [Place: Sums] = [:]
      guard parts[number].bears(on: moment) else { return sums }
      try parts[number].forEachBatch(UsageWindows.doubtColumns) { batch in
        let ranks = index.ranks(of: try batch.int64("subscription_id").values)
        let (dates, knowns) = (try batch.date("event_date").values, try batch.date("known_date").values)
        let events = try batch.int64("event_count").values
        let calls = try batch.int64("voice_out_count").values
        let messages = try batch.int64("sms_out_count").values
        for row in ranks.indices where ranks[row] >= 0 && moment.sees(dates[row], knowns[row]) {
          let place = Place(rank: ranks[row], date: dates[row])
          guard doubted.contains(place) else { continue }
          sums[place, default: Sums()].events &+= events[row]
          sums[place, default: Sums()].calls &+= calls[row]
          sums[place, default: Sums()].messages &+= messages[row]
        }
      }
      return sums
    }
    days.withLock { days in
      for place in doubted {
        var total = Sums()
        for part in sums {
          guard let sum = part[place] else { continue }
          total.events &+= sum.events
          total.calls &+= sum.calls
          total.messages &+= sum.messages
        }
        let (rank, bit) = (Int(place.rank), UInt128(1) << UInt128(moment.age(place.date)))
        if total.events <= 0 { days.active[rank] &= ~bit }
        if total.events <= 0 || (total.calls <= 0 && total.messages <= 0) { days.outgoing[rank] &= ~bit }
      }
    }
  }

  private static let doubtColumns = [
    "subscription_id", "event_date", "known_date", "event_count", "voice_out_count", "sms_out_count",
  ]
}
