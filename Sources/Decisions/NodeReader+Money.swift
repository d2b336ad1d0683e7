import Configuration

extension NodeReader {
  /// The largest amount that a configuration may name, in currency units: sums stay far below 64 bits.
  static let largestAmount = 10_000_000.0

  /// The amount of `key`, written in currency units with at most four decimals, in 1/10,000 of the unit.
  func moneyE4(_ key: String) -> Int64 { inE4(double(key, in: 0...Self.largestAmount), key) }

  /// The same, or nil where the key is absent.
  func optionalMoneyE4(_ key: String) -> Int64? {
    optionalDouble(key, in: 0...Self.largestAmount).map { inE4($0, key) }
  }

  private func inE4(_ amount: Double, _ key: String) -> Int64 {
    let scaled = amount * 10_000
    if (scaled - scaled.rounded()).magnitude > 1e-3 {
      report(key, "'\(key)' is an amount of money with at most four decimals")
    }
    return Int64(scaled.rounded())
  }
}
