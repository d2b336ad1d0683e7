import Configuration

// Fields of relations: with whom a subscription had to do, and where it was.
extension FieldReader {
  func relations(
    _ family: RelationFamily, _ aggregate: String, _ of: ConfigurationNode?,
    _ conditions: [ConfigurationNode.Entry], _ windows: [FieldWindow]
  ) -> [(FieldWindow?, FieldComputation)] {
    guard let function = RelationAggregate.Function(rawValue: aggregate) else {
      let allowed = RelationAggregate.Function.allCases.map(\.rawValue).joined(separator: ", ")
      row.report("aggregate", "'\(aggregate)' is no aggregate of \(family.rawValue): \(allowed)")
      return []
    }
    if function.isOfOutages, family != .cells { row.report("aggregate", "'\(aggregate)' is an aggregate of cells") }
    if of != nil { row.report("of", "'\(aggregate)' of \(family.rawValue) has no 'of'") }
    if windows.isEmpty { row.report("window", "'\(aggregate)' needs a window") }
    let parties = conditions.compactMap { party(family, $0) }
    let aggregates = windows.compactMap { window -> (FieldWindow?, FieldComputation)? in
      guard case .days(let days) = window, days <= RelationAggregate.dayCount,
        function != .new || days < RelationAggregate.dayCount
      else {
        let longest = RelationAggregate.dayCount - (function == .new ? 1 : 0)
        row.report(
          row.has("windows") ? "windows" : "window",
          "a window of '\(aggregate)' is a number of days from 1 to \(longest)")
        return nil
      }
      return (
        window, .relation(RelationAggregate(family: family, function: function, party: parties.first, days: days))
      )
    }
    return isSound ? aggregates : []
  }

  private func party(_ family: RelationFamily, _ entry: ConfigurationNode.Entry) -> RelationAggregate.Party? {
    guard family == .counterparties, entry.key == "party" else {
      row.report(
        at: entry.location,
        family == .counterparties ? "a condition of counterparties is 'party'" : "cells have no condition")
      return nil
    }
    guard let party = entry.value.text.flatMap({ RelationAggregate.Party(rawValue: $0) }) else {
      let allowed = RelationAggregate.Party.allCases.map(\.rawValue).joined(separator: ", ")
      row.report(at: entry.value.location, "'party' is one of \(allowed)")
      return nil
    }
    return party
  }
}
