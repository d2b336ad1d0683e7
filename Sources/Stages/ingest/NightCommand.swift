import ArgumentParser
import Ingest
import Stage

/// `nightjar-ingest` of a night: deliveries in, facts out, one log entry.
struct NightCommand: StageCommand {
  static let configuration = StageOutcome.command(
    "night", abstract: "Read new deliveries into facts, rejects and the vault.",
    discussion: """
      Reads every file below --inbox that a feed of the configuration folder claims (or the files named), once for ever \
      by content. Folders of the inbox named by a day after --date have not arrived yet.
      """)

  @OptionGroup var options: StageOptions
  @OptionGroup(title: "Questions about feeds") var questions: FeedQuestions

  @Option(help: ArgumentHelp("Folder of the deliveries.", valueName: "dir"))
  var inbox: String?

  @Option(
    name: .customLong("feed"),
    help: ArgumentHelp("Feed file to use instead of the configuration folder's; may be repeated.", valueName: "file"))
  var feedFiles: [String] = []

  @Flag(
    name: .customLong("supersede"),
    help: "Let a file of a known name with new bytes replace what was taken under that name.")
  var isSuperseding = false

  @Option(
    help: ArgumentHelp(
      "MiB for usage rows, of which those beyond two fifths of it wait in staging, and for record keys of earlier nights; a night's own record keys take 12 bytes a row besides.",
      valueName: "mib"))
  var memory = 1_024

  @Argument(help: "Delivered files, instead of --inbox.")
  var files: [String] = []

  /// A question about feeds needs no home.
  var requestedAccess: HomeAccess { questions.isAsked ? .reads : .writes }

  func validate() throws {
    guard (16...1 << 20).contains(memory) else {
      throw ValidationError("--memory must be from 16 to 1048576 MiB")
    }
  }

  func run(_ context: StageContext) throws -> StageOutcome {
    if let answer = try questions.answer(context) { return answer }
    var night = IngestNight(home: context.home, night: try context.day)
    night.configuration = context.configFolder
    night.feedFiles = feedFiles
    night.inbox = inbox
    night.files = files
    night.isSuperseding = isSuperseding
    night.threads = context.threads
    night.memoryByteCount = memory << 20
    night.versions = context.versions
    let report = try night.run(isDryRun: context.isDryRun)
    if context.isDryRun {
      if !context.isJSON { for line in report.fileLines { context.output(line) } }
      if let failure = report.failure { throw failure }
      var outcome = StageOutcome.published(
        "would publish: \(report.summary)", warnings: report.warnings, counts: report.counts)
      outcome.resultJSON = report.previewJSON
      return outcome
    }
    for note in report.notes { context.warn(note) }
    guard report.isPublished else {
      for warning in report.warnings { context.warn(warning) }
      return .nothingToDo(report.summary)
    }
    return .published(report.summary, warnings: report.warnings, counts: report.counts)
  }
}
