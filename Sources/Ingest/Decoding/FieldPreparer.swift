/// Prepares one field of row after row; its buffers are made once.
struct FieldPreparer: Sendable {
  private let preparation: FieldPreparation
  private var matcher: FieldPatternMatcher?
  /// The prepared bytes of the last row.
  private(set) var text: [UInt8] = []
  private var scratch: [UInt8] = []

  init(_ preparation: FieldPreparation) {
    self.preparation = preparation
    matcher = preparation.rewrite.map { FieldPatternMatcher($0.pattern) }
  }

  /// Whether the field counts in the row at all.
  func applies(_ bytes: UnsafeBufferPointer<UInt8>, _ ranges: [Range<Int>]) -> Bool {
    guard let condition = preparation.condition else { return true }
    let field = UnsafeBufferPointer(rebasing: bytes[ranges[condition.source]])
    return condition.values.contains { $0.elementsEqual(field) }
  }

  /// Fills `text` from the row; returns the source that it came from. `isMapped` where a value map reads the text.
  mutating func prepare(
    source: Int, _ bytes: UnsafeBufferPointer<UInt8>, _ ranges: [Range<Int>], isMapped: Bool
  ) throws(RowFault) -> Int {
    var source = source
    take(source, bytes, ranges)
    for alternative in preparation.alternatives where text.isEmpty {
      source = alternative
      take(source, bytes, ranges)
    }
    guard !text.isEmpty else { return source }
    try rewrite(source)
    guard let form = preparation.numberForm, !isMapped, !text.isEmpty else { return source }
    let isNumber = text.withUnsafeBufferPointer { form.write($0, to: &scratch) }
    guard isNumber else {
      let expected = "a number with the feed's decimal sign and groups of three digits"
      throw RowFault("wrong-type", source: source, expected: expected, "the field is not \(expected)")
    }
    swap(&text, &scratch)
    return source
  }

  /// Takes a field; a missing mark is nothing.
  private mutating func take(_ source: Int, _ bytes: UnsafeBufferPointer<UInt8>, _ ranges: [Range<Int>]) {
    let field = UnsafeBufferPointer(rebasing: bytes[ranges[source]])
    text.removeAll(keepingCapacity: true)
    guard !preparation.missing.contains(where: { $0.elementsEqual(field) }) else { return }
    text.append(contentsOf: field)
  }

  private mutating func rewrite(_ source: Int) throws(RowFault) {
    guard let rewrite = preparation.rewrite, var matcher else { return }
    self.matcher = nil
    defer { self.matcher = matcher }
    guard text.count <= FieldPattern.fieldLimit else {
      throw RowFault(
        "too-long", source: source, expected: "at most \(FieldPattern.fieldLimit) bytes",
        "the field is too long to be rewritten")
    }
    guard text.withUnsafeBufferPointer({ matcher.matches($0) }) else {
      if rewrite.keepsUnmatched { return }
      throw RowFault(
        "wrong-form", source: source, expected: "the form \(rewrite.pattern.text)",
        "the field has not the form that the feed rewrites")
    }
    scratch.removeAll(keepingCapacity: true)
    for piece in rewrite.pieces {
      switch piece {
      case .text(let bytes): scratch.append(contentsOf: bytes)
      case .group(let group):
        if let range = matcher.range(ofGroup: group) { scratch.append(contentsOf: text[range]) }
      }
    }
    swap(&text, &scratch)
  }
}
