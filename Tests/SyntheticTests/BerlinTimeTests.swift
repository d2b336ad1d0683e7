import Calendar
import Synthetic
import Testing

@Suite struct BerlinTimeTests {
  // Computed with the system's zone data: date -d 'TZ="Europe/Berlin" …' +%s
  @Test(arguments: [
    ("2026-11-22", 43_200, 1_795_345_200), ("2026-07-01", 0, 1_782_856_800), ("2026-03-29", 7_199, 1_774_745_999),
    ("2026-03-29", 10_800, 1_774_746_000), ("2026-10-25", 7_199, 1_792_886_399), ("2026-10-25", 10_800, 1_792_893_600),
  ])
  func `local time is epoch time by the union's rule`(day: String, second: Int, epoch: Int) throws {
    #expect(BerlinTime.epochSeconds(try #require(Day(day)), second: second) == epoch)
  }

  @Test func `the clock changes on two Sundays of a year`() throws {
    let first = try #require(Day("2026-01-01"))
    let days = (0..<365).map { first + $0 }.filter(BerlinTime.isChangeDay)
    #expect(days.map(\.description) == ["2026-03-29", "2026-10-25"])
  }
}
