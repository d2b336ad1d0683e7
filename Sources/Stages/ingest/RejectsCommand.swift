import ArgumentParser
import Ingest
import Stage

/// `nightjar-ingest rejects`: the rejected rows with their bytes, to be repaired.
struct RejectsCommand: StageCommand {
  static let configuration = StageOutcome.command(
    "rejects", abstract: "Write the rejected rows, as they were delivered, into a file for repair.",
    discussion: """
      One JSON object a line; repair 'row' and give the file to 'nightjar-ingest replay'. The file holds personal data: it is
      created for its owner alone (0600) and must not be there yet. Needs the vault's key.
      """)
  static let access = HomeAccess.reads

  @OptionGroup var options: StageOptions

  @Option(help: ArgumentHelp("The new file.", valueName: "file"))
  var out: String

  @Option(help: ArgumentHelp("Only rejects of this feed.", valueName: "name"))
  var feed: String?

  @Option(help: ArgumentHelp("Only rejects with this code.", valueName: "code"))
  var code: String?

  func run(_ context: StageContext) throws -> StageOutcome {
    var export = RejectExport(context.home)
    export.feed = feed
    export.code = code
    let count = context.isDryRun ? try export.count() : try export.write(to: out)
    let rows = count == 1 ? "1 rejected row" : "\(count) rejected rows"
    return .done(
      summary: "\(rows) \(context.isDryRun ? "would go" : "written") to \(out)",
      counts: ["rejectedRowCount": Int64(count)])
  }
}
