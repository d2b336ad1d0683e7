import Calendar

/// When a feed's deliveries are expected and which days each one covers: it tells a missing file from a silent customer.
struct DeliveryCalendar: Sendable, Hashable {
  /// What a delivery covers.
  enum Cover: Sendable, Hashable {
    /// The day that the group `date` of this pattern finds in the file's name.
    case fileName(pattern: String)
    /// Each day that an accepted row has.
    case rows
    /// All days from the first to the last that accepted rows have; the group `through` or `before` of the pattern, if
    /// there is one, finds the last day, or the first one beyond it, in the file's name.
    case range(pattern: String?)
  }

  /// Whether a delivery is expected for every day.
  var isDaily = false
  /// What a delivery covers; nil where it completes no window.
  var cover: Cover?
  /// The first day on which a delivery is expected.
  var from: Day?
  /// The last day on which a delivery is expected.
  var to: Day?

  /// The day that `pattern` finds in a name; nil where there is none, or where it is no day.
  static func day(in name: String, pattern: String, group: String = "date") -> Day? {
    guard let expression = try? Regex(pattern), let match = try? expression.firstMatch(in: name),
      let found = match[group]?.substring
    else { return nil }
    if found.utf8.count == 8 {
      return Day("\(found.prefix(4))-\(found.dropFirst(4).prefix(2))-\(found.dropFirst(6))")
    }
    return Day(found)
  }

  /// The day that a file's name says it covers; nil where names do not say so.
  func day(named name: String) -> Day? {
    guard case .fileName(let pattern) = cover else { return nil }
    return DeliveryCalendar.day(in: name, pattern: pattern)
  }

  /// Whether `pattern` is a regular expression with one of these groups.
  static func isSound(pattern: String, groups: [String]) -> Bool {
    groups.contains { pattern.contains("(?<\($0)>") } && (try? Regex(pattern)) != nil
  }

  /// The days that a delivery covers: by its name, or by the days that its accepted rows have.
  func coveredDays(fileName: String, rowDays: Set<Int32>) -> [Day] {
    switch cover {
    case nil: return []
    case .fileName: return day(named: fileName).map { [$0] } ?? []
    case .rows: return rowDays.sorted().map { Day(rawValue: $0) }
    case .range(let pattern):
      guard let first = rowDays.min(), var last = rowDays.max() else { return [] }
      if let pattern {
        let before = DeliveryCalendar.day(in: fileName, pattern: pattern, group: "before").map { $0 - 1 }
        let through = before ?? DeliveryCalendar.day(in: fileName, pattern: pattern, group: "through")
        last = max(last, through?.rawValue ?? last)
      }
      return (first...last).map { Day(rawValue: $0) }
    }
  }

  /// Whether a delivery is due for `day`, where `firstCovered` is the first day that the feed ever covered.
  func expects(_ day: Day, firstCovered: Day?) -> Bool {
    guard isDaily, let start = from ?? firstCovered else { return false }
    return start <= day && day <= to ?? day
  }
}
