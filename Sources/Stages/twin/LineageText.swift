import Calendar
import Columns
import Datasets
import Ingest
import Ledger
import Twins

/// A field's lineage as lines for people, and as JSON.
struct LineageText {
  private let found: FieldFacts
  private let origins: [[DeliveryLineage.Origin]]

  /// Leaves out the records of daily use that have nothing of what is measured: a message adds no seconds.
  init(_ found: FieldFacts, _ origins: [[DeliveryLineage.Origin]]) {
    self.found = found
    self.origins = zip(found.sources, origins).map { source, origins in
      origins.map { origin in
        var origin = origin
        origin.records.removeAll { record in
          !record.measures.isEmpty && !record.isOfSession && !source.takes(ofUse: record.measures)
        }
        return origin
      }
    }
  }

  var factCount: Int { origins.reduce(0) { $0 + $1.count } }
  var recordCount: Int { origins.joined().reduce(0) { $0 + $1.records.count } }
  var problemCount: Int { origins.joined().count { $0.problem != nil } }

  // MARK: - For people

  func lines() throws -> [String] {
    var lines = [
      "\(found.field.name) of subscription \(found.subscriptionID), night \(found.night): "
        + "\(found.value ?? "unknown") (\(found.field.unit))"
    ]
    for (source, origins) in zip(found.sources, origins) { lines += try self.lines(source, origins) }
    if let consent = found.withheldFor {
      lines.append("  withheld: its person has not agreed to the use of \(consent.rawValue) data")
    } else if let score = found.score {
      lines.append("  it comes from no facts: \(score.model) said it in the night of \(score.night), \(score.file)")
    } else if found.sources.isEmpty {
      lines.append("  it comes from no facts")
    }
    return lines
  }

  private func lines(_ source: FieldFacts.Source, _ origins: [DeliveryLineage.Origin]) throws -> [String] {
    let name = source.fieldName == found.field.name ? "" : "\(source.fieldName): "
    let measures = source.measures.isEmpty ? "" : ", \(source.measures.joined(separator: " + "))"
    let condition = source.condition.isEmpty ? "" : ", \(source.condition)"
    let sum = source.addsUp ? source.total.map { ", together \($0)" } ?? "" : ""
    let count = source.facts.rowCount
    var lines = [
      "\(name)\(source.dataset.name), \(source.window)\(condition)\(measures): \(count) \(count == 1 ? "fact" : "facts")\(sum)"
    ]
    let (days, knowns) = (try source.facts.date("event_date").values, try source.facts.date("known_date").values)
    for (row, origin) in origins.enumerated() {
      let amount = source.contributions.map { ": \($0[row])" } ?? ""
      lines.append("  \(Day(rawValue: days[row])), known \(Day(rawValue: knowns[row]))\(amount)")
      if let delivery = origin.delivery {
        lines.append("    \(delivery.file.feed): \(delivery.file.name) of \(delivery.night)")
      }
      lines += origin.records.map { "      \(place($0))\(worth(of: $0, source))" }
      if let problem = origin.problem { lines.append("      not traced: \(problem)") }
    }
    return lines
  }

  private func place(_ record: DeliveryRecord) -> String {
    let member = record.member.map { "member \($0), " } ?? ""
    let line = record.line == record.lastLine ? "line \(record.line)" : "lines \(record.line) to \(record.lastLine)"
    return "\(member)\(line), byte \(record.byte)\(record.isRepaired ? ", repaired" : "")"
  }

  /// A record of daily use is one of many of its fact; every other is its fact.
  private func worth(of record: DeliveryRecord, _ source: FieldFacts.Source) -> String {
    record.measures.isEmpty || source.contributions == nil
      ? "" : ": \(source.contribution(ofUse: record.measures))"
  }

  // MARK: - For machines

  /// `{"field":"…","night":"…","sources":[{"dataset":"…","facts":[{"eventDate":"…","records":[{"byte":0,"line":2}]}]}],…}`.
  func json() throws -> CanonicalJSON {
    let sources = try zip(found.sources, origins).map { source, origins in
      var members: [String: CanonicalJSON] = [
        "condition": .string(source.condition), "dataset": .string(source.dataset.name),
        "facts": .array(try facts(source, origins)), "field": .string(source.fieldName),
        "measures": .array(source.measures.map { .string($0) }), "window": .string(source.window),
      ]
      if source.addsUp, let total = source.total { members["total"] = .integer(total) }
      return CanonicalJSON.object(members)
    }
    var members: [String: CanonicalJSON] = [
      "field": .string(found.field.name), "night": .string("\(found.night)"), "sources": .array(sources),
      "subscriptionID": .integer(found.subscriptionID), "unit": .string(found.field.unit),
    ]
    members["value"] = found.value.map { .string($0) }
    if let score = found.score {
      members["score"] = .object([
        "file": .string(score.file), "model": .string(score.model), "night": .string("\(score.night)"),
      ])
    }
    return .object(members)
  }

  private func facts(
    _ source: FieldFacts.Source, _ origins: [DeliveryLineage.Origin]
  ) throws -> [CanonicalJSON] {
    let (days, knowns) = (try source.facts.date("event_date").values, try source.facts.date("known_date").values)
    return origins.enumerated().map { row, origin in
      var members: [String: CanonicalJSON] = [
        "eventDate": .string("\(Day(rawValue: days[row]))"), "knownDate": .string("\(Day(rawValue: knowns[row]))"),
        "records": .array(origin.records.map { json($0, source) }),
      ]
      if let contributions = source.contributions { members["contribution"] = .integer(contributions[row]) }
      if let problem = origin.problem { members["problem"] = .string(problem) }
      if let delivery = origin.delivery {
        members["delivery"] = .object([
          "feed": .string(delivery.file.feed), "name": .string(delivery.file.name),
          "night": .string("\(delivery.night)"), "sha256": .string(delivery.file.sha256.hex),
        ])
      }
      return .object(members)
    }
  }

  private func json(_ record: DeliveryRecord, _ source: FieldFacts.Source) -> CanonicalJSON {
    var members: [String: CanonicalJSON] = [
      "byte": .integer(record.byte), "lastLine": .integer(record.lastLine), "line": .integer(record.line),
    ]
    if let member = record.member { members["member"] = .string(member) }
    if record.isRepaired { members["isRepaired"] = .integer(1) }
    if !record.measures.isEmpty, source.contributions != nil {
      members["contribution"] = .integer(source.contribution(ofUse: record.measures))
    }
    return .object(members)
  }
}
