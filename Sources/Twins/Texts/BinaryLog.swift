/// Logarithms and powers of two in whole units of 2⁻¹⁶, from additions, products and square roots alone.
///
/// IEEE 754 rounds these the same way everywhere, which it does not promise of `log2` and `exp2`: no library of functions bears
/// on a twin.
package enum BinaryLog {
  /// Bits behind the point.
  static let fractionBitCount = 16

  /// log2(value), rounded down to units; `value` must be positive. O(`fractionBitCount`).
  package static func units(of value: Int64) -> Int32 {
    precondition(value > 0, "only positive numbers have a logarithm")
    let exponent = Int64.bitWidth - 1 - value.leadingZeroBitCount
    // Squaring doubles the logarithm, so that its whole part is the next bit.
    var rest = Double(value) / Double(sign: .plus, exponent: exponent, significand: 1)
    var units = Int32(exponent)
    for _ in 0..<fractionBitCount {
      rest *= rest
      units <<= 1
      if rest >= 2 {
        rest /= 2
        units |= 1
      }
    }
    return units
  }

  /// 2 to the power of −2⁻¹, −2⁻² and so on.
  private static let roots: [Double] = {
    var root = 0.5
    return (0..<fractionBitCount).map { _ in
      root = root.squareRoot()
      return root
    }
  }()

  /// 2 to the power of minus so many units, which must not be negative.
  package static func power(ofMinus units: Int) -> Double {
    precondition(units >= 0, "powers are of negative exponents")
    let whole = units >> fractionBitCount
    // Less than the smallest difference that a percentage could show.
    guard whole < 64 else { return 0 }
    var power = Double(sign: .plus, exponent: -whole, significand: 1)
    for (place, root) in roots.enumerated() where units >> (fractionBitCount - 1 - place) & 1 != 0 { power *= root }
    return power
  }
}
