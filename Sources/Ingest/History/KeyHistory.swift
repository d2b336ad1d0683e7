import Calendar
import Columns
import Datasets
import Ledger

/// Which delivery of a feed owns which record keys, so that what a withdrawn one had suppressed can be found again.
///
/// Deliveries count in the order in which they were taken: a row is a duplicate where an earlier row of the same file, or
/// of an earlier file whose night lies in the window, has its key. Holds eight bytes a key of the feed's live keys.
struct KeyHistory {
  private let window: Int
  /// In the order in which they were taken.
  private(set) var deliveries: [TakenDelivery]
  private var keys: [Int64: [UInt64]] = [:]

  /// Reads the keys of a feed.
  init(_ home: Home, _ state: LiveState, feed: Feed) throws {
    window = feed.recordKey?.windowDays ?? 0
    deliveries = state.deliveries.filter { $0.file.feed == feed.name }
    for product in state.products(Dataset.recordKeys.name, where: ["from": feed.name]) {
      try ParquetFile.forEachBatch(of: home.url(product.name), columns: ["delivery_id", "key"]) { batch in
        let (owners, values) = (try batch.int64("delivery_id").values, try batch.int64("key").values)
        for row in owners.indices { keys[owners[row], default: []].append(UInt64(bitPattern: values[row])) }
      }
    }
  }

  /// The keys of deliveries up to a place in the order, as a delivery of a night meets them.
  func seen(before place: Int, night: Day) -> RecordKeySet {
    let wanted = deliveries[..<place].filter { $0.night > night - window }.compactMap { keys[$0.file.sha256.head63] }
    var set = RecordKeySet(minimumCapacity: wanted.reduce(0) { $0 + $1.count })
    for list in wanted { for key in list { _ = set.insert(key) } }
    return set
  }

  /// Deliveries whose rows may depend on a delivery's: later ones of its window that had duplicates, or have parts of its
  /// sessions.
  static func dependents(
    of delivery: TakenDelivery, in state: LiveState, _ home: Home, feed: Feed
  ) -> [TakenDelivery] {
    let last = delivery.night + ((feed.recordKey?.windowDays ?? 0) - 1)
    let all = state.deliveries.filter { $0.file.feed == feed.name }
    guard let place = all.firstIndex(where: { $0.file == delivery.file }) else { return [] }
    var sessions = SessionHistory(home, state, feed: feed)
    // What cannot be read may depend on it.
    let isKnown = (try? sessions?.lose(delivery)) != nil
    return all[(place + 1)...].filter { later in
      if later.night <= last, later.file.duplicateCount > 0 { return true }
      guard let sessions else { return false }
      return !isKnown || (try? sessions.touches(later)) ?? true
    }
  }

  /// Takes back what is superseded, derives again what is affected, and then, in order, whatever that changes: deliveries
  /// whose duplicates may have lost the row that suppressed them, those whose keys an earlier delivery now owns, and those
  /// with parts of sessions that changed.
  ///
  /// `derive` reads a delivery with the keys that it meets. Afterwards the keys are those in force.
  mutating func revise(
    superseded: Set<TakenDelivery>, affected: [SHA256Digest: IntakeFile.Rederivation],
    sessions: inout SessionHistory?,
    derive: (TakenDelivery, IntakeFile.Rederivation, inout RecordKeySet) throws -> FileResult
  ) throws -> [FileResult] {
    var results: [FileResult] = []
    var lost = Change()
    var won = Change()
    for place in deliveries.indices {
      let delivery = deliveries[place]
      let digest = delivery.file.sha256
      let old = keys[digest.head63] ?? []
      if superseded.contains(delivery) {
        keys[digest.head63] = nil
        lost.add(old, until: delivery.night + (window - 1))
        try sessions?.lose(delivery)
        continue
      }
      let isSuppressed = delivery.file.duplicateCount > 0 && lost.reaches(delivery.night)
      let isForestalled = won.reaches(delivery.night) && old.contains { won.keys.contains($0) }
      let isMerged = try sessions?.touches(delivery) ?? false
      guard affected[digest] != nil || isSuppressed || isForestalled || isMerged else { continue }
      var seen = seen(before: place, night: delivery.night)
      let result = try derive(delivery, affected[digest] ?? .supersede, &seen)
      try sessions?.compare(delivery, with: result.parts)
      let new = result.keys.map { max(1, $0) }
      let (before, after) = (Set(old), Set(new))
      lost.add(old.filter { !after.contains($0) }, until: delivery.night + (window - 1))
      won.add(new.filter { !before.contains($0) }, until: delivery.night + (window - 1))
      keys[digest.head63] = new
      results.append(result)
    }
    deliveries.removeAll { superseded.contains($0) }
    return results
  }

  /// Keys that changed hands, and the last night that can notice.
  private struct Change {
    var keys: Set<UInt64> = []
    private var last: Day?

    mutating func add(_ keys: [UInt64], until night: Day) {
      guard !keys.isEmpty else { return }
      self.keys.formUnion(keys)
      last = max(last ?? night, night)
    }

    func reaches(_ night: Day) -> Bool { last.map { night <= $0 } ?? false }
  }
}
