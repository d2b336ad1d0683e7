import Configuration

// Reads what happens to a field before it is read.
extension ColumnsReader {
  /// The preparation of one column's field, or nil where it has none.
  mutating func preparation(
    of field: CanonicalField, isConstant: Bool, hasValues: Bool, _ reader: NodeReader
  ) -> FieldPreparation? {
    var preparation = FieldPreparation()
    preparation.condition = condition(reader)
    preparation.alternatives = alternatives(reader)
    preparation.rewrite = rewrite(reader)
    let marks = reader.strings("missing", isOptional: true).map { Array($0.utf8) }
    let ownForm = numberForm(reader)
    if isConstant {
      for key in ["or", "rewrite", "missing", "number-format"] where reader.has(key) {
        reader.report(key, "a constant takes no '\(key)'")
      }
    } else {
      preparation.missing = reader.has("missing") ? marks : missingMarks
      if field.type.isNumber {
        preparation.numberForm = (ownForm ?? numberForm).flatMap { $0 == .plain || hasValues ? nil : $0 }
      }
    }
    if reader.has("number-format"), !field.type.isNumber {
      reader.report("number-format", "'\(field.name)' is no number")
    }
    return preparation.isEmpty ? nil : preparation
  }

  private mutating func condition(_ reader: NodeReader) -> FieldPreparation.Condition? {
    reader.mapping("when", isOptional: true) { child -> FieldPreparation.Condition? in
      let values = ColumnsReader.texts(child, "is")
      guard let node = child.read("column", expecting: "a column", { $0 }), let source = source(node, child) else {
        return nil
      }
      return .init(source: source, values: values)
    }.flatMap { $0 }
  }

  private mutating func alternatives(_ reader: NodeReader) -> [Int] {
    guard let node = reader.value("or") else { return [] }
    if case .list(let items) = node.content { return items.compactMap { source($0, reader) } }
    return source(node, reader).map { [$0] } ?? []
  }

  private func rewrite(_ reader: NodeReader) -> FieldRewrite? {
    reader.mapping("rewrite", isOptional: true) { child -> FieldRewrite? in
      let text = child.string("pattern")
      let to = child.string("to")
      let unmatched = child.enumeration("unmatched", of: ["reject", "keep"], default: "reject")
      guard let pattern = ColumnsReader.pattern(text, "pattern", child) else { return nil }
      do throws(FieldPattern.Fault) {
        return FieldRewrite(
          pattern: pattern, pieces: try FieldRewrite.pieces(of: to, groupCount: pattern.groupCount),
          keepsUnmatched: unmatched == "keep")
      } catch {
        child.report("to", "'to' \(error.message)")
        return nil
      }
    }.flatMap { $0 }
  }

  /// Reads a pattern; a fault is recorded at `key`.
  static func pattern(_ text: String, _ key: String, _ reader: NodeReader) -> FieldPattern? {
    do throws(FieldPattern.Fault) { return try FieldPattern(text) } catch {
      reader.report(key, "the pattern '\(text)' \(error.message)")
      return nil
    }
  }

  /// The texts of a list that must have one.
  static func texts(_ reader: NodeReader, _ key: String) -> [[UInt8]] {
    let texts = reader.strings(key)
    if texts.isEmpty, reader.has(key) { reader.report(key, "'\(key)' must list at least one text") }
    return texts.map { Array($0.utf8) }
  }

  /// `number-format` of a feed or of a column.
  func numberForm(_ reader: NodeReader) -> NumberForm? {
    reader.mapping("number-format", isOptional: true) { child in
      let decimal = child.enumeration("decimal", of: [".", ","], default: ".")
      let thousands = child.optionalEnumeration("thousands", of: [".", ",", "'", " "])
      if thousands == decimal { child.report("thousands", "'decimal' and 'thousands' must differ") }
      return NumberForm(decimal: Array(decimal.utf8)[0], thousands: thousands.map { Array($0.utf8)[0] })
    }
  }
}

extension CanonicalField.FieldType {
  /// Whether a decimal sign and groups of digits can be in it.
  var isNumber: Bool {
    switch self {
    case .count, .duration, .volume, .money, .smallNumber: true
    default: false
    }
  }
}
