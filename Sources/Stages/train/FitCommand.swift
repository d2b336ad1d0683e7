public import ArgumentParser
public import Learning
import Stage

/// `nightjar-train fit`: a learner on any table, without a home.
struct FitCommand: StageCommand {
  static let configuration = StageOutcome.command(
    "fit", abstract: "Fit a learner to a table and evaluate it on another.",
    discussion: """
      Tables are Parquet, or CSV with a header. Numbers, flags and texts are features; a text column with more than 1,000
      values is left out. With --json the result has the metrics of the test table and the seconds of reading, binning,
      training and scoring. 'nightjar-score --model' scores other tables by the model that --model writes.

      An option of the other learner is a usage error, but for --trees, --leaves, --learning-rate and --min-leaf: the logistic
      learner passes over them, so that one line of options measures both.
      """)
  static let access = HomeAccess.reads

  @OptionGroup var options: StageOptions
  @Option(help: ArgumentHelp("Training table.", valueName: "file"))
  var input: String
  @Option(help: ArgumentHelp("Table to evaluate on (default: the training table).", valueName: "file"))
  var test: String?
  @Option(
    help: ArgumentHelp(
      "Column of the label: 0 or 1, a flag, texts with --positive, amounts with --objective.", valueName: "column"))
  var label: String
  @Option(help: ArgumentHelp("The value of the label that counts as 1; others are 0.", valueName: "value"))
  var positive: String?
  @Option(help: ArgumentHelp("Columns that are no features, separated by commas.", valueName: "columns"))
  var exclude = ""
  @Option(
    help: ArgumentHelp("Share of the rows of label 0 that --input kept: scores are put right by it.", valueName: "x"))
  var negativeRate = 1.0
  @Option(help: ArgumentHelp("gradient or logistic.", valueName: "name"))
  var algorithm = TableTrial.Algorithm.gradient
  @Option(help: ArgumentHelp("Trees.", valueName: "n"))
  var trees = 100
  @Option(help: ArgumentHelp("Leaves of a tree.", valueName: "n"))
  var leaves = 31
  @Option(help: ArgumentHelp("How much of a Newton step a tree takes.", valueName: "x"))
  var learningRate = 0.1
  @Option(help: ArgumentHelp("Rows that a leaf must have.", valueName: "n"))
  var minLeaf = 20
  @Option(help: ArgumentHelp("L2 penalty of leaves, or of coefficients (default 0 and 1).", valueName: "x"))
  var l2: Double?
  @Option(help: ArgumentHelp("Column of positive numbers by which rows count.", valueName: "column"))
  var weight: String?
  @OptionGroup(title: "Gradient boosting") var growth: BoostingOptions
  @OptionGroup(title: "Logistic regression") var line: LogisticOptions
  @Option(help: ArgumentHelp("Write the model: LightGBM's text, or JSON.", valueName: "file"))
  var model: String?
  @Option(help: ArgumentHelp("Write the test table's predictions.", valueName: "parquet"))
  var output: String?

  func validate() throws {
    try options.refuseNight()
    guard TableTrial.negativeRates.contains(negativeRate) else {
      throw ValidationError("--negative-rate wants 0.000001 to 1: the share of the rows of label 0 that were kept")
    }
    let (others, owner) = algorithm == .logistic ? (growth.given, "gradient") : (line.given, "logistic")
    if let name = others.first {
      throw ValidationError(
        "\(name) is of the \(owner) learner: it does nothing with --algorithm \(algorithm.rawValue)")
    }
    guard growth.objective ?? .logistic == .logistic || negativeRate == 1 else {
      throw ValidationError("--negative-rate is of probabilities: it does nothing with this --objective")
    }
    guard (1...10_000).contains(trees), (2...4_096).contains(leaves), (0.0001...1).contains(learningRate),
      (1...1_000_000).contains(minLeaf), (0...1e6).contains(l2 ?? 0)
    else {
      throw ValidationError(
        "--trees wants 1 to 10000, --leaves 2 to 4096, --learning-rate 0.0001 to 1, --min-leaf and --l2 up to 1000000")
    }
  }

  func run(_ context: StageContext) throws -> StageOutcome {
    var trial = TableTrial(label: label, excluded: exclude.split(separator: ",").map(String.init))
    trial.positive = positive
    trial.negativeRate = negativeRate
    trial.weight = weight
    trial.offset = line.offset
    trial.algorithm = algorithm
    trial.gradient.treeCount = trees
    trial.gradient.leafCount = leaves
    trial.gradient.learningRate = learningRate
    trial.gradient.minimumLeafRowCount = minLeaf
    trial.gradient.l2 = l2 ?? 0
    try growth.apply(to: &trial)
    trial.logistic = line.parameters(penalty: l2 ?? 1)
    let report = try trial.run(
      input: input, test: test, model: context.isDryRun ? nil : model, output: context.isDryRun ? nil : output,
      threads: context.threads)
    return .answered(summary: report.summary, json: try report.json)
  }
}

extension TableTrial.Algorithm: ExpressibleByArgument {}

extension StageOptions {
  /// Refuses what is of a night where a table is learned from, which knows none.
  func refuseNight() throws {
    if home != nil || date != nil { throw ValidationError("--home and --date are of a night: a table has none") }
  }
}
