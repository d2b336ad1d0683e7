import Calendar
import Vault

/// How the columns of a usage feed are decoded column by column; made once a feed, or not at all.
///
/// Only the usual is here: a CSV feed of kind `usage` whose fields have readings that `PlainDecoder` knows. Any other
/// feed is read row by row.
struct UsageColumns: Sendable {
  /// Codes of one enumeration or flag: fixed for all rows, or looked up in a source.
  enum Codes: Sendable {
    case fixed(UInt8)
    case source(Int, ValueTable)
  }

  /// A number in a unit.
  struct Scaled: Sendable {
    var source: Int
    var numerator: Int64
    var denominator: Int64
  }

  /// The code of an enumeration's or flag's missing value: where it is not mapped, or empty.
  static let missing: UInt8 = 0

  private(set) var number = 0
  private(set) var startedAt = 0
  private(set) var timeFormat = TimestampFormat.iso8601
  private(set) var type = Codes.fixed(UsageColumns.missing)
  private(set) var direction = Codes.fixed(UsageColumns.missing)
  private(set) var dropped = Codes.fixed(UsageColumns.missing)
  private(set) var roaming = Codes.fixed(UsageColumns.missing)
  /// Nil where it is read off the counterparty's country.
  private(set) var international: Codes?
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
    for decoder in feed.decoders {
      let name = names[decoder.field]
      seen.insert(name)
      guard take(decoder, name) else { return nil }
    }
    guard seen.isSuperset(of: ["number", "started_at", "type"]) else { return nil }
  }

  private mutating func take(_ decoder: FieldDecoder, _ name: String) -> Bool {
    switch name {
    case "type", "direction", "dropped", "roaming", "international":
      guard let codes = UsageColumns.codes(decoder) else { return false }
      switch name {
      case "type": type = codes
      case "direction": direction = codes
      case "dropped": dropped = codes
      case "roaming": roaming = codes
      default: international = codes
      }
      return true
    default: break
    }
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

  private static func codes(_ decoder: FieldDecoder) -> Codes? {
    func code(_ fixed: FieldDecoder.Fixed) -> UInt8? {
      if let value = fixed.value { return UInt8(exactly: value) }
      return fixed.bytes.isEmpty && !decoder.isRequired ? missing : nil
    }
    if let constant = decoder.constant { return code(constant).map { .fixed($0) } }
    guard let source = decoder.source else { return nil }
    var texts: [(bytes: [UInt8], code: UInt8)] = []
    let isMapped = !decoder.values.isEmpty || decoder.otherwise != nil
    if isMapped {
      for entry in decoder.values {
        guard let code = code(entry.meaning) else { return nil }
        texts.append((entry.delivered, code))
      }
    } else {
      switch decoder.reading {
      case .flag: texts = [("1", 1), ("0", 0), ("true", 1), ("false", 0)].map { (Array($0.0.utf8), $0.1) }
      case .enumeration(let names): texts = names.enumerated().map { ($0.element, UInt8($0.offset)) }
      default: return nil
      }
    }
    var otherwise = ValueTable.unsure
    var empty = decoder.isRequired ? ValueTable.unsure : missing
    if let fallback = decoder.otherwise {
      guard let code = code(fallback) else { return nil }
      (otherwise, empty) = (code, code)
    }
    return ValueTable(texts, empty: empty, otherwise: otherwise).map { .source(source, $0) }
  }
}
