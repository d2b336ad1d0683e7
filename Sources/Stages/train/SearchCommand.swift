import ArgumentParser
import Learning
import Stage

/// `nightjar-train search`: parameters of the gradient learner for any table, without a home.
struct SearchCommand: StageCommand {
  static let configuration = StageOutcome.command(
    "search", abstract: "Look for parameters of the gradient learner.",
    discussion: """
      Candidates are drawn by --seed; the first is what the options of fit give. All are tried with few trees, the best third
      with three times as many, and so on; the loss on --valid decides. The same tables and options find the same parameters on
      any machine, unless --seconds cuts the search. The answer ends with the options of 'nightjar-train fit' that learn the best.
      """)
  static let access = HomeAccess.reads

  @OptionGroup var options: StageOptions
  @Option(help: ArgumentHelp("Training table.", valueName: "file"))
  var input: String
  @Option(help: ArgumentHelp("Column of the label, as in fit.", valueName: "column"))
  var label: String
  @Option(help: ArgumentHelp("The value of the label that counts as 1; others are 0.", valueName: "value"))
  var positive: String?
  @Option(help: ArgumentHelp("Columns that are no features, separated by commas.", valueName: "columns"))
  var exclude = ""
  @Option(help: ArgumentHelp("Column of positive numbers by which rows count.", valueName: "column"))
  var weight: String?
  @Option(help: ArgumentHelp("Candidates.", valueName: "n"))
  var candidates = 27
  @Option(help: ArgumentHelp("Trees times learning rate of the last round.", valueName: "x"))
  var budget = 30.0
  @Option(help: ArgumentHelp("Seconds after which no further tree is grown.", valueName: "x"))
  var seconds: Double?
  @OptionGroup(title: "Gradient boosting") var growth: BoostingOptions
  @Option(help: ArgumentHelp("Write the best model: LightGBM's text.", valueName: "file"))
  var model: String?

  func validate() throws {
    try options.refuseNight()
    guard growth.valid != nil else { throw ValidationError("--valid names the table by which candidates are chosen") }
    guard (1...1_000).contains(candidates), (0.1...1_000).contains(budget), (0...1e6).contains(seconds ?? 0) else {
      throw ValidationError("--candidates wants 1 to 1000, --budget 0.1 to 1000, --seconds up to 1000000")
    }
  }

  func run(_ context: StageContext) throws -> StageOutcome {
    var trial = TableTrial(label: label, excluded: exclude.split(separator: ",").map(String.init))
    trial.positive = positive
    trial.weight = weight
    trial.gradient.learningRate = 0.1
    trial.gradient.minimumLeafRowCount = 20
    trial.gradient.l2 = 0
    try growth.apply(to: &trial)
    var search = TableSearch(trial)
    search.candidateCount = candidates
    search.seed = trial.gradient.seed
    search.fullResource = budget
    search.seconds = seconds
    let report = try search.run(
      input: input, model: context.isDryRun ? nil : model, threads: context.threads)
    return .answered(summary: report.summary, json: try report.json)
  }
}
