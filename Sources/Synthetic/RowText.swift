import Calendar

/// The text of delivered rows, built byte by byte: no string is made for a number or a day.
struct RowText: Sendable {
  var bytes: [UInt8] = []

  @inline(__always)
  mutating func comma() { bytes.append(0x2C) }

  @inline(__always)
  mutating func semicolon() { bytes.append(0x3B) }

  @inline(__always)
  mutating func newline() { bytes.append(0x0A) }

  @inline(__always)
  mutating func add(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// Adds a field and the comma before it.
  mutating func field(_ text: String) {
    comma()
    add(text)
  }

  mutating func field(_ value: Int) {
    comma()
    add(value)
  }

  mutating func add(_ value: Int) {
    if value < 0 {
      bytes.append(0x2D)
      add(-value)
      return
    }
    if value < 10 {
      bytes.append(0x30 + UInt8(truncatingIfNeeded: value))
      return
    }
    var divisor = 10
    while value / divisor >= 10 { divisor *= 10 }
    var rest = value
    while divisor > 0 {
      bytes.append(0x30 + UInt8(truncatingIfNeeded: rest / divisor))
      rest %= divisor
      divisor /= 10
    }
  }

  /// Adds `value` with leading zeros to at least `width` digits.
  mutating func add(_ value: Int, width: Int) {
    var bound = 10
    var digits = 1
    while value >= bound {
      bound *= 10
      digits += 1
    }
    for _ in 0..<max(0, width - digits) { bytes.append(0x30) }
    add(value)
  }

  /// Adds an operator key: a letter and eight digits.
  mutating func key(_ letter: Character, _ id: Int) {
    bytes.append(letter.asciiValue ?? 0x58)
    add(id, width: 8)
  }

  /// Adds money, given in 1/10,000 of the currency unit, with two decimals; amounts are whole cents.
  mutating func money(_ amountE4: Int) {
    if amountE4 < 0 { bytes.append(0x2D) }
    let cents = abs(amountE4) / 100
    add(cents / 100)
    bytes.append(0x2E)
    add(cents % 100, width: 2)
  }

  /// Adds a day as `yyyy-MM-dd`.
  mutating func day(_ day: Day) {
    let (year, month, dayOfMonth) = day.civil
    add(year, width: 4)
    bytes.append(0x2D)
    add(month, width: 2)
    bytes.append(0x2D)
    add(dayOfMonth, width: 2)
  }

  /// Adds a second of the day as `HH:mm:ss`.
  mutating func clock(_ second: Int) {
    add(second / 3600, width: 2)
    bytes.append(0x3A)
    add(second / 60 % 60, width: 2)
    bytes.append(0x3A)
    add(second % 60, width: 2)
  }

  /// Adds a text field between quotes, with quotes doubled (RFC 4180).
  mutating func quoted(_ text: String) {
    bytes.append(0x22)
    for byte in text.utf8 {
      if byte == 0x22 { bytes.append(0x22) }
      bytes.append(byte)
    }
    bytes.append(0x22)
  }

  /// Adds a JSON string.
  mutating func json(_ text: String) {
    bytes.append(0x22)
    for byte in text.utf8 {
      switch byte {
      case 0x22, 0x5C: bytes.append(contentsOf: [0x5C, byte])
      case 0x0A: bytes.append(contentsOf: [0x5C, 0x6E])
      default: bytes.append(byte)
      }
    }
    bytes.append(0x22)
  }
}
