import Randomness

/// What a draw decides. The number is part of the key of every draw: it never changes, and new purposes get new numbers.
///
/// Two worlds that differ in a policy alone share every draw of the same purpose, person and day, so they can be
/// compared person by person (law, point 1).
enum Purpose: UInt64 {
  case household = 1
  case person = 2
  case subscription = 3
  case callGraph = 4
  case arrivals = 5
  case activity = 6
  case usage = 7
  case trip = 8
  case voluntaryEnd = 9
  case mannerOfEnd = 10
  case competingEnd = 11
  case registration = 12
  case payment = 13
  case topUp = 14
  case ticket = 15
  case ticketText = 16
  case outage = 17
  case consent = 18
  case campaign = 19
  case pilot = 20
  case contactOutcome = 21
  case rawEvents = 22
  case defect = 23
  case contractRenewal = 24
  case premiumPurchase = 25
  case order = 26
  case outageReport = 27
  case response = 28
  case careContact = 29
  case contactStudy = 30
}

/// The keyed draws of one world.
struct Draws: Sendable {
  let seed: UInt64

  /// The stream of draws for a person or subscription, a day and a purpose.
  @inline(__always)
  func stream(_ purpose: Purpose, _ who: Int, _ day: Int = 0) -> DrawStream {
    let words = CounterRandom(seed: seed, stream: purpose.rawValue)
    return DrawStream(state: words.bits(UInt64(bitPattern: Int64(who)), UInt64(bitPattern: Int64(day))))
  }

  /// One uniform number in [0, 1) of that key.
  @inline(__always)
  func uniform(_ purpose: Purpose, _ who: Int, _ day: Int = 0) -> Double {
    CounterRandom(seed: seed, stream: purpose.rawValue)
      .uniform(UInt64(bitPattern: Int64(who)), UInt64(bitPattern: Int64(day)))
  }
}

/// The successive draws of one key: SplitMix64 (Steele, Lea and Flood, 2014) from a counter-based word.
struct DrawStream {
  var state: UInt64

  @inline(__always)
  mutating func bits() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }

  /// A uniform number in [0, 1).
  @inline(__always)
  mutating func uniform() -> Double { Double(bits() >> 11) * 0x1p-53 }

  /// Whether an event of that probability happens.
  @inline(__always)
  mutating func happens(_ probability: Double) -> Bool { uniform() < probability }

  /// A uniform integer of `range`.
  @inline(__always)
  mutating func integer(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(bits().multipliedFullWidth(by: UInt64(range.count)).high)
  }

  /// An index drawn in proportion to `weights`, which add up to 1.
  mutating func index(_ weights: [Double]) -> Int {
    var left = uniform()
    for (index, weight) in weights.enumerated() {
      left -= weight
      if left < 0 { return index }
    }
    return weights.count - 1
  }
}
