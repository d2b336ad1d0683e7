import Calendar
import Vault

/// Turns the bytes of one source into the value of one canonical field.
struct FieldDecoder: Sendable, Hashable {
  /// How bytes are read once a value map has had its say.
  enum Reading: Sendable, Hashable {
    case phoneNumber
    case key(PseudonymKey.Domain)
    case counterparty
    /// A party of which a rule says later whether it is served or the counterparty.
    case party
    case cell
    case day(TimestampFormat)
    case instant(TimestampFormat)
    /// Whole numbers of `numerator / denominator` units.
    case scaled(numerator: Int64, denominator: Int64)
    /// Durations written in parts.
    case parts(DurationForm)
    case money(MoneyUnit)
    case flag
    case smallNumber(ClosedRange<Int64>)
    case enumeration([[UInt8]])
    case text
    case languageTag
    case textLength

    /// Whether one column does not say all, or not in one number.
    var isPartwise: Bool {
      switch self {
      case .party, .parts: true
      default: false
      }
    }
  }

  /// A value known when the feed is loaded.
  struct Fixed: Sendable, Hashable {
    /// The text as a source would give it.
    var bytes: [UInt8]
    /// The value of a flag, an enumeration or a number; bytes of other readings are read each time.
    var value: Int64?
  }

  /// Index among the kind's canonical fields.
  var field: Int
  /// Index among the feed's sources; nil for a constant.
  var source: Int?
  var reading: Reading
  var isRequired: Bool
  /// What happens to the bytes before they are read, or nil.
  var preparation: FieldPreparation?
  /// Delivered text and what it means.
  var values: [(delivered: [UInt8], meaning: Fixed)]
  /// What everything else means.
  var otherwise: Fixed?
  var constant: Fixed?

  /// The most bytes of a text that is kept.
  static let textLimit = 200

  static func == (a: FieldDecoder, b: FieldDecoder) -> Bool {
    a.field == b.field && a.source == b.source && a.reading == b.reading && a.otherwise == b.otherwise
      && a.preparation == b.preparation
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(field)
    hasher.combine(source)
    hasher.combine(reading)
  }
}

/// Why a row could not be taken.
struct RowFault: Error, Hashable {
  /// Code of the reject (Feeds.md).
  var code: String
  /// Index among the feed's sources of the field to blame, if one is.
  var source: Int?
  /// What would have been right.
  var expected: String?
  /// One sentence; never a value.
  var message: String
  /// The index in the record's bytes to blame, where it is not the beginning of a field.
  var byteInRecord: Int?
  /// The number and the instant of a row whose number nobody owned; for the vault alone.
  var unowned: Unowned?
  /// Days by which the event lies before the night, of a row out of the window.
  var ageDays: Int32?

  /// A number that nobody owned at an instant, in seconds of UTC.
  struct Unowned: Hashable {
    var number: UInt64
    var instant: Int64
  }

  init(_ code: String, source: Int? = nil, expected: String? = nil, _ message: String) {
    self.code = code
    self.source = source
    self.expected = expected
    self.message = message
  }
}

/// The values of one row, by canonical field.
struct RowValues {
  /// Bit i: whether field i has a value.
  var present: UInt64 = 0
  /// Identifiers, day numbers, microseconds of UTC, counts, 1/10,000, flags (0, 1), indices of enumerations, lengths.
  var values: [Int64]
  /// Local seconds of instants and days.
  var localSeconds: [Int64]
  /// Texts.
  var texts: [String]
  /// What is kept of the text whose length a field gives.
  var signals = TextSignals()

  init(fieldCount: Int) {
    values = Array(repeating: 0, count: fieldCount)
    localSeconds = values
    texts = Array(repeating: "", count: fieldCount)
  }

  @inline(__always)
  func has(_ field: Int) -> Bool { present & (1 << UInt64(field)) != 0 }

  /// Gives a field its value.
  @inline(__always)
  mutating func set(_ field: Int, _ value: Int64) {
    values[field] = value
    present |= 1 << UInt64(field)
  }

  /// The value of a field, or nil where it is missing.
  @inline(__always)
  subscript(field: Int) -> Int64? { has(field) ? values[field] : nil }

  /// The value of a field that may not be mapped at all.
  @inline(__always)
  subscript(field: Int?) -> Int64? { field.flatMap { self[$0] } }
}
