public import ArgumentParser
public import Learning

/// What `nightjar-train fit` asks of the gradient learner alone.
struct BoostingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("What the trees predict (default: logistic).", valueName: "name")
  )
  var objective: Objective?
  @Option(help: ArgumentHelp("Power of the Tweedie variance, between 1 and 2 (default: 1.5).", valueName: "x"))
  var tweediePower: Double?
  @Option(help: ArgumentHelp("Level of the quantile, between 0 and 1 (default: 0.5).", valueName: "x"))
  var quantileLevel: Double?
  @Option(help: ArgumentHelp("leaf-wise, or depth-wise: level by level (default: leaf-wise).", valueName: "name"))
  var growth: GradientBoosting.Growth?
  @Option(help: ArgumentHelp("Splits on the way to a leaf; 0 for any number (default: 0).", valueName: "n"))
  var maxDepth: Int?
  @Option(help: ArgumentHelp("Sum of hessians that a leaf must have (default: 0.001).", valueName: "x"))
  var minHessian: Double?
  @Option(help: ArgumentHelp("What a split must gain (default: 0).", valueName: "x"))
  var minGain: Double?
  @Option(help: ArgumentHelp("L1 penalty of leaves (default: 0).", valueName: "x"))
  var l1: Double?
  @Option(help: ArgumentHelp("Share of rows that each tree learns from (default: 1).", valueName: "x"))
  var rowFraction: Double?
  @Option(
    help: ArgumentHelp(
      "One-side sampling: the share of rows of largest gradient to keep, and the share to draw from the others.",
      valueName: "top,other"))
  var oneSide: String?
  @Option(help: ArgumentHelp("Share of features that each tree may split on (default: 1).", valueName: "x"))
  var featureFraction: Double?
  @Option(
    help: ArgumentHelp(
      "How noisily gradients are rounded where splits are chosen, as a variance over their mean square "
        + "(default 1 for logistic, 0 for amounts).", valueName: "x"
    ))
  var roundingNoise: Double?
  @Option(help: ArgumentHelp("Seeds what is drawn (default: 1).", valueName: "n"))
  var seed: UInt64?
  @Option(
    help: ArgumentHelp(
      "Features with which the prediction moves one way: NAME:+ up, NAME:- down, separated by commas.",
      valueName: "list"))
  var monotone: String?
  @Option(
    help: ArgumentHelp(
      "Sets of features that may meet in a tree: names separated by commas, sets by semicolons.", valueName: "sets"))
  var interactions: String?
  @Option(help: ArgumentHelp("Table of a later time by which the number of trees is chosen.", valueName: "file"))
  var valid: String?
  @Option(
    help: ArgumentHelp("Trees without a better loss on --valid before growth ends (default: 30).", valueName: "n"))
  var earlyStopping: Int?

  /// The names of the options that were given.
  var given: [String] {
    let options: [(String, Bool)] = [
      ("--objective", objective != nil), ("--tweedie-power", tweediePower != nil),
      ("--quantile-level", quantileLevel != nil), ("--growth", growth != nil), ("--max-depth", maxDepth != nil),
      ("--min-hessian", minHessian != nil), ("--min-gain", minGain != nil), ("--l1", l1 != nil),
      ("--row-fraction", rowFraction != nil), ("--one-side", oneSide != nil),
      ("--feature-fraction", featureFraction != nil), ("--rounding-noise", roundingNoise != nil),
      ("--seed", seed != nil), ("--monotone", monotone != nil), ("--interactions", interactions != nil),
      ("--valid", valid != nil), ("--early-stopping", earlyStopping != nil),
    ]
    return options.filter(\.1).map(\.0)
  }

  func validate() throws {
    guard (0...1_000).contains(maxDepth ?? 0), (0...1e12).contains(minHessian ?? 0), (0...1e12).contains(minGain ?? 0),
      (0...1e12).contains(l1 ?? 0), (0...100).contains(roundingNoise ?? 0)
    else {
      throw ValidationError(
        "--max-depth wants 0 to 1000; --min-hessian, --min-gain, --l1 and --rounding-noise are not negative")
    }
    guard isShare(rowFraction ?? 1), isShare(featureFraction ?? 1) else {
      throw ValidationError("--row-fraction and --feature-fraction want a share above 0 and up to 1")
    }
    guard isBetween(tweediePower ?? 1.5, 1, 2), isBetween(quantileLevel ?? 0.5, 0, 1) else {
      throw ValidationError("--tweedie-power wants a number between 1 and 2, --quantile-level one between 0 and 1")
    }
    guard earlyStopping == nil || valid != nil else { throw ValidationError("--early-stopping needs --valid") }
    guard (1...10_000).contains(earlyStopping ?? 30) else { throw ValidationError("--early-stopping wants 1 to 10000") }
    let isMonotone = try !directions().isEmpty
    guard objective != .quantile || !isMonotone else {
      throw ValidationError("--monotone does nothing for a quantile: leave it out")
    }
    guard try sampling() == nil || rowFraction ?? 1 == 1 else {
      throw ValidationError("--one-side and --row-fraction both sample rows: choose one")
    }
  }

  private func isShare(_ value: Double) -> Bool { value > 0 && value <= 1 }

  private func isBetween(_ value: Double, _ low: Double, _ high: Double) -> Bool { value > low && value < high }

  private func directions() throws -> [String: GradientBoosting.Direction] {
    var directions: [String: GradientBoosting.Direction] = [:]
    for part in (monotone ?? "").split(separator: ",") {
      guard part.count > 2, part.hasSuffix(":+") || part.hasSuffix(":-") else {
        throw ValidationError("--monotone wants NAME:+ or NAME:-, not \(part)")
      }
      directions[String(part.dropLast(2))] = part.hasSuffix("+") ? .increasing : .decreasing
    }
    return directions
  }

  private func sampling() throws -> GradientBoosting.OneSideSampling? {
    guard let oneSide else { return nil }
    let shares = oneSide.split(separator: ",").compactMap { Double($0) }
    guard shares.count == 2, shares[0] > 0, shares[1] > 0, shares[0] + shares[1] <= 1 else {
      throw ValidationError("--one-side wants two shares above 0, together up to 1, as 0.2,0.1")
    }
    return GradientBoosting.OneSideSampling(topFraction: shares[0], otherFraction: shares[1])
  }

  /// Hands the options to a trial.
  func apply(to trial: inout TableTrial) throws {
    // What is not given stays as the learner has it.
    let usual = trial.gradient
    trial.gradient.objective = objective ?? usual.objective
    trial.gradient.tweediePower = tweediePower ?? usual.tweediePower
    trial.gradient.quantileLevel = quantileLevel ?? usual.quantileLevel
    trial.gradient.growth = growth ?? usual.growth
    trial.gradient.maximumDepth = maxDepth ?? usual.maximumDepth
    trial.gradient.minimumLeafHessian = minHessian ?? usual.minimumLeafHessian
    trial.gradient.minimumGain = minGain ?? usual.minimumGain
    trial.gradient.l1 = l1 ?? usual.l1
    trial.gradient.rowFraction = rowFraction ?? usual.rowFraction
    trial.gradient.oneSideSampling = try sampling()
    trial.gradient.featureFraction = featureFraction ?? usual.featureFraction
    trial.gradient.roundingNoise = roundingNoise ?? (trial.gradient.objective == .logistic ? 1 : 0)
    trial.gradient.seed = seed ?? usual.seed
    trial.gradient.monotone = try directions()
    trial.gradient.interactions = (interactions ?? "").split(separator: ";").map {
      $0.split(separator: ",").map(String.init)
    }
    trial.gradient.earlyStoppingRounds = earlyStopping ?? 30
    trial.validation = valid
  }
}

extension Objective: ExpressibleByArgument {
  /// The names that the options use.
  public static var allValueStrings: [String] { allCases.map(\.optionName) }

  /// Reads the name that the options use.
  public init?(argument: String) {
    guard let found = Objective.allCases.first(where: { $0.optionName == argument }) else { return nil }
    self = found
  }
}

extension GradientBoosting.Growth: ExpressibleByArgument {}
