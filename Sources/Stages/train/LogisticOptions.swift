public import ArgumentParser
public import Learning

/// What `nightjar-train fit` asks of the logistic learner alone.
struct LogisticOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Share of --l2 that is an absolute penalty (elastic net), 0 to 1 (default: 0).", valueName: "x"))
  var l1Share: Double?
  @Option(
    help: ArgumentHelp(
      "Missing numbers take the mean (mean), and have a term of their own (indicator, the default).", valueName: "name")
  )
  var missing: LogisticRegression.MissingValues?
  @Option(
    help: ArgumentHelp(
      "Numbers as they are (none, the default), or as linear splines with knots at quantiles (spline).",
      valueName: "name")
  )
  var transform: LogisticRegression.Transform?
  @Option(help: ArgumentHelp("Greatest component of the mean gradient at the optimum (default: 1e-9).", valueName: "x"))
  var tolerance: Double?

  @Option(
    help: ArgumentHelp(
      "Standard errors of coefficients: information (the default), sandwich or none.", valueName: "name"))
  var standardErrors: CoefficientInference.Kind?
  @Option(
    help: ArgumentHelp("Column that is added to the predictor of each row as it is.", valueName: "column"))
  var offset: String?

  /// The names of the options that were given.
  var given: [String] {
    let options: [(String, Bool)] = [
      ("--l1-share", l1Share != nil), ("--missing", missing != nil), ("--transform", transform != nil),
      ("--tolerance", tolerance != nil), ("--standard-errors", standardErrors != nil), ("--offset", offset != nil),
    ]
    return options.filter(\.1).map(\.0)
  }

  func validate() throws {
    guard (0...1).contains(l1Share ?? 0), (1e-14...1e-2).contains(tolerance ?? 1e-9) else {
      throw ValidationError("--l1-share wants 0 to 1, --tolerance 1e-14 to 0.01")
    }
  }

  /// The learner's parameters.
  func parameters(penalty: Double) -> LogisticRegression.Parameters {
    var parameters = LogisticRegression.Parameters()
    parameters.penalty = penalty
    parameters.l1Share = l1Share ?? parameters.l1Share
    parameters.missing = missing ?? parameters.missing
    parameters.transform = transform ?? parameters.transform
    parameters.gradientTolerance = tolerance ?? parameters.gradientTolerance
    parameters.standardErrors = standardErrors ?? .information
    parameters.keepsCovariance = true
    return parameters
  }
}

extension LogisticRegression.MissingValues: ExpressibleByArgument {}
extension CoefficientInference.Kind: ExpressibleByArgument {}
extension LogisticRegression.Transform: ExpressibleByArgument {}
