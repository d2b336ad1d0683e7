import Randomness

/// How the rows of a feed make up sessions: parts of one, or readings of its counters (Sessions.md).
struct SessionRule: Sendable, Hashable {
  /// The amounts of a part, as bits.
  struct Amounts: OptionSet, Sendable, Hashable {
    let rawValue: Int32
    static let seconds = Amounts(rawValue: 1)
    static let down = Amounts(rawValue: 2)
    static let up = Amounts(rawValue: 4)
    static let charge = Amounts(rawValue: 8)

    /// The canonical fields and their bits.
    static let fields: [(name: String, amount: Amounts)] = [
      ("duration_seconds", .seconds), ("down_bytes", .down), ("up_bytes", .up), ("charge", .charge),
    ]
  }

  /// The sources that name the session.
  var sources: [Int]
  /// The source of the part's number; without one, parts are in the order of their times.
  var sequence: Int?
  /// The amounts that are counters, which only grow within a session.
  var counters: Amounts
  /// Nights for which a session is remembered.
  var windowDays: Int

  /// The position of a row within its session: its number, or the microseconds of its time.
  func position(
    _ bytes: UnsafeBufferPointer<UInt8>, _ ranges: [Range<Int>], event: Int64
  ) throws(RowFault) -> Int64 {
    guard let sequence else { return event }
    guard let number = NumberParsing.whole(UnsafeBufferPointer(rebasing: bytes[ranges[sequence]])), number >= 0 else {
      throw RowFault(
        "wrong-type", source: sequence, expected: "a whole number of at least 0",
        "the part's number is no whole number of at least 0")
    }
    return number
  }
}
