/// Decimal text with a fixed number of digits, the same on every machine.
enum FixedPoint {
  /// `value` rounded half away from zero to `digits` places.
  static func text(_ value: Double, digits: Int) -> String {
    let scale = (0..<digits).reduce(1.0) { product, _ in product * 10 }
    let rounded = (value.magnitude * scale).rounded()
    guard rounded < 1e15 else { return "\(value)" }
    let whole = Int(rounded)
    let fraction = String(whole % Int(scale))
    let sign = value < 0 && whole != 0 ? "-" : ""
    guard digits > 0 else { return "\(sign)\(whole)" }
    return "\(sign)\(whole / Int(scale))." + String(repeating: "0", count: digits - fraction.count) + fraction
  }
}
