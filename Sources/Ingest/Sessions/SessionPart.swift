/// A row of a session: what it says of the session as a whole, and how much it adds or reads.
struct SessionPart: Sendable, Hashable {
  /// The keyed hash of the session's name.
  var session: Int64
  /// Its number, or the microseconds of its time.
  var position: Int64
  /// The local day of its time.
  var day: Int32
  /// The day on which it was known.
  var known: Int32
  /// The subscription.
  var owner: Int64
  /// Bit i: measure i of `facts/usage`, a count, is one. Bit 15: incoming. From bit 16 on: the amounts that it has.
  var marks: Int32
  var seconds: Int64
  var downBytes: Int64
  var upBytes: Int64
  var chargeE4: Int64

  static let incomingMark: Int32 = 1 << 15
  static let amountShift: Int32 = 16

  /// The order of the parts of one session: by position; at one position readings grow.
  static func isOrdered(_ a: SessionPart, _ b: SessionPart) -> Bool {
    if a.position != b.position { return a.position < b.position }
    if a.seconds != b.seconds { return a.seconds < b.seconds }
    if a.downBytes != b.downBytes { return a.downBytes < b.downBytes }
    if a.upBytes != b.upBytes { return a.upBytes < b.upBytes }
    if a.chargeE4 != b.chargeE4 { return a.chargeE4 < b.chargeE4 }
    if a.day != b.day { return a.day < b.day }
    if a.owner != b.owner { return a.owner < b.owner }
    return a.marks < b.marks
  }

  /// Whether it has the amount number `index`.
  func has(amount index: Int) -> Bool { marks & (1 << (SessionPart.amountShift + Int32(index))) != 0 }

  /// Its amounts: seconds, bytes down and up, charge.
  var amounts: [4 of Int64] { [seconds, downBytes, upBytes, chargeE4] }
}

/// Where the counts and amounts of a part stand among the measures of `facts/usage`.
enum SessionMeasures {
  /// Counts of events: each is zero or one for a session.
  static let counts = [0, 2, 4, 5, 6, 10, 11, 12, 13, 14]
  /// Whether the event began at night: the first part's alone says so of the session.
  static let night = 11
  /// The measures of the amounts; seconds of incoming calls have one of their own.
  static func amount(_ index: Int, isIncoming: Bool) -> Int { [isIncoming ? 3 : 1, 7, 8, 9][index] }

  /// The marks of a row with these measures, whose amounts are present as `present` says.
  static func marks(_ measures: [Int64], isIncoming: Bool, present: SessionRule.Amounts) -> Int32 {
    var marks = present.rawValue << SessionPart.amountShift
    for measure in counts where measures[measure] != 0 { marks |= 1 << Int32(measure) }
    return isIncoming ? marks | SessionPart.incomingMark : marks
  }
}
