import Calendar

/// Finds the zone of each row, where rows say theirs: an offset, or a name of the zone database.
struct RowZones: Sendable {
  private let column: Feed.ZoneColumn
  private let fallback: ZoneCursor
  /// Zones met so far, and texts that name none.
  private var known: [[UInt8]: ZoneCursor?] = [:]
  private var last: (text: [UInt8], zone: ZoneCursor)?

  /// The most texts that are remembered: real files name a few dozen zones, and a damaged one must not fill the memory.
  private static let limit = 1_000

  init(_ column: Feed.ZoneColumn, fallback: Zone) {
    self.column = column
    self.fallback = ZoneCursor(fallback)
  }

  /// The source of the row's zone.
  var source: Int { column.source }

  /// The zone that a row names; the feed's own where it names none, nil where what it names is none.
  mutating func zone(_ field: UnsafeBufferPointer<UInt8>) -> ZoneCursor? {
    if field.isEmpty { return fallback }
    if let last, last.text.elementsEqual(field) { return last.zone }
    let text = Array(field)
    let zone = known[text] ?? find(text)
    if known.count < RowZones.limit { known.updateValue(zone, forKey: text) }
    if let zone { last = (text, zone) }
    return zone
  }

  private func find(_ text: [UInt8]) -> ZoneCursor? {
    if let zone = column.zones.first(where: { $0.delivered == text })?.zone { return ZoneCursor(zone) }
    guard known.count < RowZones.limit else { return nil }
    return RowZones.zone(named: String(decoding: text, as: UTF8.self)).map { ZoneCursor($0) }
  }

  /// The zone of an offset such as `+02:00` or of a name such as `Europe/Berlin`.
  static func zone(named text: String) -> Zone? {
    let bytes = Array(text.utf8)
    if let seconds = TimestampFormat.offsetSeconds(bytes.span) { return .fixed(offsetSeconds: seconds) }
    return try? Zone.load(text)
  }
}
