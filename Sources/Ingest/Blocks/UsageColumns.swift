import Calendar
import Vault

/// How the columns of a usage feed are decoded column by column; made once a feed, or not at all.
///
/// Only the usual is here: a CSV feed of kind `usage` whose fields have readings that `PlainDecoder` knows. Any other
/// feed is read row by row.
struct UsageColumns: Sendable {
  /// A number in a unit.
  struct Scaled: Sendable {
    var source: Int
    var numerator: Int64
    var denominator: Int64
  }

  private(set) var number = 0
  private(set) var startedAt = 0
  private(set) var timeFormat = TimestampFormat.iso8601
  /// Flags that every row has, and those that sources say.
  private(set) var flags: (fixed: UsageRow.Flags, columns: [FlagColumn]) = ([], [])
  /// Whether a field says what is international; else it is read off the counterparty's country.
  private(set) var saysInternational = false
  private(set) var duration: Scaled?
  private(set) var down: Scaled?
  private(set) var up: Scaled?
  private(set) var charge: (source: Int, unit: MoneyUnit)?
  private(set) var counterparty: Int?
  private(set) var cell: Int?
  private(set) var recordKey: Int?
  let rule: PlainNumberRule

  /// Takes the decoders of a feed; nil where one of them is not among the usual.
  init?(_ feed: Feed) {
    guard feed.kind == .usage, feed.trailer == nil, !feed.readsRowByRow else { return nil }
    guard feed.recordKey.map({ $0.sources.count == 1 }) ?? true else { return nil }
    switch feed.known {
    case .night, .lag: break
    case .column: return nil
    }
    rule = PlainNumberRule(feed.phoneNumbers)
    recordKey = feed.recordKey?.sources.first
    let names = feed.kind.fields.map(\.name)
    var seen: Set<String> = []
    var flagFields: [FlagField] = []
    for decoder in feed.decoders {
      let name = names[decoder.field]
      seen.insert(name)
      if FlagField.names.contains(name) {
        guard let field = FlagField(decoder, name) else { return nil }
        flagFields.append(field)
      } else {
        guard take(decoder, name) else { return nil }
      }
    }
    guard seen.isSuperset(of: ["number", "started_at", "type"]) else { return nil }
    saysInternational = seen.contains("international")
    guard let flags = FlagField.columns(flagFields) else { return nil }
    self.flags = flags
  }

  private mutating func take(_ decoder: FieldDecoder, _ name: String) -> Bool {
    guard let source = decoder.source, decoder.values.isEmpty, decoder.otherwise == nil else { return false }
    switch (name, decoder.reading) {
    case ("number", .phoneNumber): number = source
    case ("counterparty", .counterparty): counterparty = source
    case ("cell", .cell): cell = source
    case ("started_at", .instant(let format)): (startedAt, timeFormat) = (source, format)
    case ("charge", .money(let unit)): charge = (source, unit)
    case (_, .scaled(let numerator, let denominator)):
      let scaled = Scaled(source: source, numerator: numerator, denominator: denominator)
      switch name {
      case "duration_seconds": duration = scaled
      case "down_bytes": down = scaled
      case "up_bytes": up = scaled
      default: return false
      }
    default: return false
    }
    return true
  }
}
