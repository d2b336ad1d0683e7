import ArgumentParser
import Learning
import Stage

/// The options of `nightjar-train evaluate --input`.
struct TableEvaluationOptions: ParsableArguments {
  @Option(help: ArgumentHelp("CSV with a header, or Parquet, of labels and scores.", valueName: "file"))
  var input: String?
  @Option(help: ArgumentHelp("Column of the label: 0 or 1, a flag, or texts with --positive.", valueName: "column"))
  var label: String?
  @Option(help: ArgumentHelp("Column of the score; metrics of probabilities want 0 to 1.", valueName: "column"))
  var score: String?
  @Option(help: ArgumentHelp("The value of the label that counts as 1; others are 0.", valueName: "value"))
  var positive: String?
  @Option(help: ArgumentHelp("Column of the rows' weights.", valueName: "column"))
  var weight: String?
  @Option(
    help: ArgumentHelp("Columns whose values are segments, each by itself, separated by commas.", valueName: "columns"))
  var segment: String?
  @Option(help: ArgumentHelp("Replicates of the bootstrap, 0 for none (default: 200).", valueName: "n"))
  var bootstrap: Int?
  @Option(help: ArgumentHelp("Seed of the bootstrap (default: 1).", valueName: "n"))
  var seed: UInt64?
  @Option(help: ArgumentHelp("Bins of the calibration table (default: 10).", valueName: "n"))
  var bins: Int?
  @Option(help: ArgumentHelp("What a customer who stays is worth (default: 200).", valueName: "money"))
  var customerValue: Double?
  @Option(help: ArgumentHelp("What an offer costs (default: 10).", valueName: "money"))
  var offerCost: Double?
  @Option(help: ArgumentHelp("What a contact costs (default: 1).", valueName: "money"))
  var contactCost: Double?
  @Option(
    help: ArgumentHelp(
      "Beta distribution of the chance that a leaver takes the offer (default: 6,14).", valueName: "a,b"))
  var acceptance: String?

  /// The names of the options that were given.
  var given: [String] {
    let options: [(String, Bool)] = [
      ("--input", input != nil), ("--label", label != nil), ("--score", score != nil), ("--positive", positive != nil),
      ("--weight", weight != nil), ("--segment", segment != nil), ("--bootstrap", bootstrap != nil),
      ("--seed", seed != nil), ("--bins", bins != nil), ("--customer-value", customerValue != nil),
      ("--offer-cost", offerCost != nil), ("--contact-cost", contactCost != nil), ("--acceptance", acceptance != nil),
    ]
    return options.filter(\.1).map(\.0)
  }

  /// Refuses what no evaluation can use.
  func check() throws { _ = try evaluation() }

  func run(_ context: StageContext) throws -> StageOutcome {
    let report = try evaluation().run(input: input ?? "", threads: context.threads)
    if !context.isJSON { report.lines.forEach(context.output) }
    return .answered(summary: report.summary, json: try report.json, warnings: report.warnings)
  }

  private func evaluation() throws -> TableEvaluation {
    guard let label, let score else { throw ValidationError("--input wants --label COLUMN and --score COLUMN") }
    let segments = segment?.split(separator: ",").map(String.init) ?? []
    guard Set(segments).count == segments.count else { throw ValidationError("--segment names a column twice") }
    guard label != score else { throw ValidationError("--label and --score name the same column") }
    var evaluation = TableEvaluation(label: label, score: score)
    evaluation.positive = positive
    evaluation.weight = weight
    evaluation.segments = segments
    evaluation.replicateCount = bootstrap ?? evaluation.replicateCount
    evaluation.seed = seed ?? evaluation.seed
    evaluation.binCount = bins ?? evaluation.binCount
    evaluation.campaign.customerValue = customerValue ?? evaluation.campaign.customerValue
    evaluation.campaign.offerCost = offerCost ?? evaluation.campaign.offerCost
    evaluation.campaign.contactCost = contactCost ?? evaluation.campaign.contactCost
    if let acceptance {
      let shapes = acceptance.split(separator: ",", omittingEmptySubsequences: false).map { Double(String($0)) }
      guard shapes.count == 2, let alpha = shapes[0], let beta = shapes[1] else {
        throw ValidationError("--acceptance wants two numbers, as in 6,14")
      }
      (evaluation.campaign.acceptanceAlpha, evaluation.campaign.acceptanceBeta) = (alpha, beta)
    }
    guard (0...100_000).contains(evaluation.replicateCount), (1...1_000).contains(evaluation.binCount) else {
      throw ValidationError("--bootstrap wants 0 to 100000, --bins 1 to 1000")
    }
    guard evaluation.campaign.isSound else {
      throw ValidationError(
        "--customer-value wants more than --offer-cost, costs 0 or more, --acceptance two numbers from 0.01 to 10000")
    }
    return evaluation
  }
}
