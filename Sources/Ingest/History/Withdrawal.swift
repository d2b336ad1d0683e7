import Calendar
import Ledger

/// The deliveries whose rows are withdrawn tonight: superseded ones, and those whose rows are derived again.
///
/// Facts name a delivery by the head of its digest. Files without a row may share a digest: of them only the days that
/// the withdrawn one covers go.
struct Withdrawal: Sendable {
  /// The withdrawn deliveries, in the order in which they were taken.
  let deliveries: [TakenDelivery]
  /// Heads of the digests of deliveries with rows.
  private let identifiers: Set<Int64>
  /// Days covered by withdrawn deliveries without a row.
  private var emptyDays: [Int64: Set<Int32>] = [:]

  init(_ deliveries: [TakenDelivery] = []) {
    self.deliveries = deliveries
    identifiers = Set(deliveries.filter { !$0.file.hasNoRows }.map(\.file.sha256.head63))
    for file in deliveries.map(\.file) where file.hasNoRows {
      guard let first = file.from, let last = file.to else { continue }
      emptyDays[file.sha256.head63, default: []].formUnion(first.rawValue...last.rawValue)
    }
  }

  var isEmpty: Bool { deliveries.isEmpty }

  /// Whether a row of this delivery, or its covering of this day, is withdrawn.
  func takesBack(delivery: Int64, day: Int32) -> Bool {
    identifiers.contains(delivery) || emptyDays[delivery]?.contains(day) == true
  }

  /// Whether rows of this delivery are withdrawn.
  func takesBack(delivery: Int64) -> Bool { identifiers.contains(delivery) }
}
