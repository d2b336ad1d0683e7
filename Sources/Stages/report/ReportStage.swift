import ArgumentParser
import Ledger
import Reports
import Stage

/// `nightjar-report`: a night's entries and sums → one self-contained page.
@main struct ReportStage: StageCommand {
  static let configuration = StageOutcome.configuration(
    "report", abstract: "Write the report of a night: one self-contained HTML page of sums.",
    discussion: """
      The page is committed below reports/.pages/ and shown as reports/DATE.html when the night is closed. It holds no \
      script, needs no network, names no person and has at most a million bytes.
      """)

  @OptionGroup var options: StageOptions

  func run(_ context: StageContext) throws -> StageOutcome {
    let run = ReportRun(context.home, night: try context.day, versions: context.versions)
    if context.isDryRun { return .done(summary: "would write a page of \(try run.rehearse()) bytes") }
    switch try run.run() {
    case .alreadyDone: return .nothingToDo("the report of \(try context.day) is in the log")
    case .published(let entry):
      let name = entry.products.first?.name ?? ""
      return .done(summary: "\(name), \(entry.counts["byteCount"] ?? 0) bytes", counts: entry.counts)
    }
  }
}
