import Calendar
import Columns
import Datasets
import Ledger

/// Gathers where the records of some facts stand while a kept delivery is read again; nothing else is kept of it.
struct RecordTrace: Sendable {
  /// A record that counts, and what it says.
  struct Entry: Sendable {
    var record: DeliveryRecord
    var owner: Int64
    var day: Int32
    var known: Int32
    /// The part of a session that it is.
    var part: SessionPart?
    /// The keyed hashes of whom and where it met.
    var counterparty: Int64?
    var cell: Int64?
  }

  /// What is looked for.
  struct Wanted: Sendable {
    /// The subscriptions; nil where facts name none, or not as their owner.
    var owners: Set<Int64>?
    /// The event days; nil for every day.
    var days: Set<Int32>?

    func contains(owner: Int64, day: Int32) -> Bool {
      days.map { $0.contains(day) } ?? true && owners.map { $0.contains(owner) } ?? true
    }
  }

  private let wanted: Wanted
  /// The record keys that the delivery owns and that no record before had; nil where no record can be a duplicate.
  private var keys: Set<UInt64>?
  private(set) var entries: [Entry] = []
  /// The facts that the records make, a row each; nil for usage.
  private(set) var facts: FactRows?

  init(_ wanted: Wanted, keys: Set<UInt64>?, kind: FeedKind) {
    self.wanted = wanted
    self.keys = keys
    facts = FactLayout(kind).map { FactRows($0) }
  }

  /// Whether a record with this key counts: the delivery owns the key, and no record before it had it.
  mutating func counts(_ key: UInt64?) -> Bool {
    guard keys != nil, let key else { return true }
    return keys?.remove(max(1, key)) != nil
  }

  /// Takes a record that counts, if it is looked for.
  mutating func take(_ entry: Entry, _ row: RowValues, delivery: Int64) {
    guard wanted.contains(owner: entry.owner, day: entry.day) else { return }
    entries.append(entry)
    facts?.append(row, subscription: entry.owner, day: entry.day, known: entry.known, delivery: delivery)
  }

  /// Says that the entries from a place on were read from a repaired record, which stands at `byte`.
  mutating func markRepaired(from place: Int, byte: Int64) {
    for index in entries.indices.dropFirst(place) {
      entries[index].record.byte = byte
      entries[index].record.isRepaired = true
    }
  }
}

/// Where a record stands in its delivery, and what it adds to daily use.
public struct DeliveryRecord: Sendable, Hashable {
  /// The member's name, where the delivery is an archive.
  public var member: String?
  /// The first physical line of the record, from 1.
  public var line: Int64
  /// Its last one.
  public var lastLine: Int64
  /// The offset of its first byte, within the member or the file as unpacked.
  public var byte: Int64
  /// Whether it was repaired: what counts is the repair, not the bytes there.
  public var isRepaired = false
  /// What it adds to the measures of daily use, in the order of `Dataset.usageMeasures`; empty for every other fact, which is
  /// one record. What records of one session add together stands at the first of them.
  public var measures: [Int64] = []
  /// Whether it is one of the records of a session, which count together.
  public var isOfSession = false
}
