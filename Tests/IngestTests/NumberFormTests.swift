import Ingest
import Testing

@Suite struct NumberFormTests {
  private func plain(_ text: String, _ decimal: String, _ thousands: String?) -> String? {
    let form = NumberForm(decimal: Array(decimal.utf8)[0], thousands: thousands.map { Array($0.utf8)[0] })
    var output: [UInt8] = []
    let isNumber = Array(text.utf8).withUnsafeBufferPointer { form.write($0, to: &output) }
    return isNumber ? String(decoding: output, as: UTF8.self) : nil
  }

  @Test(
    arguments: [
      ("1.234.567,89", ",", ".", "1234567.89"), ("1234567,89", ",", ".", "1234567.89"), ("-12,5", ",", ".", "-12.5"),
      ("+1'000", ".", "'", "+1000"), ("1 234", ",", " ", "1234"), ("1\u{A0}234,5", ",", " ", "1234.5"),
      ("1\u{202F}234\u{202F}567", ",", " ", "1234567"), ("12,5", ",", nil, "12.5"), ("12", ",", nil, "12"),
      (",5", ",", nil, ".5"), ("", ",", nil, ""),
      ("1.23", ",", ".", nil), ("1.2345", ",", ".", nil), ("1234.567", ",", ".", nil), (".123", ",", ".", nil),
      ("1..234", ",", ".", nil), ("1.234.", ",", ".", nil), ("1,234.5", ",", ".", nil), ("1.5", ",", nil, nil),
      ("1,2,3", ",", nil, nil), ("1,5 ", ",", nil, nil), ("x", ",", ".", nil), ("1\u{C2}", ",", " ", nil),
    ] as [(String, String, String?, String?)])
  func `numbers of a form become plain, or are none`(
    text: String, decimal: String, thousands: String?, expected: String?
  ) {
    #expect(plain(text, decimal, thousands) == expected)
  }

  @Test(
    arguments: [
      ("01:02:03", 3_723), ("100:00:00", 360_000), ("02:03", 123), ("0:00:00", 0), ("00:00:01.5", 2),
      ("00:00:01.499", 1),
    ] as [(String, Int64)])
  func `durations on a clock are read`(text: String, seconds: Int64) throws {
    #expect(try duration(text, .clock) == seconds)
  }

  @Test(
    arguments: [
      ("1m30s", 90), ("1h2m3.5s", 3_724), ("25500000000", 26), ("0", 0), ("0s", 0), ("1500ms", 2), ("499ms", 0),
      ("1s500ms", 2), ("999999us", 1), ("1ns", 0), ("1.5h", 5_400),
    ] as [(String, Int64)])
  func `durations with units are read`(text: String, seconds: Int64) throws {
    #expect(try duration(text, .go) == seconds)
  }

  @Test(arguments: [
    ("1:2:3", DurationForm.clock), ("01:60", .clock), ("1", .clock), ("", .clock), ("01:02:", .clock),
    ("-1:00", .clock),
    ("01:02:03:04", .clock), ("01:02:03.", .clock), ("1:00 ", .clock), ("", .go), ("1x", .go), ("1s1s", .go),
    ("1s1m", .go),
    ("s", .go), ("1.s", .go), ("-1s", .go), ("1s ", .go), ("99999999999h", .go), ("9999999999999999999", .go),
    ("999999999:00:00", .clock),
  ])
  func `what is no duration is a fault`(text: String, form: DurationForm) {
    #expect(throws: NumberParsing.Fault.self) { try duration(text, form) }
  }

  private func duration(_ text: String, _ form: DurationForm) throws -> Int64 {
    try Array(text.utf8).withUnsafeBufferPointer { try form.seconds($0) }
  }

  @Test(
    arguments: [
      ("DE", "0170 1234567", 491_701_234_567), ("DE", "0049 170 1234567", 491_701_234_567), ("DE", "0170", nil),
      ("US", "1 212 555 1234", 12_125_551_234), ("US", "212-555-1234", 12_125_551_234),
      ("US", "+12125551234", 12_125_551_234),
      ("US", "011 49 170 1234567", 491_701_234_567), ("US", "555 1234", nil), ("US", "+1212555123", nil),
      ("IT", "06 1234567", 39_061_234_567), ("DK", "12345678", 4_512_345_678), ("DK", "123456789", nil),
      ("CH", "044 123 45 67", 41_441_234_567), ("CH", "44 123 45 67", 41_441_234_567),
      ("HU", "06 1 234 5678", 3_612_345_678),
      ("RU", "8 912 345 67 89", 79_123_456_789), ("RU", "8 10 49 170 1234567", 491_701_234_567),
    ] as [(String, String, UInt64?)])
  func `numbers are read by the plan of a country`(plan: String, text: String, number: UInt64?) throws {
    let rule = try #require(PhoneNumberRule(plan: plan))
    #expect(Array(text.utf8).withUnsafeBufferPointer { rule.number($0) } == number)
  }
}
