/// Bins of numbers that are the same in every night: four to a power of two, on both sides of zero.
///
/// A bin is a signed number: its sign is the values', its order theirs. Integers below eight have a bin each; after that the
/// width is a quarter of the power of two (Tene, HdrHistogram, 2012). Nights need no common edges, and profiles add up.
package enum NumberBins {
  /// Bins on one side of zero, at most.
  static let sideCount = 512
  /// Doubles smaller than 2⁻²⁰ count as zero.
  private static let firstReal = (1023 - 20) << 2
  /// Doubles from 2⁶³ on, and what is no number, share the last bin.
  private static let lastReal = ((1023 + 63) << 2) - firstReal + 1

  /// The bin of an integer.
  @inline(__always) package static func bin(_ value: Int64) -> Int {
    let magnitude = value.magnitude
    let shift = max(0, 61 - magnitude.leadingZeroBitCount)
    let bin = shift << 2 &+ Int(truncatingIfNeeded: magnitude >> UInt64(truncatingIfNeeded: shift))
    return value < 0 ? 0 &- bin : bin
  }

  /// The bin of a double.
  @inline(__always) package static func bin(_ value: Double) -> Int {
    let place = Int(truncatingIfNeeded: value.magnitude.bitPattern >> 50) &- firstReal &+ 1
    let bin = min(max(place, 0), lastReal)
    return value.sign == .minus ? 0 &- bin : bin
  }

  /// The value of an integer's bin that is nearest to zero.
  package static func integerEdge(_ bin: Int) -> Double {
    let side = abs(bin)
    let shift = max(0, side / 4 - 1)
    let edge = Double(side - shift * 4) * Double(sign: .plus, exponent: shift, significand: 1)
    return bin < 0 ? -edge : edge
  }

  /// The value of a double's bin that is nearest to zero.
  package static func realEdge(_ bin: Int) -> Double {
    guard bin != 0 else { return 0 }
    let edge = Double(bitPattern: UInt64(abs(bin) - 1 + firstReal) << 50)
    return bin < 0 ? -edge : edge
  }
}
