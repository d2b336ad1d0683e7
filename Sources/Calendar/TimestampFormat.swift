/// A time as a file gives it: on the clock of UTC, or on a local clock whose zone the reader must know.
public struct ParsedInstant: Sendable, Hashable {
  /// Seconds since 1970-01-01T00:00:00 of that clock.
  public var seconds: Int64
  /// Microseconds within the second.
  public var microseconds: Int32
  /// Whether the clock is UTC.
  public var isUTC: Bool

  /// Makes a parsed time.
  public init(seconds: Int64, microseconds: Int32 = 0, isUTC: Bool) {
    self.seconds = seconds
    self.microseconds = microseconds
    self.isUTC = isUTC
  }
}

/// How a file writes its times: a name (`epoch`, `epoch-ms`, `iso8601`) or a pattern such as `dd.MM.yyyy HH:mm:ss`.
///
/// A pattern is made of `yyyy MM dd HH mm ss`, a fraction `S` to `SSSSSS`, and literals (any character but a letter;
/// letters in single quotes). Year, month and day are needed; what is absent counts as zero, so that a date is its
/// midnight. Nothing but the exact form parses: no blanks, no missing zeros, no 24:00, no second 60.
///
/// Further parts have no fixed place and cost a little more: `d M H m s` of one or two digits, `yy` (a year of two
/// digits, from a stated pivot on), `MMM` and `MMMM` (English names of months, in any case), `EEE` and `EEEE` (English
/// names of weekdays, which are not checked), `h` and `hh` with `a` (hours from 1 to 12 and AM or PM), `Z` (an offset:
/// `Z`, `±hh`, `±hhmm` or `±hh:mm`).
public struct TimestampFormat: Sendable, Hashable {
  enum Form: Sendable, Hashable {
    case epochSeconds
    case epochMilliseconds
    case iso8601
    case pattern
    /// A pattern with parts of no fixed place.
    case flexible
  }

  /// Where a part of a pattern stands; a length of 0 means that it is absent.
  struct Place: Sendable, Hashable {
    var start = 0
    var length = 0
  }

  let form: Form
  var year = Place()
  var month = Place()
  var day = Place()
  var hour = Place()
  var minute = Place()
  var second = Place()
  var fraction = Place()
  var byteCount = 0
  var literals: [Literal] = []
  /// The parts of a flexible pattern, in their order.
  var parts: [Part] = []
  /// The first year that two digits mean.
  var pivot: Int?

  struct Literal: Sendable, Hashable {
    var position: Int
    var byte: UInt8
  }

  /// The pattern `yyyy-MM-dd`.
  public static let isoDate: TimestampFormat = {
    var format = TimestampFormat(form: .pattern)
    format.year = Place(start: 0, length: 4)
    format.month = Place(start: 5, length: 2)
    format.day = Place(start: 8, length: 2)
    format.byteCount = 10
    format.literals = [Literal(position: 4, byte: 0x2D), Literal(position: 7, byte: 0x2D)]
    return format
  }()

  /// The name `iso8601`.
  public static let iso8601 = TimestampFormat(form: .iso8601)

  init(form: Form) { self.form = form }

  /// Reads a format; throws where it is neither a known name nor a pattern. `pivot` is the first year that `yy` means.
  public init(_ text: String, pivot: Int? = nil) throws(CalendarError) {
    switch text {
    case "epoch": self.init(form: .epochSeconds)
    case "epoch-ms": self.init(form: .epochMilliseconds)
    case "iso8601": self.init(form: .iso8601)
    default:
      if let parts = try TimestampFormat.flexibleParts(of: text) {
        self.init(form: .flexible)
        self.parts = parts
      } else {
        self.init(form: .pattern)
        try readPattern(Array(text.utf8), text)
      }
    }
    self.pivot = pivot
    guard parts.contains(.shortYear) == (pivot != nil) else {
      throw CalendarError(
        .badFormat,
        pivot == nil
          ? "the time format '\(text)' has a year of two digits and needs 'pivot', the first year that it means"
          : "the time format '\(text)' has no year of two digits and takes no 'pivot'")
    }
  }

  private mutating func readPattern(_ bytes: [UInt8], _ text: String) throws(CalendarError) {
    func bad(_ what: String) -> CalendarError { CalendarError(.badFormat, "the time format '\(text)' \(what)") }
    var position = 0
    while position < bytes.count {
      let byte = bytes[position]
      var run = 1
      while position + run < bytes.count, bytes[position + run] == byte { run += 1 }
      let place = Place(start: byteCount, length: run)
      switch (byte, run) {
      case (0x79, 4) where year.length == 0: year = place
      case (0x4D, 2) where month.length == 0: month = place
      case (0x64, 2) where day.length == 0: day = place
      case (0x48, 2) where hour.length == 0: hour = place
      case (0x6D, 2) where minute.length == 0: minute = place
      case (0x73, 2) where second.length == 0: second = place
      case (0x53, 1...6) where fraction.length == 0: fraction = place
      case (0x27, _):
        guard let end = bytes[(position + 1)...].firstIndex(of: 0x27) else { throw bad("has an open quote") }
        for literal in bytes[(position + 1)..<end] { append(literal) }
        position = end + 1
        continue
      case (0x41...0x5A, _), (0x61...0x7A, _):
        throw bad(TimestampFormat.unknownLetters)
      default:
        append(byte)
        position += 1
        continue
      }
      byteCount += run
      position += run
    }
    guard year.length > 0, month.length > 0, day.length > 0 else { throw bad("lacks year, month or day") }
    guard hour.length > 0 || minute.length + second.length == 0, minute.length > 0 || second.length == 0,
      second.length > 0 || fraction.length == 0
    else { throw bad("has a smaller part without the greater one") }
  }

  private mutating func append(_ literal: UInt8) {
    literals.append(Literal(position: byteCount, byte: literal))
    byteCount += 1
  }
}
