public import ArgumentParser
public import Learning

/// What `nightjar-train fit` asks of the gradient learner alone.
struct BoostingOptions: ParsableArguments {
  @Option(help: ArgumentHelp("logistic, squared, poisson, gamma, tweedie or quantile.", valueName: "name"))
  var objective = Objective.logistic
  @Option(help: ArgumentHelp("Power of the Tweedie variance, between 1 and 2.", valueName: "x"))
  var tweediePower = 1.5
  @Option(help: ArgumentHelp("Level of the quantile, between 0 and 1.", valueName: "x"))
  var quantileLevel = 0.5
  @Option(help: ArgumentHelp("leaf-wise, or depth-wise: level by level.", valueName: "name"))
  var growth = GradientBoosting.Growth.leafWise
  @Option(help: ArgumentHelp("Splits on the way to a leaf; 0 for any number.", valueName: "n"))
  var maxDepth = 0
  @Option(help: ArgumentHelp("Sum of hessians that a leaf must have.", valueName: "x"))
  var minHessian = 1e-3
  @Option(help: ArgumentHelp("What a split must gain.", valueName: "x"))
  var minGain = 0.0
  @Option(help: ArgumentHelp("L1 penalty of leaves.", valueName: "x"))
  var l1 = 0.0
  @Option(help: ArgumentHelp("Share of rows that each tree learns from.", valueName: "x"))
  var rowFraction = 1.0
  @Option(
    help: ArgumentHelp(
      "One-side sampling: the share of rows of largest gradient to keep, and the share to draw from the others.",
      valueName: "top,other"))
  var oneSide: String?
  @Option(help: ArgumentHelp("Share of features that each tree may split on.", valueName: "x"))
  var featureFraction = 1.0
  @Option(help: ArgumentHelp("Seeds what is drawn.", valueName: "n"))
  var seed: UInt64 = 1
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
  @Option(help: ArgumentHelp("Trees without a better loss on --valid before growth ends.", valueName: "n"))
  var earlyStopping: Int?

  func validate() throws {
    guard (0...1_000).contains(maxDepth), (0...1e12).contains(minHessian), (0...1e12).contains(minGain),
      (0...1e12).contains(l1)
    else {
      throw ValidationError("--max-depth wants 0 to 1000; --min-hessian, --min-gain and --l1 are not negative")
    }
    guard earlyStopping == nil || valid != nil else { throw ValidationError("--early-stopping needs --valid") }
    guard (1...10_000).contains(earlyStopping ?? 30) else { throw ValidationError("--early-stopping wants 1 to 10000") }
    _ = try directions()
    _ = try sampling()
  }

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
    guard shares.count == 2 else { throw ValidationError("--one-side wants two shares, as 0.2,0.1") }
    return GradientBoosting.OneSideSampling(topFraction: shares[0], otherFraction: shares[1])
  }

  /// Hands the options to a trial.
  func apply(to trial: inout TableTrial) throws {
    trial.gradient.objective = objective
    trial.gradient.tweediePower = tweediePower
    trial.gradient.quantileLevel = quantileLevel
    trial.gradient.growth = growth
    trial.gradient.maximumDepth = maxDepth
    trial.gradient.minimumLeafHessian = minHessian
    trial.gradient.minimumGain = minGain
    trial.gradient.l1 = l1
    trial.gradient.rowFraction = rowFraction
    trial.gradient.oneSideSampling = try sampling()
    trial.gradient.featureFraction = featureFraction
    trial.gradient.seed = seed
    trial.gradient.monotone = try directions()
    trial.gradient.interactions = (interactions ?? "").split(separator: ";").map {
      $0.split(separator: ",").map(String.init)
    }
    trial.gradient.earlyStoppingRounds = earlyStopping ?? 30
    trial.validation = valid
  }
}

extension Objective: ExpressibleByArgument {
  /// Reads the name that the options use; the raw value is that of the model file.
  public init?(argument: String) {
    switch argument {
    case "logistic": self = .logistic
    case "squared": self = .squared
    default:
      guard let found = Objective(rawValue: argument), found.hasLogLink || found == .quantile else { return nil }
      self = found
    }
  }
}

extension GradientBoosting.Growth: ExpressibleByArgument {}
