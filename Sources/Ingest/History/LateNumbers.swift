import Calendar
import Columns
import Datasets
import Ledger
import Vault

/// Finds the deliveries of earlier nights whose rows have another owner by tonight's number assignments: promise 6.
///
/// A row whose number nobody owned waits in `vault/unowned` with its instant. A row that had an owner is a fact of that
/// subscription and day, so its delivery is found by the facts.
struct LateNumbers {
  let home: Home
  let state: LiveState
  let feeds: [Feed]
  let night: Day

  /// The deliveries that `changes` concern, in the order in which they were taken.
  func affected(by changes: [OwnerChange]) throws -> [TakenDelivery] {
    guard !changes.isEmpty else { return [] }
    let identifiers = try unowned(changes.filter { $0.new != nil }).union(owned(changes))
    guard !identifiers.isEmpty else { return [] }
    let names = Set(feeds.filter { $0.kind.isOwned && ($0.maps("number") || $0.served != nil) }.map(\.name))
    return state.deliveries.filter { identifiers.contains($0.file.sha256.head63) && names.contains($0.file.feed) }
  }

  /// Lists of unowned numbers whose deliveries are kept no longer, whatever their feed.
  static func forgotten(_ state: LiveState, _ feeds: [Feed], night: Day) -> [Product] {
    let days = feeds.filter(\.kind.isOwned).map(\.keptDays).max() ?? 0
    return state.products(under: UnownedNumber.folder).filter { product in
      product.partition["date"].flatMap { Day($0) }.map { $0 + days < night } ?? false
    }
  }

  private func unowned(_ changes: [OwnerChange]) throws -> Set<Int64> {
    let byNumber = Dictionary(grouping: changes, by: \.number)
    var found: Set<Int64> = []
    for product in state.products(under: UnownedNumber.folder) {
      try ParquetFile.forEachBatch(of: home.url(product.name)) { batch in
        for row in try UnownedNumber.rows(batch)
        where byNumber[row.number]?.contains(where: { $0.from <= row.instant && row.instant < $0.until }) == true {
          found.insert(row.delivery)
        }
      }
    }
    return found
  }

  /// Deliveries with facts of a former owner around the time that changes; a day more on both sides covers every zone.
  private func owned(_ changes: [OwnerChange]) throws -> Set<Int64> {
    var spans: [Int64: [ClosedRange<Int32>]] = [:]
    var first = Int32.max
    for change in changes where change.old != nil {
      let from = Day(ofSeconds: max(change.from, 0)).rawValue - 1
      let last =
        change.until > Int64(night.rawValue + 1) * 86_400 ? night.rawValue : Day(ofSeconds: change.until).rawValue
      // A change that lies ahead concerns nothing that was delivered.
      guard from <= night.rawValue, let owner = change.old else { continue }
      spans[owner, default: []].append(from...max(from, last + 1))
      first = min(first, from)
    }
    guard !spans.isEmpty else { return [] }
    // Usage lies by event day, every other fact by the night that learned it, which is no earlier.
    let start = Day(rawValue: first).description
    let owned = Dataset.facts.filter { dataset in
      dataset == .usage
        || feeds.contains { $0.kind.isOwned && FactLayout($0.kind)?.dataset == dataset }
    }
    var found: Set<Int64> = []
    for product in owned.flatMap({ state.products($0.name) }) where product.partition["date"] ?? "" >= start {
      let columns = ["subscription_id", "event_date", "delivery_id"]
      try ParquetFile.forEachBatch(of: home.url(product.name), columns: columns) { batch in
        let (owners, days) = (try batch.int64("subscription_id").values, try batch.date("event_date").values)
        let deliveries = try batch.int64("delivery_id").values
        for row in owners.indices {
          guard let wanted = spans[owners[row]], wanted.contains(where: { $0.contains(days[row]) }) else { continue }
          found.insert(deliveries[row])
        }
      }
    }
    return found
  }
}
