public import Calendar

/// What a twin may know: facts that happened by the end of `asOf` and that the night `knownBy` had learned.
public struct TwinMoment: Sendable, Hashable {
  /// The day at whose end the twin is taken.
  public let asOf: Day
  /// The night whose knowledge it has.
  public let knownBy: Day

  /// Makes a moment; a night of training looks back with `knownBy` equal to `asOf`.
  public init(asOf: Day, knownBy: Day) {
    self.asOf = asOf
    self.knownBy = knownBy
  }

  /// Whether a fact is seen: `eventDate` is not after `asOf`, `knownDate` not after `knownBy`.
  @inline(__always) func sees(_ eventDate: Int32, _ knownDate: Int32) -> Bool {
    eventDate <= asOf.rawValue && knownDate <= knownBy.rawValue
  }

  /// Days from `date` to `asOf`: 0 is `asOf` itself.
  @inline(__always) func age(_ date: Int32) -> Int { Int(asOf.rawValue) - Int(date) }
}

/// The observation windows: a window of `w` days ends with `asOf` and includes it.
enum Windows {
  /// The days of the longest one.
  static let longest = 91
}
