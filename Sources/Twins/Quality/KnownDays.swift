import Columns
import Datasets

extension CompleteDays {
  /// Whether every day is complete that a field looks at, of each family that it comes from.
  ///
  /// Only a field that may be missing asks: the others are what they are. What holds at the moment looks at no days.
  func knows(_ field: TwinField, _ catalogue: TwinCatalogue) -> Bool {
    guard field.column.isNullable else { return true }
    return needs(field, catalogue).allSatisfy { count($0.family) >= $0.days }
  }

  private func needs(_ field: TwinField, _ catalogue: TwinCatalogue) -> [(family: Dataset, days: Int)] {
    switch field.computation {
    case .rollup: []
    case .relation(let relation):
      [(relation.family.dataset, relation.function == .new ? RelationAggregate.dayCount : relation.days)]
    case .use: [(.usage, CompleteDays.days(field.window))]
    case .events(let events):
      events.family.hasCalendar ? [(events.family.dataset, CompleteDays.days(field.window))] : []
    case .ratio(let above, let below):
      catalogue.fields.filter { $0.name == above || $0.name == below }.flatMap { needs($0, catalogue) }
    case .rule(let rule):
      CompleteDays.families.filter { rule.window != "state" && field.sources.contains($0.name) }
        .map { ($0, CompleteDays.days(rule.window)) }
    }
  }

  /// The days of a window; what is no number of days is as long as the longest.
  private static func days(_ window: String) -> Int {
    window.hasSuffix(" days") ? Int(window.dropLast(" days".count)) ?? Windows.longest : Windows.longest
  }
}
