import Calendar
import Testing

@Suite struct TimestampFormatTests {
  private func parse(_ format: String, _ text: String) throws -> ParsedInstant? {
    try TimestampFormat(format).parse(Array(text.utf8).span)
  }

  @Test(
    arguments: [
      ("yyyy-MM-dd HH:mm:ss", "2026-11-23 08:15:30", 1_795_421_730, 0, false),
      ("dd.MM.yyyy HH:mm:ss", "23.11.2026 08:15:30", 1_795_421_730, 0, false),
      ("yyyyMMddHHmmss", "20261123081530", 1_795_421_730, 0, false),
      ("yyyyMMddHHmmssSSS", "20261123081530250", 1_795_421_730, 250_000, false),
      ("yyyy-MM-dd'T'HH:mm", "2026-11-23T08:15", 1_795_421_700, 0, false),
      ("yyyy-MM-dd", "2026-11-23", 1_795_392_000, 0, false),
      ("epoch", "1795421730", 1_795_421_730, 0, true), ("epoch", "1795421730.5", 1_795_421_730, 500_000, true),
      ("epoch", "-1.25", -2, 750_000, true), ("epoch-ms", "1795421730250", 1_795_421_730, 250_000, true),
      ("iso8601", "2026-11-23", 1_795_392_000, 0, false), ("iso8601", "2026-11-23T08:15:30", 1_795_421_730, 0, false),
      ("iso8601", "2026-11-23 08:15:30.1234567Z", 1_795_421_730, 123_456, true),
      ("iso8601", "2026-11-23T08:15:30+01:00", 1_795_418_130, 0, true),
      ("iso8601", "2026-11-23T08:15:30-0530", 1_795_441_530, 0, true),
      ("iso8601", "2026-11-23T08:15+02", 1_795_414_500, 0, true),
    ] as [(String, String, Int64, Int32, Bool)])
  func `times of every form are read`(
    format: String, text: String, seconds: Int64, microseconds: Int32, isUTC: Bool
  ) throws {
    #expect(
      try parse(format, text) == ParsedInstant(seconds: seconds, microseconds: microseconds, isUTC: isUTC))
  }

  @Test(arguments: [
    ("yyyy-MM-dd", "2026-02-29"), ("yyyy-MM-dd", "2026-1-01"), ("yyyy-MM-dd", " 2026-01-01"),
    ("yyyy-MM-dd", "2026-01-01 "), ("yyyy-MM-dd", "2026/01/01"), ("yyyy-MM-dd", ""), ("yyyy-MM-dd", "2026-01-0:"),
    ("yyyy-MM-dd HH:mm:ss", "2026-01-01 24:00:00"), ("yyyy-MM-dd HH:mm:ss", "2026-01-01 23:60:00"),
    ("yyyy-MM-dd HH:mm:ss", "2026-01-01 23:59:60"), ("yyyy-MM-dd HH:mm:ss", "2026-01-01T23:59:59"),
    ("epoch", ""), ("epoch", "-"), ("epoch", "12x"), ("epoch", "1."), ("epoch", "99999999999999999999"),
    ("epoch-ms", "1.5"), ("iso8601", "2026-11-23T"), ("iso8601", "2026-11-23T08"), ("iso8601", "2026-11-23T08:15:"),
    ("iso8601", "2026-11-23T08:15:30."), ("iso8601", "2026-11-23T08:15:30+1"), ("iso8601", "2026-11-23T08:15:30z"),
    ("iso8601", "2026-11-23T08:15:30+25:00"), ("iso8601", "2026-11-23T08:15:30Z "),
  ])
  func `anything but the exact form is nil`(format: String, text: String) throws {
    #expect(try parse(format, text) == nil)
  }

  @Test(arguments: ["", "yy-MM-dd", "yyyy-MM", "yyyy-MM-dd mm", "yyyy-MM-dd yyyy", "yyyy-MM-dd'T", "isodate", "Unix"])
  func `a format that is none is refused`(text: String) {
    #expect(throws: CalendarError.self) { try TimestampFormat(text) }
  }

  @Test func `every second field of a day is read as itself`() throws {
    let format = try TimestampFormat("HH:mm:ss yyyy-MM-dd")
    for second in stride(from: 0, to: 86_400, by: 37) {
      func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
      let text = "\(two(second / 3_600)):\(two(second / 60 % 60)):\(two(second % 60)) 1970-01-01"
      #expect(format.parse(Array(text.utf8).span)?.seconds == Int64(second))
    }
  }
}
