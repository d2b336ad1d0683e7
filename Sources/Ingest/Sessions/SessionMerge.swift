import Calendar
import Columns
import Datasets
import Ledger

/// Merges the parts that a night brought with those that earlier nights knew, and adds what they are worth to the facts
/// of the deliveries that brought them.
///
/// Deliveries count one after the other in the order in which they were taken, whatever the number of threads: those of
/// earlier nights that were derived again in their old places. Held in memory are the parts of these deliveries, and those
/// that were remembered of the sessions that they touch.
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

  /// A delivery whose facts are made: one of tonight, or an earlier one that was derived again.
  private struct Batch {
    enum Place {
      case tonight(Int)
      case rederived(Int)
    }

    let place: Place
    /// Its place in the order in which deliveries were taken.
    let rank: Int
    let night: Day
    let parts: [SessionPart]
  }

  /// A part, the delivery that it is of, and the night that took it.
  private struct Entry {
    var part: SessionPart
    var rank: Int
    var night: Day
    /// Where its delivery's facts are made; nil where they are there.
    var batch: Int?
  }

  /// Adds the facts of the session feeds among the night's files; returns what was noticed, by feed.
  func apply(_ work: inout NightWork) throws -> [Notice] {
    var notices: [Notice] = []
    for feed in work.folder.feeds.indices {
      guard let rule = work.folder.feeds[feed].sessions else { continue }
      let batches = batches(feed, work)
      let touched = Set(batches.flatMap { $0.parts.map(\.session) })
      guard !touched.isEmpty, let first = batches.map(\.night).min() else { continue }
      var entries: [Entry] = []
      let ranks = ranks
      let name = work.folder.feeds[feed].name
      try SessionPart.forEach(
        home, state.products(Dataset.sessionParts.name, where: ["from": name]), since: first - (rule.windowDays - 1),
        of: touched
      ) { part, delivery, night in
        guard !work.history.withdrawal.takesBack(delivery: delivery) else { return }
        entries.append(Entry(part: part, rank: ranks[delivery] ?? -1, night: night))
      }
      for (index, batch) in batches.enumerated() {
        entries += batch.parts.map { Entry(part: $0, rank: batch.rank, night: batch.night, batch: index) }
      }
      notices.append(merge(&entries, batches, rule, name, &work))
    }
    return notices
  }

  /// The places of the deliveries in the order in which they were taken.
  private var ranks: [Int64: Int] {
    Dictionary(
      state.deliveries.enumerated().map { ($1.file.sha256.head63, $0) }, uniquingKeysWith: { first, _ in first })
  }

  private func batches(_ feed: Int, _ work: NightWork) -> [Batch] {
    let ranks = ranks
    let rederived = work.history.rederived.enumerated().filter { $1.feed == feed }.map { index, file in
      Batch(
        place: .rederived(index), rank: ranks[file.result.delivery] ?? -1, night: file.night, parts: file.result.parts)
    }
    let tonight = work.results.enumerated().filter { $1.feed == feed }.map { index, file in
      Batch(
        place: .tonight(index), rank: state.deliveries.count + index, night: work.night, parts: file.result.parts)
    }
    return rederived + tonight
  }

  private func merge(
    _ entries: inout [Entry], _ batches: [Batch], _ rule: SessionRule, _ name: String, _ work: inout NightWork
  ) -> Notice {
    entries.sort { ($0.part.session, $0.rank) < ($1.part.session, $1.rank) }
    var notice = Notice(feed: name)
    var builders = SessionBuilders()
    var start = 0
    while start < entries.count {
      var end = start
      while end < entries.count, entries[end].part.session == entries[start].part.session { end += 1 }
      var next = start
      while next < end {
        let first = next
        while next < end, entries[next].rank == entries[first].rank { next += 1 }
        guard let index = entries[first].batch else { continue }
        let batch = batches[index]
        // What the night that took it remembered of the deliveries before it.
        let remembered = entries[start..<first].filter { $0.night > batch.night - rule.windowDays }
        for change in SessionFacts.changes(
          old: remembered.map(\.part), new: entries[first..<next].map(\.part), counters: rule.counters)
        {
          builders.append(change, to: index)
        }
      }
      if rule.sequence != nil { SessionMerge.look(at: entries[start..<end].map(\.part), &notice) }
      start = end
    }
    for (batch, chunk) in builders.chunks() {
      switch batches[batch].place {
      case .tonight(let index): work.results[index].result.add(ofSessions: chunk)
      case .rederived(let index): work.history.rederived[index].result.add(ofSessions: chunk)
      }
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
