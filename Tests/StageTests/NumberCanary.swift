import Foundation

/// Finds phone numbers of the samples wherever they stand: in text of any form, and as whole integers.
///
/// A number is known by its national digits without the trunk prefix, which every way of writing it holds.
struct NumberCanary {
  private var numbers: [Int: Set<UInt64>] = [:]
  var count: Int { numbers.values.reduce(0) { $0 + $1.count } }

  /// Learns each number in `text`, one a line, in national or international form.
  init(_ text: String) {
    for line in text.split(separator: "\n") {
      var digits = line.filter(\.isNumber)[...]
      if digits.hasPrefix("0049") { digits = digits.dropFirst(4) }
      if digits.hasPrefix("49") && digits.count > 11 { digits = digits.dropFirst(2) }
      if digits.hasPrefix("0") { digits = digits.dropFirst() }
      guard digits.count >= 9, let value = UInt64(digits) else { continue }
      numbers[digits.count, default: []].insert(value)
    }
  }

  /// The first number that the digits in `bytes` spell anywhere.
  func firstNumber(in bytes: some Sequence<UInt8>) -> String? {
    let lengths = numbers.keys.sorted()
    let powers = lengths.map { length in (0..<length).reduce(UInt64(1)) { power, _ in power * 10 } }
    var run = 0
    var value: UInt64 = 0
    for byte in bytes {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else {
        run = 0
        value = 0
        continue
      }
      run += 1
      value = value % 1_000_000_000_000_000_000 * 10 + UInt64(byte - UInt8(ascii: "0"))
      for (length, power) in zip(lengths, powers) where run >= length {
        if numbers[length]?.contains(value % power) == true { return String(value % power) }
      }
    }
    return nil
  }
}
