import Calendar
import Columns
import Datasets
import Ledger

/// Merges the parts that a night brought with those that earlier nights knew, and adds what they are worth to the facts
/// of the deliveries that brought them.
///
/// Deliveries count one after the other in the order of the night's results, whatever the number of threads. Held in
/// memory are the night's parts and the earlier parts of the sessions that they touch.
struct SessionMerge {
  /// What was noticed of a feed's sessions.
  struct Notice: Sendable, Hashable {
    var feed: String
    var sessionCount = 0
    var missingCount = 0

    /// One sentence; nil where nothing lacks.
    var warning: String? {
      guard sessionCount > 0 else { return nil }
      return "\(feed): \(sessionCount) \(sessionCount == 1 ? "session lacks" : "sessions lack") "
        + "\(missingCount) \(missingCount == 1 ? "part" : "parts") so far"
    }
  }

  let home: Home
  let state: LiveState

  /// Adds the facts of the session feeds among `results`; returns what was noticed, by feed.
  func apply(_ work: inout NightWork) throws -> [Notice] {
    var notices: [Notice] = []
    for feed in work.folder.feeds.indices {
      guard let rule = work.folder.feeds[feed].sessions else { continue }
      let places = work.results.indices.filter {
        work.results[$0].feed == feed && !work.results[$0].result.parts.isEmpty
      }
      guard !places.isEmpty else { continue }
      let name = work.folder.feeds[feed].name
      let touched = Set(places.flatMap { work.results[$0].result.parts.map(\.session) })
      let first: Day = work.night - (rule.windowDays - 1)
      let old = try SessionPart.load(
        home, state.products(Dataset.sessionParts.name), feed: name, since: first.description, of: touched)
      notices.append(merge(old, places, rule, name, &work))
    }
    return notices
  }

  private func merge(
    _ old: [SessionPart], _ places: [Int], _ rule: SessionRule, _ name: String, _ work: inout NightWork
  ) -> Notice {
    // Old parts are batch -1, then each delivery is one.
    var entries = old.map { (batch: -1, part: $0) }
    for place in places { entries += work.results[place].result.parts.map { (batch: place, part: $0) } }
    entries.sort { ($0.part.session, $0.batch) < ($1.part.session, $1.batch) }
    var notice = Notice(feed: name)
    var start = 0
    while start < entries.count {
      var end = start
      while end < entries.count, entries[end].part.session == entries[start].part.session { end += 1 }
      var known: [SessionPart] = []
      var next = start
      while next < end {
        let batch = entries[next].batch
        let first = next
        while next < end, entries[next].batch == batch { next += 1 }
        let parts = entries[first..<next].map(\.part)
        if batch >= 0 {
          for change in SessionFacts.changes(old: known, new: parts, counters: rule.counters) {
            change.measures.withUnsafeBufferPointer {
              work.results[batch].result.usage.append(
                day: change.place.day, known: change.known, subscription: change.place.owner, measures: $0)
            }
          }
        }
        known += parts
      }
      if rule.sequence != nil { SessionMerge.look(at: known, &notice) }
      start = end
    }
    return notice
  }

  /// Counts the numbers that lack between the first and the last part.
  private static func look(at parts: [SessionPart], _ notice: inout Notice) {
    let numbers = Set(parts.map(\.position))
    guard let first = numbers.min(), let last = numbers.max() else { return }
    let missing = last - first - Int64(numbers.count - 1)
    guard missing > 0 else { return }
    notice.sessionCount += 1
    notice.missingCount = notice.missingCount.addingReportingOverflow(Int(missing)).partialValue
  }
}
