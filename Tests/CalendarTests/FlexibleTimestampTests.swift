import Calendar
import Testing

@Suite struct FlexibleTimestampTests {
  private func parse(_ format: String, _ text: String, pivot: Int? = nil) throws -> ParsedInstant? {
    try TimestampFormat(format, pivot: pivot).parse(Array(text.utf8).span)
  }

  @Test(
    arguments: [
      ("dd/MMM/yy h:mm a", "23/Nov/26 8:15 AM", 2000, 1_795_421_700, false),
      ("dd/MMM/yy h:mm a", "23/nov/26 12:15 am", 2000, 1_795_392_900, false),
      ("dd/MMM/yy h:mm a", "23/NOV/26 12:15 PM", 2000, 1_795_436_100, false),
      ("d.M.yyyy H:m:s", "3.9.2026 8:5:1", nil, 1_788_422_701, false),
      ("d.M.yyyy H:m:s", "23.11.2026 18:15:30", nil, 1_795_457_730, false),
      ("MMMM d, yyyy", "November 23, 2026", nil, 1_795_392_000, false),
      ("EEE, dd MMM yyyy HH:mm:ss Z", "Mon, 23 Nov 2026 08:15:30 +0100", nil, 1_795_418_130, true),
      ("yyyy-MM-dd HH:mm:ss Z", "2026-11-23 08:15:30 Z", nil, 1_795_421_730, true),
      ("yyyy-MM-dd HH:mm:ss Z 'UTC'", "2026-11-23 08:15:30 +0000 UTC", nil, 1_795_421_730, true),
      ("yyMMddHHmmss.SSS", "261123081530.250", 1950, 1_795_421_730, false),
    ] as [(String, String, Int?, Int64, Bool)])
  func `times with parts of no fixed place are read`(
    format: String, text: String, pivot: Int?, seconds: Int64, isUTC: Bool
  ) throws {
    let instant = try #require(try parse(format, text, pivot: pivot))
    #expect(instant.seconds == seconds && instant.isUTC == isUTC)
  }

  @Test(arguments: [
    ("d.M.yyyy", "31.2.2026"), ("d.M.yyyy", "1.13.2026"), ("d.M.yyyy", "1.1.26"), ("d.M.yyyy", ".1.2026"),
    ("d.M.yyyy", "001.1.2026"), ("d.M.yyyy", "1.1.2026 "), ("d.M.yyyy", ""), ("d/MMM/yyyy", "1/Okt/2026"),
    ("d/MMM/yyyy", "1/September/2026"), ("d MMMM yyyy", "1 Sep 2026"), ("d.M.yyyy h:mm a", "1.1.2026 13:00 PM"),
    ("d.M.yyyy h:mm a", "1.1.2026 0:00 AM"), ("d.M.yyyy h:mm a", "1.1.2026 1:00"), ("d.M.yyyy H:mm", "1.1.2026 24:00"),
    ("d.M.yyyy H:mm Z", "1.1.2026 1:00 +1"), ("d.M.yyyy H:mm Z", "1.1.2026 1:00 "),
    ("EEE d.M.yyyy", "Mo 1.1.2026"), ("EEE d.M.yyyy", "Xyz 1.1.2026"),
  ])
  func `what has not the form is no time`(format: String, text: String) throws {
    #expect(try parse(format, text) == nil)
  }

  @Test(arguments: [
    (1970, "69", 2069), (1970, "70", 1970), (1970, "99", 1999), (2000, "00", 2000), (2000, "99", 2099),
    (1926, "26", 1926), (1927, "26", 2026),
  ])
  func `two digits are the first such year from the pivot on`(pivot: Int, year: String, expected: Int) throws {
    let instant = try #require(try parse("dd.MM.yy", "01.01." + year, pivot: pivot))
    let day = try #require(Day(year: expected, month: 1, day: 1))
    #expect(instant.seconds == Int64(day.rawValue) * 86_400)
  }

  @Test(
    arguments: [
      ("dd.MM.yy", nil, "needs 'pivot'"), ("dd.MM.yyyy", 2000, "takes no 'pivot'"), ("d.M", nil, "lacks year"),
      ("d.M.yyyy h:mm", nil, "without AM and PM"), ("d.M.yyyy H:mm a", nil, "without AM and PM"),
      ("d.M.yyyy d", nil, "has a part twice"), ("d.M.yyyy mm", nil, "smaller part"),
      ("d.M.yyyy Z", nil, "offset without a time"),
      ("d.M.yyyy 'x", nil, "open quote"), ("d.M.yyyy Q", nil, "is neither"), ("MMMMM d yyyy", nil, "is neither"),
      ("epoch", 2000, "takes no 'pivot'"),
    ] as [(String, Int?, String)])
  func `a wrong format says what is wrong`(format: String, pivot: Int?, message: String) {
    let error = #expect(throws: CalendarError.self) { try TimestampFormat(format, pivot: pivot) }
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
  }

  @Test func `every day reads back as it was written, in short and long form`() throws {
    let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let short = try TimestampFormat("d-MMM-yy", pivot: 2000)
    let fixed = try TimestampFormat("yyyy-MM-dd")
    let first = try #require(Day("2023-12-30"))
    for offset in 0..<800 {
      let day = first + offset
      let parts = day.description.split(separator: "-").compactMap { Int($0) }
      let text = "\(parts[2])-\(names[parts[1] - 1])-\(parts[0] % 100)"
      #expect(short.parse(Array(text.utf8).span) == fixed.parse(Array(day.description.utf8).span), "\(text)")
    }
  }
}
