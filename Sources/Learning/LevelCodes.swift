/// The codes of a categorical feature's levels. A text is found among them as it stands; where the levels are numbers or flags of a
/// pandas frame, by what it means as well. Numbers and flags are found where every level is the text of one.
struct LevelCodes {
  private let texts: [String: Double]
  /// Codes by number; nil where a level is none, or two are the same one.
  private let numbers: [Double: Double]?
  /// Codes by flag; nil where a level is none, or two are the same one.
  private let flags: [Bool: Double]?
  /// Whether a text is found by what it means, too.
  private let isByValue: Bool

  init(_ levels: [String], isByValue: Bool = false) {
    texts = Dictionary(levels.enumerated().map { ($1, Double($0)) }) { first, _ in first }
    numbers = LevelCodes.codes(levels.map(LevelCodes.number))
    flags = LevelCodes.codes(levels.map(TableFile.flag))
    self.isByValue = isByValue
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
    guard isByValue else { return nil }
    if let numbers { return LevelCodes.number(text).flatMap { numbers[$0] } }
    return flags.flatMap { flags in TableFile.flag(text).flatMap { flags[$0] } }
  }

  /// The code of a number; nil where no level has it.
  subscript(number number: Double) -> Double? { numbers?[number] }

  /// The code of a flag; nil where no level has it.
  subscript(flag flag: Bool) -> Double? { flags?[flag] }
}
