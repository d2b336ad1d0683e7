import Ingest
import Testing

@Suite struct FieldParsingTests {
  private static let german = PhoneNumberRule(countryCode: "49", trunkPrefix: "0", internationalPrefix: "00")

  @Test(
    arguments: [
      ("0170 1234567", 491_701_234_567), ("+49 (170) 123-4567", 491_701_234_567), ("0049/170.1234567", 491_701_234_567),
      ("+33123456789", 33_123_456_789), ("170123456", nil), ("+4917012345678901", nil), ("+0170123456", nil), ("", nil),
      ("0170x12345", nil), ("0170+12345", nil), ("++491701234567", nil), ("00", nil),
    ] as [(String, UInt64?)])
  func `numbers become E.164 by the feed's rule`(text: String, number: UInt64?) {
    #expect(Array(text.utf8).withUnsafeBufferPointer { Self.german.number($0) } == number)
  }

  @Test func `without a rule only complete numbers are read`() {
    let rule = PhoneNumberRule()
    for (text, number) in [("491701234567", 491_701_234_567), ("+491701234567", 491_701_234_567), ("01701234567", nil)]
      as [(String, UInt64?)]
    {
      #expect(Array(text.utf8).withUnsafeBufferPointer { rule.number($0) } == number)
    }
  }

  @Test func `where the trunk prefix is empty the country code is put in front`() {
    let rule = PhoneNumberRule(countryCode: "45", trunkPrefix: "", internationalPrefix: "00")
    #expect(Array("12345678".utf8).withUnsafeBufferPointer { rule.number($0) } == 4_512_345_678)
  }

  private func money(_ text: String, _ unit: MoneyUnit = .currency) -> Result<Int64, NumberParsing.Fault> {
    Array(text.utf8).withUnsafeBufferPointer { bytes in
      do throws(NumberParsing.Fault) { return .success(try NumberParsing.money(bytes, unit)) } catch {
        return .failure(error)
      }
    }
  }

  @Test(
    arguments: [
      ("1", 10_000), ("-0.5", -5_000), ("+12.3456", 123_456), ("0.10000", 1_000), ("12.", 120_000), (".5", 5_000),
    ] as [(String, Int64)])
  func `money is exact to a ten-thousandth`(text: String, value: Int64) {
    #expect(money(text) == .success(value))
  }

  @Test(arguments: [
    ("1.23456", NumberParsing.Fault.tooPrecise), ("", .wrongType), ("1,5", .wrongType), ("1.2.3", .wrongType),
    ("-", .wrongType),
    ("1e3", .wrongType), ("99999999999999", .outOfRange), (" 1", .wrongType), ("999999999999999999", .outOfRange),
    ("9999999999999999999", .outOfRange), ("-99999999999999999999999.9999", .outOfRange),
    ("0.99999999999999999999999", .tooPrecise),
  ])
  func `what is no money is a fault`(text: String, fault: NumberParsing.Fault) {
    #expect(money(text) == .failure(fault))
  }

  @Test func `units divide exactly or not at all`() {
    #expect(money("12.34", .cents) == .success(1_234))
    #expect(money("0.001", .cents) == .failure(.tooPrecise))
    #expect(money("17", .tenThousandths) == .success(17))
    #expect(money("17.5", .tenThousandths) == .failure(.tooPrecise))
  }

  @Test(
    arguments: [
      ("12", 1, 1, 12), ("12.5", 1, 1, 13), ("12.4999", 1, 1, 12), ("1500", 1, 1_000, 2), ("1499", 1, 1_000, 1),
      ("1.5", 60, 1, 90),
      ("0.0005", 1_000, 1, 1), ("3", 1_000_000, 1, 3_000_000),
    ] as [(String, Int64, Int64, Int64)])
  func `durations and volumes are rounded to the nearest whole, halves up`(
    text: String, numerator: Int64, denominator: Int64, value: Int64
  ) throws {
    #expect(
      try Array(text.utf8).withUnsafeBufferPointer { try NumberParsing.scaled($0, numerator, denominator) } == value)
  }
}
