/// What the parts of one session are worth as daily facts.
///
/// Amounts count on the day of their part: as they are, or, of a counter, by how much it grew since the part before it. A
/// session counts once, on the day of its first part. Both are functions of the set of parts alone, so a night that brings
/// more parts adds the difference between the facts with and without them: the order of arrival does not matter.
enum SessionFacts {
  /// Whose facts, and of which day.
  struct Place: Hashable {
    var owner: Int64
    var day: Int32
  }

  /// A change of the facts.
  struct Change {
    var place: Place
    var known: Int32
    var measures: [Int64]
  }

  /// The facts of the parts of one session, which are in order. O(parts).
  static func facts(_ parts: [SessionPart], counters: SessionRule.Amounts) -> [Place: [Int64]] {
    guard let first = parts.first else { return [:] }
    var facts: [Place: [Int64]] = [:]
    let zero = [Int64](repeating: 0, count: UsageMeasureBytes.measureCount)
    var marks: Int32 = 0
    var readings: [4 of Int64] = [0, 0, 0, 0]
    for part in parts {
      marks |= part.marks
      let amounts = part.amounts
      let isReset = counters.rawValue != 0 && isReset(part, since: readings, counters)
      for index in amounts.indices where part.has(amount: index) {
        var added = amounts[index]
        if counters.rawValue & (1 << Int32(index)) != 0 {
          added -= isReset ? 0 : readings[index]
          readings[index] = amounts[index]
        }
        guard added != 0 else { continue }
        let measure = SessionMeasures.amount(index, isIncoming: part.marks & SessionPart.incomingMark != 0)
        let place = Place(owner: part.owner, day: part.day)
        facts[place, default: zero][measure] = AmountSum.cut(facts[place]?[measure] ?? 0, plus: added)
      }
    }
    marks = marks & ~(1 << Int32(SessionMeasures.night)) | first.marks & (1 << Int32(SessionMeasures.night))
    for measure in SessionMeasures.counts where marks & (1 << Int32(measure)) != 0 {
      facts[Place(owner: first.owner, day: first.day), default: zero][measure] += 1
    }
    return facts
  }

  /// Whether a counter of a part is below its last reading: then all of them began anew at zero.
  private static func isReset(
    _ part: SessionPart, since readings: [4 of Int64], _ counters: SessionRule.Amounts
  ) -> Bool {
    let amounts = part.amounts
    for index in amounts.indices where counters.rawValue & (1 << Int32(index)) != 0 && part.has(amount: index) {
      if amounts[index] < readings[index] { return true }
    }
    return false
  }

  /// What new parts change, given the old ones, as known on each day: after it, the facts known on any day are those of
  /// the parts known by then.
  static func changes(old: [SessionPart], new: [SessionPart], counters: SessionRule.Amounts) -> [Change] {
    guard let start = new.map(\.known).min() else { return [] }
    let olds = old.sorted(by: SessionPart.isOrdered)
    let all = (old + new).sorted(by: SessionPart.isOrdered)
    var changes: [Change] = []
    var counted: [Place: [Int64]] = [:]
    for known in Set(all.map { max($0.known, start) }).sorted() {
      var difference = facts(all.filter { $0.known <= known }, counters: counters)
      let before = facts(olds.filter { $0.known <= known }, counters: counters)
      subtract(before, from: &difference)
      let target = difference
      subtract(counted, from: &difference)
      counted = target
      for place in difference.keys.sorted(by: { ($0.owner, $0.day) < ($1.owner, $1.day) }) {
        guard let measures = difference[place], measures.contains(where: { $0 != 0 }) else { continue }
        changes.append(Change(place: place, known: known, measures: measures))
      }
    }
    return changes
  }

  private static func subtract(_ facts: [Place: [Int64]], from target: inout [Place: [Int64]]) {
    for (place, measures) in facts {
      var values = target[place] ?? Array(repeating: 0, count: measures.count)
      for index in measures.indices { values[index] = AmountSum.cut(values[index], plus: -measures[index]) }
      target[place] = values
    }
  }
}
