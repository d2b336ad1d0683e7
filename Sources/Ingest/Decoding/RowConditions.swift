import Calendar

/// What a feed asks of a row as a whole before its fields are read: forms of columns, and the zone that the row names.
struct RowConditions: Sendable {
  private var checks: [(source: Int, matcher: FieldPatternMatcher)]
  private var zones: RowZones?

  /// Nil where the feed asks nothing.
  init?(_ feed: Feed) {
    guard !feed.checks.isEmpty || feed.zoneColumn != nil else { return nil }
    checks = feed.checks.map { ($0.source, FieldPatternMatcher($0.pattern)) }
    zones = feed.zoneColumn.map { RowZones($0, fallback: feed.zone) }
  }

  /// Throws where the row does not meet the conditions; sets the row's zone.
  mutating func check(
    _ bytes: UnsafeBufferPointer<UInt8>, _ ranges: [Range<Int>], zone: inout ZoneCursor
  ) throws(RowFault) {
    for index in checks.indices {
      let source = checks[index].source
      let field = UnsafeBufferPointer(rebasing: bytes[ranges[source]])
      guard field.count <= FieldPattern.fieldLimit, checks[index].matcher.matches(field) else {
        throw RowFault(
          "wrong-form", source: source, expected: "the form \(checks[index].matcher.pattern.text)",
          "the field has not the form that the feed asks for")
      }
    }
    guard let source = zones?.source else { return }
    guard let found = zones?.zone(UnsafeBufferPointer(rebasing: bytes[ranges[source]])) else {
      throw RowFault(
        "bad-zone", source: source, expected: "an offset such as +02:00, or a name such as Europe/Berlin",
        "the field names no time zone")
    }
    zone = found
  }
}
