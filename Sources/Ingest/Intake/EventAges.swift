import Calendar

/// Rows by how many days their event lies before the night.
struct EventAges: Sendable, Hashable {
  /// A range of ages.
  private struct Band: Sendable {
    var days: ClosedRange<Int>
    /// Its name within that of a count.
    var name: String
    var text: String
  }

  private static let bands = [
    Band(days: .min...(-1), name: "AfterNight", text: "after the night"),
    Band(days: 1...1, name: "1Day", text: "by 1 day"), Band(days: 2...7, name: "2To7Days", text: "by 2 to 7 days"),
    Band(days: 8...28, name: "8To28Days", text: "by 8 to 28 days"),
    Band(days: 29...(.max), name: "Over28Days", text: "by more than 28 days"),
  ]

  private var counts = [Int64](repeating: 0, count: bands.count)

  /// Adds rows of an age; those of the night itself are not late.
  mutating func add(days age: Int, _ count: Int64 = 1) {
    guard let band = EventAges.bands.firstIndex(where: { $0.days.contains(age) }) else { return }
    counts[band] += count
  }

  /// All rows.
  var rowCount: Int64 { counts.reduce(0, +) }

  /// `8 by 1 day, 2 by 8 to 28 days`
  var text: String {
    zip(counts, EventAges.bands).filter { $0.0 > 0 }.map { "\($0) \($1.text)" }.joined(separator: ", ")
  }

  /// The counts that are not zero, as a machine reads them: `late8To28DaysRowCount`.
  func named(_ stem: String) -> [String: Int64] {
    Dictionary(
      uniqueKeysWithValues: zip(counts, EventAges.bands).filter { $0.0 > 0 }.map { ("\(stem)\($1.name)RowCount", $0) })
  }
}

extension EventAges {
  /// Adds the rows of a file that lie out of the window.
  mutating func add(outOfWindow result: FileResult) {
    for reject in result.rejects { if let age = reject.ageDays { add(days: Int(age)) } }
  }

  /// Adds the accepted rows of a file whose events are older than the night; a kind without a window has none.
  ///
  /// Usage stands by day already. O(rows) for other facts.
  mutating func add(late result: FileResult, of feed: Feed, night: Day) {
    guard feed.lateDays != nil else { return }
    func age(_ day: Int32) -> Int { Int(night.rawValue) - Int(day) }
    if feed.sessions != nil {
      for part in result.parts { add(days: age(part.day)) }
    } else if let facts = result.facts {
      for day in facts.eventDays { add(days: age(Int32(truncatingIfNeeded: day))) }
    } else {
      for chunk in result.usage {
        for (index, date) in chunk.dates.enumerated() {
          add(days: age(date.day), Int64(chunk.acceptedCount(ofDate: index)))
        }
      }
    }
  }
}
