import Calendar

/// The format in which nearly all values of a column parse as times, by the parser that will read them.
struct TimeFormatGuess {
  /// The format as a feed names it.
  let format: String
  /// The share of values that parse.
  let share: Double
  /// Another format in which all of them parse too: the sample cannot tell day from month.
  let alternative: String?
  /// The share of values that say their offset from UTC.
  let offsetShare: Double
  /// Offsets in seconds that values say, smallest first.
  let offsets: [Int]
  /// Whether the format has a time of day.
  let hasTime: Bool
  /// The first and the last day.
  let days: ClosedRange<Day>

  /// Formats in the order of preference: of two in which all values parse the first is taken.
  static let formats = [
    "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd", "iso8601", "dd.MM.yyyy HH:mm:ss", "dd.MM.yyyy HH:mm", "dd.MM.yyyy",
    "dd/MM/yyyy HH:mm:ss", "dd/MM/yyyy HH:mm", "dd/MM/yyyy", "MM/dd/yyyy HH:mm:ss", "MM/dd/yyyy HH:mm", "MM/dd/yyyy",
    "yyyy/MM/dd HH:mm:ss", "yyyy/MM/dd HH:mm", "yyyy/MM/dd", "dd-MM-yyyy HH:mm:ss", "dd-MM-yyyy", "MM-dd-yyyy",
    "yyyyMMddHHmmss", "yyyyMMddHHmmssSSS", "yyyyMMdd HHmmss", "yyyyMMdd HH:mm:ss", "yyyyMMdd", "epoch", "epoch-ms",
    "yyyy-MM-dd HH:mm:ss Z", "yyyy-MM-dd HH:mm", "d/M/yyyy H:mm:ss", "d/M/yyyy H:mm", "d/M/yyyy", "M/d/yyyy H:mm:ss",
    "M/d/yyyy H:mm", "M/d/yyyy h:mm:ss a", "M/d/yyyy h:mm a", "M/d/yyyy", "d.M.yyyy H:mm:ss", "d.M.yyyy H:mm",
    "d.M.yyyy",
    "d-MMM-yyyy H:mm:ss", "d-MMM-yyyy", "d MMM yyyy H:mm:ss", "d MMM yyyy", "MMM d, yyyy h:mm a", "MMM d, yyyy",
  ]

  /// Times of these years are taken for times; an epoch number may be any other number.
  private static let plausible = Day.plausible(1970, 2100)
  private static let plausibleEpoch = Day.plausible(1995, 2060)

  /// Looks for the format; nil where no format reads nine in ten values.
  init?(_ values: [[UInt8]: Int]) {
    guard !values.isEmpty else { return nil }
    // Formats are told apart by a few hundred values, spread evenly, as well as by thousands.
    let sorted = values.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    let probe = stride(from: 0, to: sorted.count, by: max(1, sorted.count / 500)).map { sorted[$0] }
    let total = probe.reduce(0) { $0 + $1.value }
    var best: (name: String, share: Double, parsed: [ParsedInstant])?
    var alternative: String?
    for name in Self.formats {
      guard let format = try? TimestampFormat(name) else { continue }
      let range = name.hasPrefix("epoch") ? Self.plausibleEpoch : Self.plausible
      var count = 0
      var parsed: [ParsedInstant] = []
      for (value, times) in probe {
        guard let instant = format.parse(value.span), range.contains(Day(ofSeconds: instant.seconds)) else { continue }
        count += times
        parsed.append(instant)
      }
      let share = Double(count) / Double(total)
      if share >= 0.9, share > best?.share ?? 0 {
        best = (name, share, parsed)
        alternative = nil
      } else if share >= 0.9, share == best?.share, Self.isMirrored(name, best?.name ?? "") {
        alternative = name
      }
    }
    guard let best else { return nil }
    let days = best.parsed.map { Day(ofSeconds: $0.seconds) }
    guard let first = days.min(), let last = days.max() else { return nil }
    format = best.name
    share = best.share
    self.alternative = alternative
    hasTime =
      best.name.contains("mm") || best.name.hasPrefix("epoch")
      || (best.name == "iso8601" && probe.contains { $0.key.count > 10 })
    self.days = first...last
    let stated = best.name == "iso8601" || best.name.hasSuffix("Z") ? probe.compactMap { Self.offset($0.key) } : []
    offsetShare = best.name.hasPrefix("epoch") ? 1 : Double(stated.count) / Double(probe.count)
    offsets = Set(stated).sorted()
  }

  /// Whether two formats differ only in which of the first two numbers is the day.
  private static func isMirrored(_ a: String, _ b: String) -> Bool {
    guard a.hasPrefix("M"), b.hasPrefix("d") else { return false }
    return a == b.replacing("M", with: "#").replacing("d", with: "M").replacing("#", with: "d")
  }

  /// The offset that an ISO 8601 time says, in seconds.
  private static func offset(_ value: [UInt8]) -> Int? {
    guard value.count > 16 else { return nil }
    if value.last == 0x5A { return 0 }
    guard let place = value[16...].lastIndex(where: { $0 == 0x2B || $0 == 0x2D }) else { return nil }
    let digits = value[(place + 1)...].filter { $0 != 0x3A }.map { Int($0) - 0x30 }
    guard digits.count == 2 || digits.count == 4, digits.allSatisfy({ (0...9).contains($0) }) else { return nil }
    let hours = digits[0] * 10 + digits[1]
    let minutes = digits.count == 4 ? digits[2] * 10 + digits[3] : 0
    return (value[place] == 0x2D ? -1 : 1) * (hours * 3_600 + minutes * 60)
  }
}

extension Day {
  /// The days from the first of one year to the last of another.
  fileprivate static func plausible(_ first: Int, _ last: Int) -> ClosedRange<Day> {
    let begin = Day(year: first, month: 1, day: 1) ?? Day(rawValue: 0)
    return begin...(Day(year: last, month: 12, day: 31) ?? begin)
  }
}
