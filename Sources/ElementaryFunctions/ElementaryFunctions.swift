// Exponential and logarithm of our own. The C library's differ from machine to machine in the last digit (with
// and without FMA), and a model or a twin must not (promise 3). Only IEEE additions, products and quotients are used here, in a
// fixed order, without fused steps. Errors stay below 2 units in the last place.

/// eˣ. Below −708 the result is 0, above 709 it is infinite.
@inlinable package func exponential(_ x: Double) -> Double {
  if x < -708 { return 0 }
  if x > 709 { return .infinity }
  if x.isNaN { return x }
  // x = k·ln 2 + r with |r| ≤ ½ ln 2: adding 1.5·2⁵² rounds to an integer.
  let shift = 0x1.8p52
  let k = (x * 1.442695040888963407 + shift) - shift
  let r = (x - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10
  let r2 = r * r
  let r4 = r2 * r2
  // Taylor's series to degree 13; the rest is below 2⁻⁵⁷.
  let low = (1 + r) + r2 * (0.5 + r * (1.0 / 6))
  let middle = (1.0 / 24 + r * (1.0 / 120)) + r2 * (1.0 / 720 + r * (1.0 / 5040))
  let high = (1.0 / 40320 + r * (1.0 / 362880)) + r2 * (1.0 / 3_628_800 + r * (1.0 / 39_916_800))
  let top = 1.0 / 479_001_600 + r * (1.0 / 6_227_020_800)
  let series = low + r4 * (middle + r4 * (high + r4 * top))
  return series * Double(bitPattern: UInt64(Int64(k) + 1023) << 52)
}

/// The natural logarithm of a positive number; −∞ for 0, NaN below.
@inlinable package func naturalLogarithm(_ x: Double) -> Double {
  guard x > 0 else { return x == 0 ? -.infinity : .nan }
  guard x < .infinity else { return x }
  var exponent = Double(x.exponent)
  var mantissa = x.significand
  if mantissa > 1.4142135623730951 {
    mantissa *= 0.5
    exponent += 1
  }
  // ln m = 2 artanh s with s = (m − 1)/(m + 1), |s| ≤ 0.1716.
  let s = (mantissa - 1) / (mantissa + 1)
  let z = s * s
  let a = 1.0 / 15 + z * (1.0 / 17 + z * (1.0 / 19 + z * (1.0 / 21)))
  let b = 1.0 / 3 + z * (1.0 / 5 + z * (1.0 / 7 + z * (1.0 / 9 + z * (1.0 / 11 + z * (1.0 / 13 + z * a)))))
  let tail = 2 * s * z * b + exponent * 1.90821492927058770002e-10
  return exponent * 6.93147180369123816490e-01 + (2 * s + tail)
}

/// 1 / (1 + e⁻ˣ).
@inlinable package func logistic(_ x: Double) -> Double { 1 / (1 + exponential(-x)) }

/// ln(p / (1 − p)).
@inlinable package func logit(_ p: Double) -> Double { naturalLogarithm(p) - naturalLogarithm(1 - p) }

/// ln(1 + eˣ), without overflow.
@inlinable package func softplus(_ x: Double) -> Double {
  (x > 0 ? x : 0) + naturalLogarithm(1 + exponential(x > 0 ? -x : x))
}
