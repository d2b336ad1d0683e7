import Columns
import Configuration

/// Reads what a row of a catalogue rolls up from the fields of the subscription's twin.
struct RollupReader {
  private static let numbers: [ColumnType] = [.int32, .int64]
  private static let testable: [ColumnType] = [.string, .bool, .int32, .int64]

  private let row: NodeReader
  private let fields: [TwinField]
  private let scope: RollupScope

  /// `fields` are those of subscriptions.
  init(_ row: NodeReader, over fields: [TwinField], _ scope: RollupScope) {
    self.row = row
    self.fields = fields
    self.scope = scope
  }

  /// The aggregate; nil where a fault was recorded.
  func aggregate(
    _ name: String, of: ConfigurationNode?, where conditions: [ConfigurationNode.Entry], missing: String?, per: Int?
  ) -> RollupAggregate? {
    let problemCount = row.problemCount
    guard let function = RollupAggregate.Function(rawValue: name) else {
      let allowed = RollupAggregate.Function.allCases.map(\.rawValue).joined(separator: ", ")
      row.report("rollup", "'\(name)' is no way to roll up: \(allowed)")
      return nil
    }
    if function.needsMeasure, of == nil { row.report("of", "'\(name)' says of which field: 'of'") }
    if function.needsConditions {
      if of != nil { row.report("of", "'\(name)' has no 'of'") }
      if conditions.isEmpty { row.report(at: row.location, "'\(name)' says of which condition: 'where'") }
    }
    if per != nil, !function.isQuotient { row.report("per", "'\(name)' is no quotient, so it has no 'per'") }
    let measure = of.flatMap { self.measure($0, isCounted: function == .count) }
    let checked = conditions.compactMap { condition($0) }
    let mayLackMeasure = function != .count && measure?.column.isNullable ?? false
    let mayLackTested = checked.contains { $0.field.column.isNullable }
    let treatment = missing.flatMap { self.missing($0, function) } ?? .spoils
    guard row.problemCount == problemCount else { return nil }
    if missing != nil, !(mayLackMeasure && treatment != .unmet), !mayLackTested {
      row.report("missing", "'missing' says nothing here: what is asked is never missing")
      return nil
    }
    return RollupAggregate(
      function: function, measure: measure?.name, conditions: checked.map(\.condition), missing: treatment,
      per: per ?? 1, type: RollupAggregate.type(function, of: measure?.column.type),
      window: ((measure.map { [$0] } ?? []) + checked.map(\.field)).map(\.window).first { $0 != "state" } ?? "state",
      nullMeaning: RollupAggregate.nullMeaning(
        function, isConditional: !checked.isEmpty, treatment, mayLackMeasure: mayLackMeasure,
        mayLackTested: mayLackTested, scope))
  }

  private func missing(_ text: String, _ function: RollupAggregate.Function) -> RollupAggregate.Missing? {
    guard let treatment = RollupAggregate.Missing(rawValue: text) else {
      let allowed = RollupAggregate.Missing.allCases.map(\.rawValue).joined(separator: ", ")
      row.report("missing", "'missing' must be one of \(allowed), not '\(text)'")
      return nil
    }
    if treatment == .skipped, !function.maySkip {
      row.report(
        "missing", "'\(function.rawValue)' of some of the subscriptions would pass for one of all: not 'skipped'")
    }
    return treatment
  }

  private func field(_ name: String, _ place: SourceLocation) -> TwinField? {
    if let field = fields.first(where: { $0.name == name }) { return field }
    let near = Suggestion.nearest(to: name, among: fields.map(\.name)).map { "; did you mean '\($0)'?" } ?? ""
    row.report(at: place, "'\(name)' is no field of a subscription's twin\(near)")
    return nil
  }

  private func measure(_ node: ConfigurationNode, isCounted: Bool) -> TwinField? {
    guard let name = node.text else {
      row.report(at: node.location, "'of' is a field of a subscription's twin")
      return nil
    }
    guard let found = field(name, node.location) else { return nil }
    if !isCounted, !RollupReader.numbers.contains(found.column.type) {
      row.report(at: node.location, "'\(name)' is \(found.column.type): only int32 and int64 are rolled up")
      return nil
    }
    return found
  }

  private func condition(_ entry: ConfigurationNode.Entry) -> (field: TwinField, condition: RollupCondition)? {
    guard let field = field(entry.key, entry.location) else { return nil }
    guard RollupReader.testable.contains(field.column.type) else {
      row.report(
        at: entry.location, "'\(entry.key)' is \(field.column.type): a condition is on texts, flags and integers")
      return nil
    }
    guard let test = test(field, entry.value) else { return nil }
    return (field, RollupCondition(column: entry.key, test: test))
  }

  private func test(_ field: TwinField, _ node: ConfigurationNode) -> RollupCondition.Test? {
    switch field.column.type {
    case .string:
      let nodes = if case .list(let items) = node.content { items } else { [node] }
      let texts = nodes.compactMap(\.text)
      if texts.count == nodes.count, !texts.isEmpty { return .texts(texts) }
      row.report(at: node.location, "a condition names a text, or a list of them")
    case .bool:
      if let text = node.text, text == "true" || text == "false" { return .flag(text == "true") }
      row.report(at: node.location, "'\(field.name)' is true or false")
    default:
      guard case .mapping = node.content else {
        row.report(at: node.location, "a condition on a number has 'min', 'max' or both")
        return nil
      }
      return row.child(node) { bounds in
        let least = bounds.optionalInt("min")
        let greatest = bounds.optionalInt("max")
        guard least != nil || greatest != nil, (least ?? .min) <= (greatest ?? .max) else {
          bounds.report(at: node.location, "a condition on a number has 'min', 'max' or both, the first not greater")
          return nil
        }
        return .bounds(Int64(least ?? .min)...Int64(greatest ?? .max))
      }
    }
    return nil
  }
}
