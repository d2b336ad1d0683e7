import Calendar
import Columns
import Datasets
import Ledger

/// The contacts of a pack as rows of `facts/contacts`.
///
/// A contact happens, and is known, on the day after the night that decided on it. So no twin or decision of that same
/// night, made again, can see what it caused itself.
struct ContactLedger: Sendable {
  /// What makes two rows the same contact.
  struct Identity: Hashable {
    var person: Int64
    var channel: String
    var offer: String?
  }

  let night: Day
  let window: ContactWindow
  /// First 63 bits of the pack's digest.
  let delivery: Int64

  init(night: Day, window: ContactWindow, pack: CampaignPack) {
    self.night = night
    self.window = window
    delivery = pack.digest.head63
  }

  /// The day of the contacts.
  var date: Day { night + 1 }

  /// The rows of contacts that are not in `recorded`, by person.
  func table(_ contacts: [PlannedContact], except recorded: Set<Identity>) -> Table {
    let rows = contacts.filter {
      !recorded.contains(Identity(person: $0.person, channel: $0.channel, offer: $0.offer))
    }.sorted { $0.person < $1.person }
    func all<Value: Sendable & Hashable>(_ value: Value) -> TypedColumn<Value> {
      TypedColumn([Value](repeating: value, count: rows.count))
    }
    return Table(
      Dataset.contacts.schema,
      [
        .int64(TypedColumn(rows.map(\.person))), .date(all(date.rawValue)), .date(all(date.rawValue)),
        .int64(all(delivery)), .int64(TypedColumn(rows.map(\.subscription))),
        .timestamp(all(window.from * 1_000_000)), .string(TypedColumn(rows.map(\.channel))),
        .string(TypedColumn(rows.map(\.campaign))), .string(TypedColumn(rows.map(\.offer))),
        .string(TypedColumn(optionals: rows.map { _ in nil }, placeholder: "")),
      ])
  }

  /// The contacts that tables of `facts/contacts` hold.
  static func identities(_ tables: [Table]) throws -> Set<Identity> {
    var found: Set<Identity> = []
    for table in tables {
      let persons = try table.int64("person_id").values
      let channels = try table.string("channel").values
      let offers = try table.string("offer")
      for row in 0..<table.rowCount {
        found.insert(Identity(person: persons[row], channel: channels[row], offer: offers[row]))
      }
    }
    return found
  }
}
