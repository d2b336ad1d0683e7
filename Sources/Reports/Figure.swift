/// How numbers are written on the page, without a locale.
package enum Figure {
  private static let narrowSpace = "\u{202F}"

  /// A whole number in groups of three: `12 345`.
  package static func count(_ value: Int64) -> String {
    let digits = String(value.magnitude)
    var groups: [Substring] = []
    var end = digits.endIndex
    while end > digits.startIndex {
      let start = digits.index(end, offsetBy: -3, limitedBy: digits.startIndex) ?? digits.startIndex
      groups.append(digits[start..<end])
      end = start
    }
    return (value < 0 ? "−" : "") + groups.reversed().joined(separator: narrowSpace)
  }

  /// 1/10,000 of the currency unit, to the cent: `1 234.50`.
  package static func money(_ valueE4: Int64) -> String {
    let cents = (valueE4.magnitude + 50) / 100
    let sign = valueE4 < 0 && cents > 0 ? "−" : ""
    return sign + count(Int64(cents / 100)) + "." + (cents % 100 < 10 ? "0" : "") + String(cents % 100)
  }

  /// A number with a fixed number of places; a dash where there is none.
  package static func fixed(_ value: Double?, places: Int) -> String {
    guard let value, value.isFinite, value.magnitude < 1e12 else { return "–" }
    var scale: Int64 = 1
    for _ in 0..<places { scale *= 10 }
    let scaled = Int64((value.magnitude * Double(scale)).rounded())
    let fraction = String(scaled % scale)
    let sign = value < 0 && scaled > 0 ? "−" : ""
    let whole = sign + count(scaled / scale)
    return places == 0
      ? whole : whole + "." + String(repeating: "0", count: places - fraction.count) + fraction
  }

  /// A share as a percentage; shares that are small but not nothing, and nearly but not all, say so.
  package static func percent(_ part: Int64, of whole: Int64) -> String {
    guard whole > 0 else { return "–" }
    let share = Double(part) / Double(whole) * 100
    if part > 0, share < 0.05 { return "<0.1 %" }
    if part < whole, share > 99.95 { return ">99.9 %" }
    return fixed(share, places: 1) + " %"
  }

  /// Bytes with a unit.
  package static func bytes(_ count: Int64) -> String {
    var value = Double(count)
    for unit in ["B", "kB", "MB", "GB"] {
      if value < 1_000 { return fixed(value, places: unit == "B" || value >= 100 ? 0 : 1) + narrowSpace + unit }
      value /= 1_000
    }
    return fixed(value, places: 1) + narrowSpace + "TB"
  }

  /// A coordinate of a drawing: at most two places.
  static func coordinate(_ value: Double) -> String {
    let scaled = Int64((value * 100).rounded())
    if scaled % 100 == 0 { return String(scaled / 100) }
    let fraction = String(scaled.magnitude % 100)
    return (scaled < 0 ? "-" : "") + String(scaled.magnitude / 100) + (fraction.count < 2 ? ".0" : ".") + fraction
  }
}
