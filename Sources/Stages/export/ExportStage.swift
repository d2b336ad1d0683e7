import ArgumentParser
import Campaigns
import Configuration
import Ledger
import Stage

/// `nightjar-export`: a night's decisions and the vault → the campaign pack and the contacts that it causes.
@main struct ExportStage: StageCommand {
  static let configuration = StageOutcome.configuration(
    "export", abstract: "Write the campaign pack of a night: one list a channel, control, suppressed, checksums.",
    discussion: """
      The pack is committed below exports/.packs/ and shown as exports/DATE when the night is closed. Every gate (control, \
      one contact a person, consent, caps, budget, capacity, safe cells) is checked again; if one holds, nothing is written.
      """)

  @OptionGroup var options: StageOptions

  func run(_ context: StageContext) throws -> StageOutcome {
    func document(_ name: String) throws -> ConfigurationDocument {
      try ConfigurationDocument.load(path: context.config(name))
    }
    let rules = ExportRun.Rules(
      offers: try document("offers.yaml"), policy: try document("policy.yaml"), export: try document("export.yaml"))
    let run = ExportRun(context.home, night: try context.day, rules: rules, versions: context.versions)
    if context.isDryRun {
      let pack = try run.rehearse()
      return .done(summary: "would write \(summary(pack.counts))", counts: pack.counts)
    }
    switch try run.run() {
    case .alreadyDone: return .nothingToDo("the pack of \(try context.day) is in the log")
    case .published(let entry):
      return .published(summary(entry.counts), warnings: entry.warnings, counts: entry.counts)
    }
  }

  private func summary(_ counts: [String: Int64]) -> String {
    let lists = counts.filter { $0.key.hasPrefix("contacts.") }.sorted { $0.key < $1.key }
      .map { "\($0.key.dropFirst("contacts.".count)) \($0.value)" }
    return "\(counts["contacts"] ?? 0) contacts (\(lists.joined(separator: ", "))), \(counts["control"] ?? 0) control, "
      + "\(counts["suppressed"] ?? 0) suppressed"
  }
}
