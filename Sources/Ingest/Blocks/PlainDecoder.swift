import CSV

/// Decodes one column of a run of plain lines after the other: the type is decided outside, the loop is tight within.
///
/// Each function writes one value a line and marks the lines of which it is not sure: whatever is not of the usual form is
/// left to `RowDecoder`, the reference, which also words the rejects. What is not marked has the reference's value.
enum PlainDecoder {
  typealias Column = PlainLines.Column

  /// Whole numbers of at least 0 in a unit; an empty field is 0.
  static func scaled(
    _ column: Column, _ count: Int, numerator: Int64, denominator: Int64, into values: UnsafeMutablePointer<Int64>,
    _ unsure: UnsafeMutablePointer<UInt8>
  ) {
    let isWhole = numerator == 1 && denominator == 1
    // Up to here neither the unit's factor nor the limit of the reference is reached.
    let digitLimit = isWhole ? 15 : 9
    for line in 0..<count {
      let (start, length) = column.field(line)
      guard let value = FieldWords.number(start, count: length), length <= digitLimit else {
        values[line] = 0
        unsure[line] |= length == 0 ? 0 : 1
        continue
      }
      values[line] =
        isWhole
        ? Int64(value)
        : (Int64(value) &* numerator &* 2 &+ denominator) / (denominator &* 2)
    }
  }

  /// Amounts in 1/10,000 of the currency unit; an empty field is 0.
  static func money(
    _ column: Column, _ count: Int, _ unit: MoneyUnit, into values: UnsafeMutablePointer<Int64>,
    _ unsure: UnsafeMutablePointer<UInt8>
  ) {
    let powers: (Int64, Int64, Int64, Int64, Int64) = (10_000, 1_000, 100, 10, 1)
    let whole = 10_000 / unit.rawValue
    for line in 0..<count {
      let (start, length) = column.field(line)
      var value: Int64 = 0
      var fault: UInt64 = length > 16 ? 1 : 0
      if length > 0, length <= 16 {
        let point = decimalPoint(start, length)
        let fraction = length &- point &- 1
        if point == length {
          // Nine digits whole stay far from every limit.
          guard length <= 9 else {
            values[line] = 0
            unsure[line] |= 1
            continue
          }
          value = Int64(number(start, length, &fault)) &* whole
        } else if unit == .currency, point > 0, point <= 9, fraction > 0, fraction <= 4 {
          let factor = fraction == 4 ? powers.4 : fraction == 3 ? powers.3 : fraction == 2 ? powers.2 : powers.1
          if length <= 8 {
            // The point is squeezed out: all digits are read as one number.
            let word = FieldWords.load(start)
            let front = (1 &<< UInt64(truncatingIfNeeded: point &* 8)) &- 1
            let digits = word & front | word >> 8 & ~front
            value = Int64(FieldWords.digits(digits, count: length &- 1, &fault)) &* factor
          } else {
            value =
              Int64(number(start, point, &fault)) &* 10_000
              &+ Int64(FieldWords.digits(start + (point &+ 1), count: fraction, &fault)) &* factor
          }
        } else {
          fault = 1
        }
      }
      values[line] = fault == 0 ? value : 0
      unsure[line] |= fault == 0 ? 0 : 1
    }
  }

  /// The value of 1 to 9 digits.
  @inline(__always)
  private static func number(_ start: UnsafePointer<UInt8>, _ count: Int, _ fault: inout UInt64) -> UInt64 {
    if count <= 8 { return FieldWords.digits(start, count: count, &fault) }
    return FieldWords.digits(start, count: 1, &fault) &* 100_000_000
      &+ FieldWords.digits(start + 1, count: 8, &fault)
  }

  /// The position of the first point of a field of 1 to 16 bytes, or its length.
  @inline(__always)
  private static func decimalPoint(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int {
    let first = points(FieldWords.load(start))
    if first != 0 { return min(count, first.trailingZeroBitCount >> 3) }
    guard count > 8 else { return count }
    let second = points(FieldWords.load(start + 8))
    return second == 0 ? count : min(count, 8 &+ second.trailingZeroBitCount >> 3)
  }

  /// The high bit of the lowest byte that is a point (and perhaps of bytes above it).
  @inline(__always)
  private static func points(_ word: UInt64) -> UInt64 {
    let other = word ^ 0x2E2E_2E2E_2E2E_2E2E
    return (other &- 0x0101_0101_0101_0101) & ~other & 0x8080_8080_8080_8080
  }

  /// Phone numbers by the feed's rule; an empty field, or one that is not all digits behind an optional +, is unsure.
  static func phoneNumbers(
    _ column: Column, _ count: Int, _ rule: PlainNumberRule, into values: UnsafeMutablePointer<UInt64>,
    _ unsure: UnsafeMutablePointer<UInt8>
  ) {
    for line in 0..<count {
      let (start, length) = column.field(line)
      let number = rule.read(start, length).number
      values[line] = number
      unsure[line] |= number == 0 ? 1 : 0
    }
  }

  /// Counterparties as the texts of which their keyed hash is made, the eight bytes of the number; a text of no bytes
  /// where there is none. `flags`, where it is given, gets `isInternational` for those of another country.
  static func counterparties(
    _ column: Column, _ count: Int, _ rule: PlainNumberRule, into texts: borrowing ShortTexts,
    flags: UnsafeMutablePointer<UInt16>?, _ unsure: UnsafeMutablePointer<UInt8>
  ) {
    for line in 0..<count {
      let (start, length) = column.field(line)
      let (number, isForeign) = rule.read(start, length)
      texts.set(line, number, 0, 0, length: number == 0 ? 0 : 8)
      if let flags { flags[line] |= isForeign && number != 0 ? UsageRow.Flags.isInternational.rawValue : 0 }
      // Names and numbers of unusual form.
      unsure[line] |= number == 0 && length > 0 ? 1 : 0
    }
  }

  /// Identifiers such as cells, as texts; of no bytes where there is none.
  static func identifiers(
    _ column: Column, _ count: Int, into texts: borrowing ShortTexts, _ unsure: UnsafeMutablePointer<UInt8>
  ) {
    for line in 0..<count {
      let (start, length) = column.field(line)
      let first = FieldWords.load(start, count: length)
      let second = length > 8 ? FieldWords.load(start + 8, count: min(8, length &- 8)) : 0
      texts.set(line, first, second, 0, length: min(16, length))
      unsure[line] |= length > 16 || FieldWords.isTrimmed(start, count: length) ? 1 : 0
    }
  }

  /// Record keys of one column as the texts that `FileReading` hashes: the length in two bytes and the field.
  static func recordKeys(
    _ column: Column, _ count: Int, into texts: borrowing ShortTexts, _ unsure: UnsafeMutablePointer<UInt8>
  ) {
    for line in 0..<count {
      let (start, length) = column.field(line)
      let first = FieldWords.load(start, count: length)
      let second = length > 8 ? FieldWords.load(start + 8, count: min(8, length &- 8)) : 0
      let front = UInt64(truncatingIfNeeded: length) | first << 16
      texts.set(line, front, first >> 48 | second << 16, second >> 48, length: min(16, length) &+ 2)
      unsure[line] |= length > 16 || FieldWords.isTrimmed(start, count: length) ? 1 : 0
    }
  }
}
