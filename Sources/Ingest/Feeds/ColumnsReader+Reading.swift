import Calendar
import Configuration

// What the bytes of a column mean, by the field's type, unit and format.
extension ColumnsReader {
  func reading(
    of field: CanonicalField, unit: String?, format: String?, _ reader: NodeReader
  ) -> FieldDecoder.Reading? {
    func chosen<Value>(_ units: [(String, Value)]) -> Value? {
      guard let unit else { return units[0].1 }
      if let found = units.first(where: { $0.0 == unit }) { return found.1 }
      reader.report("unit", "'unit' of '\(field.name)' must be one of \(units.map(\.0).joined(separator: ", "))")
      return nil
    }
    let pivot = reader.optionalInt("pivot", in: 1...9_900)
    func time(_ fallback: TimestampFormat) -> TimestampFormat? {
      guard format != nil || pivot != nil else { return fallback }
      do throws(CalendarError) { return try TimestampFormat(format ?? "iso8601", pivot: pivot) } catch {
        reader.report("format", error.message)
        return nil
      }
    }
    let hasUnit: Bool
    let hasFormat: Bool
    let reading: FieldDecoder.Reading?
    switch field.type {
    case .duration:
      (hasUnit, hasFormat) = (true, false)
      reading = chosen([
        ("s", .scaled(numerator: 1, denominator: 1)), ("ms", .scaled(numerator: 1, denominator: 1_000)),
        ("us", .scaled(numerator: 1, denominator: 1_000_000)),
        ("ns", .scaled(numerator: 1, denominator: 1_000_000_000)),
        ("min", .scaled(numerator: 60, denominator: 1)), ("h", .scaled(numerator: 3_600, denominator: 1)),
        ("hh:mm:ss", .parts(.clock)), ("go", .parts(.go)),
      ])
    case .volume:
      (hasUnit, hasFormat) = (true, false)
      reading = chosen([
        ("B", 1), ("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("KiB", 1 << 10), ("MiB", 1 << 20),
        ("GiB", 1 << 30),
      ]).map { .scaled(numerator: $0, denominator: 1) }
    case .money:
      (hasUnit, hasFormat) = (true, false)
      reading = chosen([("1", .currency), ("cents", .cents), ("e4", .tenThousandths)]).map { .money($0) }
    case .day:
      (hasUnit, hasFormat) = (false, true)
      reading = time(.isoDate).map { .day($0) }
    case .instant:
      (hasUnit, hasFormat) = (false, true)
      reading = time(.iso8601).map { .instant($0) }
    case .count: (hasUnit, hasFormat, reading) = (false, false, .scaled(numerator: 1, denominator: 1))
    case .phoneNumber: (hasUnit, hasFormat, reading) = (false, false, .phoneNumber)
    case .key(let domain): (hasUnit, hasFormat, reading) = (false, false, .key(domain))
    case .counterparty: (hasUnit, hasFormat, reading) = (false, false, .counterparty)
    case .party: (hasUnit, hasFormat, reading) = (false, false, .party)
    case .cell: (hasUnit, hasFormat, reading) = (false, false, .cell)
    case .flag: (hasUnit, hasFormat, reading) = (false, false, .flag)
    case .smallNumber(let range): (hasUnit, hasFormat, reading) = (false, false, .smallNumber(range))
    case .enumeration(let names):
      (hasUnit, hasFormat, reading) = (false, false, .enumeration(names.map { Array($0.utf8) }))
    case .text: (hasUnit, hasFormat, reading) = (false, false, .text)
    case .languageTag: (hasUnit, hasFormat, reading) = (false, false, .languageTag)
    case .textLength: (hasUnit, hasFormat, reading) = (false, false, .textLength)
    case .recordKey: (hasUnit, hasFormat, reading) = (false, false, nil)
    }
    if unit != nil, !hasUnit { reader.report("unit", "'\(field.name)' has no unit") }
    if format != nil, !hasFormat { reader.report("format", "'\(field.name)' is no time") }
    if pivot != nil, !hasFormat { reader.report("pivot", "'\(field.name)' is no time") }
    return reading
  }
}
