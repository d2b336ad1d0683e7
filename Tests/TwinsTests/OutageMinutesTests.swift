import Calendar
import Columns
import Datasets
import Testing
import Twins

@Suite struct OutageMinutesTests {
  private static let asOf = Day("2026-11-22")!
  private let moment = TwinMoment(asOf: asOf, knownBy: asOf)

  /// An outage of cell 7; ages are days before the as-of day, of a beginning, an end and the night that knew.
  private struct Outage {
    var age: Int
    var start: Int
    var end: (age: Int, minute: Int)?
    var id: Int64?
    var knownAge = 0
    var cell: Int64 = 7
  }

  private func table(_ outages: [Outage]) -> Table {
    RandomFacts.table(
      Dataset.outages.schema,
      outages.enumerated().map { place, outage in
        func day(_ age: Int) -> NaiveTwin.Value { .whole(Int64(Self.asOf.rawValue) - Int64(age)) }
        var row: RandomFacts.Row = [
          "cell_hash": .whole(outage.cell), "event_date": day(outage.age), "known_date": day(outage.knownAge),
          "delivery_id": .whole(Int64(place)), "start_minute": .whole(Int64(outage.start)),
        ]
        row["outage_id"] = outage.id.map { .whole($0) }
        if let end = outage.end {
          row["end_date"] = day(end.age)
          row["end_minute"] = .whole(Int64(end.minute))
        }
        return row
      })
  }

  /// The minutes of cell 7 by age, the as-of day first, without days that have none after the last one.
  private func minutes(_ outages: [Outage], at moment: TwinMoment? = nil) throws -> [Int64] {
    let minutes = try OutageMinutes(table(outages), at: moment ?? self.moment)
    var days = (0..<28).map { minutes.minutes(of: 7, age: $0) }
    while days.last == 0 { days.removeLast() }
    return days
  }

  @Test func `an outage over midnight is cut there, and a whole day has 1,440 minutes`() throws {
    #expect(try minutes([Outage(age: 3, start: 1_400, end: (1, 25))]) == [0, 25, 1_440, 40])
    #expect(try minutes([Outage(age: 1, start: 0, end: (0, 0))]) == [0, 1_440])
    #expect(try minutes([Outage(age: 0, start: 1_439, end: (-1, 0))]) == [1])
  }

  @Test func `outages that overlap count once, those of other cells not at all`() throws {
    let outages = [
      Outage(age: 1, start: 100, end: (1, 200), id: 1), Outage(age: 1, start: 150, end: (1, 300), id: 2),
      Outage(age: 1, start: 110, end: (1, 120)), Outage(age: 1, start: 300, end: (1, 310), id: 3),
      Outage(age: 2, start: 0, end: (0, 1_440), id: 4, cell: 8),
    ]
    #expect(try minutes(outages) == [0, 210])
    #expect(try minutes(outages.reversed()) == [0, 210])
  }

  @Test func `an open outage lasts to the end of the day, until its end is known`() throws {
    let open = Outage(age: 2, start: 1_000, id: 1, knownAge: 2)
    let closed = Outage(age: 2, start: 1_000, end: (1, 60), id: 1, knownAge: 0)
    #expect(try minutes([open]) == [1_440, 1_440, 440])
    #expect(try minutes([open, closed]) == [0, 60, 440])
    let yesterday = TwinMoment(asOf: Self.asOf - 1, knownBy: Self.asOf - 1)
    #expect(try minutes([open, closed], at: yesterday) == [1_440, 440])
    // The day before, as known now.
    #expect(try minutes([open, closed], at: TwinMoment(asOf: Self.asOf - 1, knownBy: Self.asOf)) == [60, 440])
  }

  @Test func `the newest row of an outage replaces the others, whatever they said`() throws {
    let first = Outage(age: 5, start: 0, end: (1, 1_440), id: 1, knownAge: 1)
    let corrected = Outage(age: 4, start: 600, end: (4, 660), id: 1, knownAge: 0)
    #expect(try minutes([first, corrected]) == [0, 0, 0, 0, 60])
    #expect(try minutes([corrected, first]) == [0, 0, 0, 0, 60])
    // Without an id the beginning says which outage it is.
    let open = Outage(age: 1, start: 30, knownAge: 1)
    #expect(try minutes([open, Outage(age: 1, start: 30, end: (1, 40))]) == [0, 10])
    #expect(try minutes([open, Outage(age: 1, start: 31, end: (1, 40))]) == [1_440, 1_410])
  }

  @Test func `rows out of all reason neither stop nor fill a twin`() throws {
    // An end before the beginning, ends beyond the calendar, beginnings after the day, and minutes that no day has.
    #expect(try minutes([Outage(age: 1, start: 600, end: (3, 0))]) == [])
    #expect(try minutes([Outage(age: 1, start: 600, end: (-2_900_000, 0))]) == [1_440, 840])
    #expect(try minutes([Outage(age: -1, start: 600, end: (-2, 0))]) == [])
    #expect(try minutes([Outage(age: 1, start: 2_000_000_000, end: (0, 2_000_000_000))]) == [])
    #expect(try minutes([Outage(age: 1, start: 600, end: (0, 2_000_000_000))]) == [1_440, 840])
    #expect(try minutes([Outage(age: 1, start: -2_000_000_000, end: (1, 10))]).count == 28)
  }

  @Test func `an outage counts for 91 days from the day of its beginning`() throws {
    #expect(try minutes([Outage(age: 400, start: 0, end: (0, 0))]) == [])
    #expect(try minutes([Outage(age: 400, start: 0)]) == [])
    // Of its 91 days the last is the one before yesterday.
    #expect(try minutes([Outage(age: 92, start: 5)]) == [0, 0] + [Int64](repeating: 1_440, count: 26))
  }
}
