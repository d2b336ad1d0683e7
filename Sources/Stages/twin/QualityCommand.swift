import ArgumentParser
import Calendar
import Ledger
import Stage
import Twins

/// `nightjar-twin quality`: what a night said of its own twin.
struct QualityCommand: StageCommand {
  static let configuration = StageOutcome.command(
    "quality",
    abstract: "Show how complete a night's twin is, which contracts it breaks and which fields have drifted.",
    discussion: """
      Of the night of --date, or of the newest night that has twins. Lists the complete and missing days of every family of \
      facts and feed, the fields that break their contract in twins/subscription.yaml, and the fields whose population \
      stability index against the 28 nights before is above 0.1, the furthest first. Reads two small files. Status 66 where \
      there is no such night.
      """)
  static let access = HomeAccess.reads

  @OptionGroup var options: StageOptions

  func run(_ context: StageContext) throws -> StageOutcome {
    let report = try QualityReport(context.home, night: context.optionalDay)
    if !context.isJSON { report.lines.forEach(context.output) }
    return .answered(
      summary: "\(report.breaches.count) contracts broken, \(report.drifted.count) fields with drift above 0.1",
      json: json(report).text)
  }

  private func json(_ report: QualityReport) -> CanonicalJSON {
    .object([
      "breaches": .array(report.breaches.map { .string($0) }), "completeness": .array(report.days.map(json)),
      "drift": .array(report.drifted.map { json(field: $0.field, psi: $0.psi, isWarned: $0.isWarned) }),
      "driftStates": .object(report.driftStates.mapValues { .integer(Int64($0)) }),
      "entry": .string(report.entry.fileName), "night": .string("\(report.night)"),
    ])
  }

  private func json(_ days: QualityReport.Days) -> CanonicalJSON {
    .object([
      "kind": .string(days.isFamily ? "family" : "feed"), "known": .integer(Int64(days.knownCount)),
      "missing": .array(days.missing.map { .string("\($0)") }), "name": .string(days.name),
    ])
  }

  private func json(field: String, psi: Double, isWarned: Bool) -> CanonicalJSON {
    .object(["field": .string(field), "isWarned": .integer(isWarned ? 1 : 0), "psi": .string("\(psi)")])
  }
}
