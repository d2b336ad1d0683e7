/// The codes of a categorical feature's levels: what stands in a table is found among them by its text, or by what the text means
/// where every level is a number, or a flag.
struct LevelCodes {
  private let texts: [String: Double]
  /// Codes by number; nil where a level is none, or two are the same one.
  private let numbers: [Double: Double]?
  /// Codes by flag; nil where a level is none, or two are the same one.
  private let flags: [Bool: Double]?

  init(_ levels: [String]) {
    texts = Dictionary(levels.enumerated().map { ($1, Double($0)) }) { first, _ in first }
    numbers = LevelCodes.codes(levels.map(LevelCodes.number))
    flags = LevelCodes.codes(levels.map(TableFile.flag))
  }

  /// The number that a text is; nil for one with a zero before other digits, which is a name.
  private static func number(_ text: String) -> Double? {
    let digits = text.utf8.prefix(2)
    let isName = digits.count == 2 && digits.first == UInt8(ascii: "0") && (48...57).contains(digits.last ?? 0)
    return isName ? nil : TableFile.number(text)
  }

  private static func codes<Value: Hashable>(_ levels: [Value?]) -> [Value: Double]? {
    var codes: [Value: Double] = [:]
    for (code, level) in levels.enumerated() {
      guard let level, codes.updateValue(Double(code), forKey: level) == nil else { return nil }
    }
    return codes
  }

  /// Whether levels are found by number.
  var areNumbers: Bool { numbers != nil }
  /// Whether levels are found by flag.
  var areFlags: Bool { flags != nil }

  /// The code of a text; nil where no level has it.
  subscript(text text: String) -> Double? {
    if let code = texts[text] { return code }
    if let numbers { return LevelCodes.number(text).flatMap { numbers[$0] } }
    return flags.flatMap { flags in TableFile.flag(text).flatMap { flags[$0] } }
  }

  /// The code of a number; nil where no level has it.
  subscript(number number: Double) -> Double? { numbers?[number] }

  /// The code of a flag; nil where no level has it.
  subscript(flag flag: Bool) -> Double? { flags?[flag] }
}
