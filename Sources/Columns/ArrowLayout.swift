import ArrowBridge

/// How the values of an array lie in memory: as their column holds them, or narrower, as other writers do it.
enum ArrowLayout: Sendable, Hashable {
  case asHeld
  case int8, uint8, int16, uint16, uint32, uint64, half, float
  /// Texts with offsets of 64 bits.
  case largeText
  /// Places among the texts of a dictionary, whose offsets are as wide as those of `largeText` or not.
  case dictionary(isLarge: Bool)
  /// Integers of 32, 64 or 128 bits that count powers of ten: 10^−scale.
  case decimal(bitWidth: Int, scale: Int)

  /// The column that takes arrays of a field, and how they lie; nil for those that none takes.
  static func reading(_ schema: ArrowSchema) -> (type: ColumnType, layout: ArrowLayout)? {
    guard let format = schema.format.map({ String(cString: $0) }) else { return nil }
    if let dictionary = schema.dictionary?.pointee {
      // Arrow reads every dictionary of Parquet with places of 32 bits.
      guard format == "i", let values = dictionary.format.map({ String(cString: $0) }) else { return nil }
      return values == "u" || values == "U" ? (.string, .dictionary(isLarge: values == "U")) : nil
    }
    if let decimal = decimal(format) { return (.double, decimal) }
    switch format {
    case "c": return (.int32, .int8)
    case "C": return (.int32, .uint8)
    case "s": return (.int32, .int16)
    case "S": return (.int32, .uint16)
    case "I": return (.int64, .uint32)
    case "L": return (.double, .uint64)
    case "e": return (.double, .half)
    case "f": return (.double, .float)
    case "U": return (.string, .largeText)
    default: return ColumnType(arrowFormat: format).map { ($0, .asHeld) }
    }
  }

  /// The layout of a field's arrays.
  init(_ schema: ArrowSchema) { self = ArrowLayout.reading(schema)?.layout ?? .asHeld }

  /// The layout of decimals, `d:precision,scale` or `d:precision,scale,bits`; nil for other formats and for more than 128 bits.
  private static func decimal(_ format: String) -> ArrowLayout? {
    guard format.hasPrefix("d:") else { return nil }
    let numbers = format.dropFirst(2).split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard (2...3).contains(numbers.count), let scale = numbers[1], (0...38).contains(scale),
      let bitWidth = numbers.count == 3 ? numbers[2] : 128, [32, 64, 128].contains(bitWidth)
    else { return nil }
    return .decimal(bitWidth: bitWidth, scale: scale)
  }

  /// What 10^scale is as a double; exact for a scale of up to 22.
  static func powerOfTen(_ scale: Int) -> Double { (0..<scale).reduce(1.0) { power, _ in power * 10 } }
}
