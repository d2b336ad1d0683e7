import Calendar
import Columns
import Datasets
import Ledger

/// Which sessions of a feed changed in what earlier nights took, and which later deliveries have parts of them.
///
/// A delivery's facts are the difference that its parts made to those of the deliveries before it. Where parts of an earlier
/// one change, so does the difference: the later delivery is derived again.
struct SessionHistory {
  private let home: Home
  private let products: [Product]
  private let windowDays: Int
  /// The sessions whose parts changed so far.
  private var changed: Set<Int64> = []
  /// The last night that can notice.
  private var last: Day?

  /// Makes the history of a feed; nil where its rows make up no sessions.
  init?(_ home: Home, _ state: LiveState, feed: Feed) {
    guard let rule = feed.sessions else { return nil }
    self.home = home
    windowDays = rule.windowDays
    products = state.products(Dataset.sessionParts.name, where: ["from": feed.name])
  }

  /// Notes that all parts of a delivery go.
  mutating func lose(_ delivery: TakenDelivery) throws {
    note(try Set(parts(of: delivery).map(\.session)), delivery)
  }

  /// Notes the sessions of which a delivery has other parts than before.
  mutating func compare(_ delivery: TakenDelivery, with new: [SessionPart]) throws {
    func counted(_ parts: [SessionPart]) -> [SessionPart: Int] {
      parts.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }
    let (before, after) = (counted(try parts(of: delivery)), counted(new))
    let gone = before.filter { after[$0.key] != $0.value }.keys.map(\.session)
    let come = after.filter { before[$0.key] != $0.value }.keys.map(\.session)
    note(Set(gone).union(come), delivery)
  }

  /// Whether a delivery has parts of sessions that changed.
  func touches(_ delivery: TakenDelivery) throws -> Bool {
    guard let last, delivery.night <= last else { return false }
    var isTouched = false
    try forEachBatch(of: delivery, columns: ["session", "delivery_id"]) { sessions, batch in
      isTouched = isTouched || sessions.contains { changed.contains($0) }
    }
    return isTouched
  }

  private mutating func note(_ sessions: Set<Int64>, _ delivery: TakenDelivery) {
    guard !sessions.isEmpty else { return }
    changed.formUnion(sessions)
    let end = delivery.night + (windowDays - 1)
    last = max(last ?? end, end)
  }

  private func parts(of delivery: TakenDelivery) throws -> [SessionPart] {
    var parts: [SessionPart] = []
    try forEachBatch(of: delivery, columns: nil) { _, rows in parts += try SessionPart.read(rows) }
    return parts
  }

  /// Gives the rows of one delivery, which lie with its night.
  private func forEachBatch(
    of delivery: TakenDelivery, columns: [String]?, _ body: (_ sessions: [Int64], Table) throws -> Void
  ) throws {
    let identifier = delivery.file.sha256.head63
    for product in products where product.partition["date"] == delivery.night.description {
      try ParquetFile.forEachBatch(of: home.url(product.name), columns: columns) { batch in
        let isOwn = try batch.int64("delivery_id").values.map { $0 == identifier }
        guard isOwn.contains(true) else { return }
        let rows = batch.rows(where: isOwn)
        try body(try rows.int64("session").values, rows)
      }
    }
  }
}
