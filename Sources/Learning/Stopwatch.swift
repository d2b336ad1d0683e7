/// Tells the seconds between laps, for people.
struct Stopwatch {
  private let clock = ContinuousClock()
  private var last = ContinuousClock.now

  /// The seconds since the last lap, or since it was made.
  mutating func lap() -> Double {
    defer { last = clock.now }
    return (clock.now - last).seconds
  }
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
