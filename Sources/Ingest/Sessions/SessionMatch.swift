import Calendar
import Columns
import Datasets
import Ledger

/// Tells which records of a delivery with sessions made which facts of daily use.
///
/// The facts of a delivery are what its parts changed in the facts of their sessions (Sessions.md), given the parts that were
/// there before it. The records of one session count together.
struct SessionMatch {
  private let home: Home
  private let state: LiveState
  private let feed: Feed
  private let delivery: TakenDelivery

  init(_ home: Home, _ state: LiveState, _ feed: Feed, _ delivery: TakenDelivery) {
    self.home = home
    self.state = state
    self.feed = feed
    self.delivery = delivery
  }

  /// The records of each fact.
  func origins(of facts: Table, _ trace: RecordTrace) throws -> [RecordMatch.Found] {
    guard let rule = feed.sessions else { return [] }
    let sessions = Dictionary(grouping: trace.entries) { $0.part?.session ?? 0 }
    let remembered = try remembered(Set(sessions.keys), rule)
    var records: [RecordMatch.UseKey: [DeliveryRecord]] = [:]
    // In the order of the delivery: by the first record of each session.
    let ordered = sessions.values.sorted { a, b in
      guard let a = a.first?.record, let b = b.first?.record else { return false }
      return (a.member ?? "", a.byte) < (b.member ?? "", b.byte)
    }
    for entries in ordered {
      let old = entries.first?.part.flatMap { remembered[$0.session] } ?? []
      for change in SessionFacts.changes(old: old, new: entries.compactMap(\.part), counters: rule.counters) {
        let key = RecordMatch.UseKey(owner: change.place.owner, day: change.place.day, known: change.known)
        records[key, default: []] += entries.enumerated().map { place, entry in
          var record = entry.record
          record.isOfSession = true
          record.measures =
            place == 0 ? change.measures : Array(repeating: 0, count: change.measures.count)
          return record
        }
      }
    }
    return try RecordMatch.origins(ofUse: facts) { records[$0] ?? [] }
  }

  /// The parts of some sessions that deliveries before this one brought, as far as its night remembered them.
  private func remembered(_ sessions: Set<Int64>, _ rule: SessionRule) throws -> [Int64: [SessionPart]] {
    let place = state.deliveries.firstIndex { $0.file == delivery.file } ?? 0
    let earlier = Set(state.deliveries[..<place].map(\.file.sha256.head63))
    var parts: [Int64: [SessionPart]] = [:]
    try SessionPart.forEach(
      home, state.products(Dataset.sessionParts.name, where: ["from": feed.name]),
      since: delivery.night - (rule.windowDays - 1), of: sessions
    ) { part, id, _ in
      if earlier.contains(id) { parts[part.session, default: []].append(part) }
    }
    return parts
  }
}
