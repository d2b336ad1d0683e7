import CSV
public import Calendar
public import Configuration

/// What an operator sets for the lists: `Pipelines/export.yaml`.
public struct ExportSettings: Sendable, Hashable {
  /// The time zone of the contact window.
  public var zone: Zone
  /// The first minute of the day after the night at which a contact may be made, on the local clock.
  public var fromMinute: Int
  /// The minute from which no contact may be made any more.
  public var toMinute: Int
  /// Whether records end with CRLF rather than LF.
  public var endsWithCarriageReturn: Bool

  /// Makes settings.
  public init(zone: Zone, fromMinute: Int, toMinute: Int, endsWithCarriageReturn: Bool = true) {
    self.zone = zone
    self.fromMinute = fromMinute
    self.toMinute = toMinute
    self.endsWithCarriageReturn = endsWithCarriageReturn
  }

  /// Reads settings; throws everything that is wrong with the file at once.
  public static func read(_ document: ConfigurationDocument) throws(ConfigurationError) -> ExportSettings {
    let reader = document.reader()
    var zone = Zone.utc
    let zoneName = reader.string("zone")
    do throws(CalendarError) {
      if reader.has("zone") { zone = try Zone.load(zoneName) }
    } catch {
      reader.report("zone", error.message)
    }
    let window = reader.mapping("contact-window") { child in
      let from = minute("from", child)
      let to = minute("to", child)
      if let from, let to, from >= to { child.report("to", "the window must end after it begins, on the same day") }
      return (from: from ?? 0, to: to ?? 0)
    }
    let lineEnd = reader.enumeration("line-end", of: ["crlf", "lf"], default: "crlf")
    try reader.finish()
    return ExportSettings(
      zone: zone, fromMinute: window?.from ?? 0, toMinute: window?.to ?? 0, endsWithCarriageReturn: lineEnd == "crlf")
  }

  /// Reads a time of day as minutes since midnight, up to 24:00.
  private static func minute(_ key: String, _ reader: NodeReader) -> Int? {
    let parts = reader.string(key).split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }), let hour = Int(parts[0]),
      let minute = Int(parts[1]), (0...59).contains(minute), (0...24 * 60).contains(hour * 60 + minute)
    else {
      if reader.has(key) { reader.report(key, "a time of day is written as \"09:00\"") }
      return nil
    }
    return hour * 60 + minute
  }

  var lineEnd: RecordWriter.LineEnd { endsWithCarriageReturn ? .carriageReturnLineFeed : .lineFeed }

  /// The contact window that belongs to a night: on the day after it, in seconds of UTC.
  func window(after night: Day) -> ContactWindow {
    let midnight = Int64((night + 1).rawValue) * 86_400
    return ContactWindow(
      zone: zone, from: zone.utcSeconds(ofLocal: midnight + Int64(fromMinute) * 60),
      to: zone.utcSeconds(ofLocal: midnight + Int64(toMinute) * 60))
  }
}

/// When contacts may be made.
struct ContactWindow: Sendable {
  let zone: Zone
  /// Seconds of UTC.
  let from: Int64
  /// Seconds of UTC; no contact from here on.
  let to: Int64

  /// An instant on the local clock with its offset: `2026-11-23T09:00:00+01:00`.
  func text(_ utcSeconds: Int64) -> String {
    let offset = Int64(zone.offsetSeconds(atUTC: utcSeconds))
    let local = utcSeconds + offset
    let day = Day(ofSeconds: local)
    let second = local - Int64(day.rawValue) * 86_400
    func two(_ value: Int64) -> String { (value < 10 ? "0" : "") + String(value) }
    let sign = offset < 0 ? "-" : "+"
    return "\(day)T\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))"
      + "\(sign)\(two(abs(offset) / 3600)):\(two(abs(offset) / 60 % 60))"
  }
}
