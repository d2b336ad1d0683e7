/// A field of few values, an enumeration or a flag, and which bits of a row's flags they set.
struct FlagField {
  /// The fields that become flags.
  static let names: Set = ["type", "direction", "dropped", "roaming", "international"]

  /// The source, or nil where the value is fixed.
  private let source: Int?
  /// Bits of each text that the field knows.
  private var texts: [(bytes: [UInt8], bits: UInt16)] = []
  /// Bits of an empty field.
  private var empty: UInt16 = 0
  /// Bits of any other text, or of every row where the value is fixed.
  private var otherwise = ValueTable.unsure

  /// Takes the decoder of a field; nil where it does more than look texts up.
  init?(_ decoder: FieldDecoder, _ name: String) {
    func bits(_ code: UInt8) -> UInt16 {
      switch name {
      case "type": UInt16(code) & UsageRow.Flags.typeMask
      case "direction": code == 1 ? UsageRow.Flags.isIncoming.rawValue : 0
      case "dropped": code == 1 ? UsageRow.Flags.isDropped.rawValue : 0
      case "roaming": code == 1 ? UsageRow.Flags.isRoaming.rawValue : 0
      default: code == 1 ? UsageRow.Flags.isInternational.rawValue : 0
      }
    }
    func bits(_ fixed: FieldDecoder.Fixed) -> UInt16? {
      if let value = fixed.value { return UInt8(exactly: value).map { bits($0) } }
      // What is missing counts as the first code.
      return fixed.bytes.isEmpty && !decoder.isRequired ? bits(0) : nil
    }
    if let constant = decoder.constant {
      guard let fixed = bits(constant) else { return nil }
      (source, otherwise) = (nil, fixed)
      return
    }
    guard let source = decoder.source else { return nil }
    self.source = source
    empty = decoder.isRequired ? ValueTable.unsure : bits(0)
    if !decoder.values.isEmpty || decoder.otherwise != nil {
      for entry in decoder.values {
        guard let bits = bits(entry.meaning) else { return nil }
        texts.append((entry.delivered, bits))
      }
    } else {
      switch decoder.reading {
      case .flag: texts = [("1", 1), ("0", 0), ("true", 1), ("false", 0)].map { (Array($0.0.utf8), bits($0.1)) }
      case .enumeration(let names): texts = names.enumerated().map { ($0.element, bits(UInt8($0.offset))) }
      default: return nil
      }
    }
    if let fallback = decoder.otherwise {
      guard let bits = bits(fallback) else { return nil }
      (otherwise, empty) = (bits, bits)
    }
    if let said = texts.first(where: { $0.bytes.isEmpty }) { empty = said.bits }
  }

  private func bits(of text: [UInt8]) -> UInt16 { texts.first { $0.bytes == text }?.bits ?? otherwise }

  /// Joins fields: the bits that every row has, and one look-up for each source, however many fields are read off it;
  /// nil where a look-up cannot be made.
  static func columns(_ fields: [FlagField]) -> (fixed: UsageRow.Flags, columns: [FlagColumn])? {
    var fixed: UInt16 = 0
    for field in fields where field.source == nil { fixed |= field.otherwise }
    var columns: [FlagColumn] = []
    for source in Set(fields.compactMap(\.source)).sorted() {
      let own = fields.filter { $0.source == source }
      let texts = own.flatMap { $0.texts.map(\.bytes) }.filter { !$0.isEmpty }
      let table = ValueTable(
        texts.map { text in (text, own.reduce(0) { $0 | $1.bits(of: text) }) },
        empty: own.reduce(0) { $0 | $1.empty }, otherwise: own.reduce(0) { $0 | $1.otherwise })
      guard let table else { return nil }
      columns.append(FlagColumn(source: source, table: table))
    }
    return (UsageRow.Flags(rawValue: fixed), columns)
  }
}
