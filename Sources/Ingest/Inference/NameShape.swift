import Calendar

/// What stays the same in the names of one system's files: text stays, runs of digits (a day, an hour, a number) do not.
struct NameShape {
  /// A pattern for `files` and `members`.
  let pattern: String
  /// The days that a name says, by a regular expression with the group `date`; nil where it says none.
  let datePattern: String?
  /// The day in the name at hand.
  let date: String?
  /// The text before the first run of digits, made a feed's name.
  let feedName: String

  /// Looks at a name.
  init(_ name: String) {
    var pattern = ""
    var before = ""
    var expression: String?
    var date: String?
    var feedName = ""
    var rest = Substring(name)
    while let character = rest.first {
      guard NameShape.isDigit(character) else {
        // What a pattern would take for more than the character is matched by any one.
        pattern.append("*?[]".contains(character) ? "?" : character)
        before.append(character)
        rest.removeFirst()
        continue
      }
      if let day = NameShape.day(rest), date == nil {
        // The text right before the day is enough to find it again.
        let anchor = NameShape.escaped(String(before.reversed().prefix { !NameShape.isDigit($0) }.reversed()))
        let digits = day.count == 10 ? "[0-9]{4}-[0-9]{2}-[0-9]{2}" : "[0-9]{8}"
        expression = "\(anchor)(?<date>\(digits))"
        date = day.count == 10 ? day : "\(day.prefix(4))-\(day.dropFirst(4).prefix(2))-\(day.dropFirst(6))"
        before += day
        rest = rest.dropFirst(day.count)
      } else {
        let run = rest.prefix { NameShape.isDigit($0) }
        before += run
        rest = rest.dropFirst(run.count)
      }
      if pattern.last != "*" { pattern.append("*") }
      if feedName.isEmpty { feedName = before.filter { !NameShape.isDigit($0) } }
    }
    self.pattern = pattern
    datePattern = expression
    self.date = date
    if feedName.isEmpty { feedName = String(name.prefix { $0 != "." }) }
    let sound = feedName.lowercased().map { character -> Character in
      character.isASCII && (character.isLetter || character == "-" || character == "_") ? character : "-"
    }
    let trimmed = String(sound).split { $0 == "-" || $0 == "_" }.joined(separator: "-")
    self.feedName = trimmed.isEmpty ? "feed" : trimmed
  }

  private static func isDigit(_ character: Character) -> Bool { character.isASCII && character.isNumber }

  /// The day with which a text begins, `2026-11-22` or `20261122`; nil where it begins with none of this century.
  private static func day(_ text: Substring) -> String? {
    for count in [10, 8] {
      let candidate = String(text.prefix(count))
      let rest = text.dropFirst(count)
      guard candidate.count == count, candidate.hasPrefix("20") else { continue }
      // Fourteen digits are a day and a time; nine are something else.
      if count == 8, let next = rest.first, isDigit(next), rest.prefix(6).filter(isDigit).count < 4 { continue }
      let dashed =
        count == 10 ? candidate : "\(candidate.prefix(4))-\(candidate.dropFirst(4).prefix(2))-\(candidate.dropFirst(6))"
      if isDay(dashed) { return candidate }
    }
    return nil
  }

  private static func isDay(_ text: String) -> Bool { Day(text) != nil }

  /// A text as a regular expression that matches it alone.
  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      if "\\^$.|?*+()[]{}".contains(character) { result.append("\\") }
      result.append(character)
    }
  }
}
