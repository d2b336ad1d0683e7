import Calendar
import Ledger
import Randomness
import Vault

/// Where a rejected row stands in its delivery.
struct RowPlace: Sendable, Hashable {
  /// Number of the archive member, from 0.
  var memberIndex: UInt32
  /// Offset of the row's first byte within the member.
  var recordByte: Int64
}

/// The bytes that stand for a rejected row, and the night that brought them: what they say is known since then.
struct Repair: Sendable, Hashable {
  var bytes: [UInt8]
  var night: Day
}

/// All repaired rows of a home: `vault/repairs/date=<night>/<sha256>.sealed`, in the format of sealed rejects.
///
/// Whenever a delivery is read, its repaired rows are read in place of what was delivered; so a repair holds for good, also
/// where the delivery is derived again for another reason.
struct Repairs: Sendable {
  /// The folder below the home.
  static let folder = "vault/repairs"

  private(set) var byDelivery: [SHA256Digest: [RowPlace: Repair]] = [:]

  init() {}

  /// Whether a row of the delivery was repaired.
  func concern(_ delivery: SHA256Digest) -> Bool { byDelivery[delivery] != nil }

  /// Reads the repairs of a state, in the order of the log: of two for one row the later one holds.
  init(_ home: Home, _ state: LiveState, _ key: PseudonymKey) throws {
    let live = Set(state.products(under: Repairs.folder).map(\.name))
    let sealer = SealedRejects(key)
    for entry in state.entries {
      for product in entry.products where live.contains(product.name) {
        add(try sealer.open(SystemCalls.readFile(home.url(product.name))), night: entry.date)
      }
    }
  }

  /// Adds the repairs that a night brought.
  mutating func add(_ rows: [SealedRejects.Row], night: Day) {
    for row in rows {
      byDelivery[row.delivery, default: [:]][row.rowPlace] = Repair(bytes: row.bytes, night: night)
    }
  }
}

extension SealedRejects.Row {
  /// Where the row stands.
  var rowPlace: RowPlace { RowPlace(memberIndex: memberIndex, recordByte: Int64(clamping: recordByte)) }

  /// A digest over place and bytes: what tells one repair from another in a manifest, under the vault's key only.
  func digest(_ key: PseudonymKey) -> SHA256Digest {
    SHA256Digest(
      of: "\(delivery.hex) \(memberIndex) \(recordByte) \(key.recordKeyHash.hash(bytes))")
  }
}
