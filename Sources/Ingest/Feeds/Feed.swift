import CSV
package import Calendar
import Configuration
import Ledger

/// A feed: what a system of the operator delivers and how it is read (Feeds.md).
package struct Feed: Sendable {
  /// How records stand in a member.
  enum Format: String, CaseIterable, Sendable {
    case csv
    case ndjson
    /// One JSON document with a list of objects in it.
    case json
    /// A mailbox whose messages are the records.
    case mbox
  }

  /// Which part of a record a source is.
  enum Source: Sendable, Hashable {
    /// The column of this name in the header.
    case name([UInt8])
    /// The field at this position, from 0.
    case position(Int)
    /// The column that is the nth of this name in the header, from 1.
    case occurrence(name: [UInt8], Int)
    /// The value at this path of keys; in a mailbox one key, the name of a header field or of a part.
    case path([[UInt8]])

    /// What messages and rejects call it.
    var text: String {
      switch self {
      case .name(let bytes): String(decoding: bytes, as: UTF8.self)
      case .position(let index): String(index + 1)
      case .occurrence(let name, let number): "\(String(decoding: name, as: UTF8.self)) (\(number))"
      case .path(let keys): keys.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ".")
      }
    }
  }

  /// A last row that says how many rows there are, or what their columns add up to.
  struct Trailer: Sendable, Hashable {
    /// The text of its first field.
    var firstField: [UInt8]
    /// The position, from 0, of the count.
    var countField: Int?
    var sums: [TrailerSum] = []
  }

  /// The columns that make a row unique.
  struct RecordKey: Sendable, Hashable {
    /// Indices into `sources`.
    var sources: [Int]
    /// Nights for which a key is remembered.
    var windowDays: Int
  }

  /// The day on which the operator knew.
  enum Known: Sendable, Hashable {
    case night
    /// A source and how it writes days or times.
    case column(source: Int, TimestampFormat)
    case lag(days: Int)
  }

  /// The unique name.
  package let name: String
  /// The kind.
  package let kind: FeedKind
  /// The feed file's path.
  package let path: String
  /// The preset whose keys it takes over, or nil.
  package let preset: FeedPreset?
  /// Pattern on delivered files' names.
  package let files: NameGlob
  /// Pattern on member names.
  let members: NameGlob
  let format: Format
  /// How text is written; nil for UTF-8, or UTF-16 where a byte-order mark says so.
  let encoding: TextEncoding?
  let dialect: Dialect
  let textForm: TextForm
  /// Where the list of records is in a JSON document; empty where it is the document.
  let recordsPath: [[UInt8]]
  /// How a mailbox protects its messages from each other.
  let mailboxVariant: MailboxReader.Variant
  let trailer: Trailer?
  /// The zone of local times and civil days.
  package let zone: Zone
  /// Where each row says its own zone, how; nil where none does.
  let zoneColumn: ZoneColumn?
  let phoneNumbers: PhoneNumberRule
  /// The parts of a record that are read, each once.
  let sources: [Source]
  /// One decoder a mapped canonical field.
  let decoders: [FieldDecoder]
  let checks: [FieldCheck]
  let leftOut: [RowFilter]
  let served: ServedRule?
  /// The words by which texts of tickets show what customers are after.
  let intents: TextIntents
  let recordKey: RecordKey?
  let calendar: DeliveryCalendar
  let known: Known
  /// The oldest age of an event in days; nil where there is no limit.
  let lateDays: Int?
  let rejectThreshold: Double
  let limits: FeedLimits
  /// How rows make up sessions; nil where each stands for itself.
  let sessions: SessionRule?
  /// Where consecutive numbers stand; nil where none are checked.
  let sequence: SequenceRule?
  /// How its deliveries are kept.
  let keep: DeliveryKeeping

  /// `late-days` unless the feed says otherwise.
  static let usualLateDays = 35

  /// Whether rows can only be read one after the other, because the feed asks for what reading by columns does not know.
  ///
  /// A member that begins with a byte-order mark of UTF-16 (`TextEncoding.mark`) is read so too, whatever the feed.
  var readsRowByRow: Bool { limits.limitsRecords || sessions != nil || sequence != nil || hasRowOptions }

  /// The position of a canonical field among the kind's fields, or nil where the kind has none of that name.
  static func index(of field: String, in kind: FeedKind) -> Int? { kind.fields.firstIndex { $0.name == field } }

  /// Whether a canonical field is mapped.
  func maps(_ field: String) -> Bool {
    guard let index = Feed.index(of: field, in: kind) else { return false }
    return decoders.contains { $0.field == index }
  }

  /// The fact families whose days its deliveries complete. A history of daily sums says nothing of counterparties and cells,
  /// so days that it alone covers are unknown there.
  var families: [String] {
    guard kind == .usage else { return [kind.family] }
    let saysParties = maps("counterparty") || maps("caller")
    return [kind.family] + (saysParties ? ["counterparties"] : []) + (maps("cell") ? ["cells"] : [])
  }
}
