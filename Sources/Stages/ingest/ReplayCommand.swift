import ArgumentParser
import Ingest
import Stage

/// `nightjar-ingest replay`: repaired rows, under the identity of the file that delivered them.
struct ReplayCommand: StageCommand {
  static let configuration = StageOutcome.command(
    "replay", abstract: "Read repaired rows in place of the rejected ones.",
    discussion: """
      Takes what 'nightjar-ingest rejects' wrote, with 'row' repaired; lines whose row is unchanged are skipped. The delivery is
      read again from its kept bytes with the repairs laid over them, so that its counts, facts and rejects are right again. A
      row that is accepted is no reject any more and cannot be repaired twice; one that is rejected again may be. Status 3 where \
      rows are rejected again: the warning counts them by code.
      """)

  @OptionGroup var options: StageOptions

  @Option(help: ArgumentHelp("The file of repaired rows.", valueName: "file"))
  var file: String

  @Option(
    name: .customLong("feed"),
    help: ArgumentHelp("Feed file to use instead of the configuration folder's; may be repeated.", valueName: "file"))
  var feedFiles: [String] = []

  func run(_ context: StageContext) throws -> StageOutcome {
    var replay = Replay(home: context.home, night: try context.day, file: file)
    replay.configuration = context.configFolder
    replay.feedFiles = feedFiles
    replay.threads = context.threads
    replay.versions = context.versions
    let report = try replay.run(isDryRun: context.isDryRun)
    let rows = report.counts["repairedRowCount"] ?? 0
    let deliveries = report.counts["rederivedFileCount"] ?? 0
    guard rows > 0 else { return .nothingToDo("no row of \(file) differs from what was rejected") }
    for line in report.fileLines where context.isDryRun { context.output(line) }
    return .published(
      "\(rows) repaired \(rows == 1 ? "row" : "rows") of \(deliveries) "
        + "\(deliveries == 1 ? "delivery" : "deliveries") \(context.isDryRun ? "would be read" : "read")"
        + (report.repairs.map { ": \($0)" } ?? ""),
      warnings: report.warnings, counts: report.counts)
  }
}
