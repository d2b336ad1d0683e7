import Columns
import Configuration

extension Condition {
  /// Reads `{field: …, operator: …, value: …}` against the fields of `schema`; nil after a recorded fault.
  static func read(_ reader: NodeReader, schema: Schema) -> Condition? {
    let name = reader.string("field")
    let comparison = reader.enumeration("operator", as: Comparison.self)
    let node = reader.value("value")
    guard !name.isEmpty, let comparison else { return nil }
    guard let index = schema.index(of: name) else {
      let hint = Suggestion.nearest(to: name, among: schema.fields.map(\.name)).map { "; did you mean '\($0)'?" } ?? ""
      reader.report("field", "neither the twin nor the score has a field '\(name)'\(hint)")
      return nil
    }
    guard let node else {
      reader.report(at: reader.location, "the key 'value' is missing: what '\(name)' is compared with")
      return nil
    }
    var parser = ValueParser(reader: reader, field: schema.fields[index])
    return parser.test(comparison, node).map { Condition(name, $0) }
  }
}

/// Reads the value of a condition by the type of its field.
private struct ValueParser {
  let reader: NodeReader
  let field: ColumnField

  mutating func test(_ comparison: Condition.Comparison, _ node: ConfigurationNode) -> Condition.Test? {
    switch field.type {
    case .string: return text(comparison, node)
    case .bool: return flag(comparison, node)
    case .int32, .int64, .double: return number(comparison, node)
    case .date, .timestamp:
      reader.report("field", "'\(field.name)' is a time, which no condition compares; use a field in days")
      return nil
    }
  }

  private func text(_ comparison: Condition.Comparison, _ node: ConfigurationNode) -> Condition.Test? {
    switch comparison {
    case .isEqual, .isDifferent:
      guard let text = node.text else { return wrong(node, "a text") }
      return .text([text], isAmong: comparison == .isEqual)
    case .isAmong, .isNotAmong:
      guard let texts = items(node, "a list of texts", { $0.text }) else { return nil }
      return .text(texts, isAmong: comparison == .isAmong)
    default: return unfit(comparison, "is, is-not, in, not-in")
    }
  }

  private func flag(_ comparison: Condition.Comparison, _ node: ConfigurationNode) -> Condition.Test? {
    guard comparison == .isEqual || comparison == .isDifferent else { return unfit(comparison, "is, is-not") }
    guard case .scalar(let text, isPlain: true) = node.content, text == "true" || text == "false" else {
      return wrong(node, "true or false")
    }
    return .flag((text == "true") == (comparison == .isEqual))
  }

  private func number(_ comparison: Condition.Comparison, _ node: ConfigurationNode) -> Condition.Test? {
    func value(_ node: ConfigurationNode) -> Double? {
      guard case .scalar(let text, isPlain: true) = node.content else { return nil }
      return Double(text.filter { $0 != "_" }).flatMap { $0.isFinite ? $0 : nil }
    }
    if comparison == .isAmong || comparison == .isNotAmong {
      guard let numbers = items(node, "a list of numbers", value) else { return nil }
      return .numbers(numbers, isAmong: comparison == .isAmong)
    }
    guard let number = value(node) else { return wrong(node, "a number") }
    return .number(comparison, number)
  }

  private func items<Item>(
    _ node: ConfigurationNode, _ expectation: String, _ convert: (ConfigurationNode) -> Item?
  ) -> [Item]? {
    guard case .list(let nodes) = node.content, !nodes.isEmpty else { return wrong(node, expectation) }
    var items: [Item] = []
    for item in nodes {
      guard let converted = convert(item) else { return wrong(item, expectation) }
      items.append(converted)
    }
    return items
  }

  private func wrong<Value>(_ node: ConfigurationNode, _ expectation: String) -> Value? {
    reader.report(
      at: node.location, "'\(field.name)' is compared with \(expectation), not with \(node.kindDescription)")
    return nil
  }

  private func unfit(_ comparison: Condition.Comparison, _ allowed: String) -> Condition.Test? {
    reader.report(
      "operator", "'\(comparison.rawValue)' does not fit '\(field.name)' (\(field.type.rawValue)); allowed: \(allowed)")
    return nil
  }
}
