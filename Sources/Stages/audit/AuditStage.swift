import ArgumentParser
import Stage

/// `nightjar-audit`: what the log proves.
@main struct AuditStage: StageGroup {
  static let configuration = StageOutcome.configuration(
    "audit", abstract: "Verify and read the signed log of a home.",
    subcommands: [VerifyCommand.self, LogCommand.self])
}
