public import ArgumentParser
public import Learning

/// What `nightjar-train fit` asks of the logistic learner alone.
struct LogisticOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Share of --l2 that is an absolute penalty (elastic net), 0 to 1; logistic.", valueName: "x"))
  var l1Share = 0.0
  @Option(
    help: ArgumentHelp(
      "Missing numbers take the mean (mean), and have a term of their own (indicator); logistic.", valueName: "name"))
  var missing = LogisticRegression.MissingValues.indicator
  @Option(
    help: ArgumentHelp(
      "Numbers as they are (none), or as linear splines with knots at quantiles (spline); logistic.", valueName: "name")
  )
  var transform = LogisticRegression.Transform.none
  @Option(help: ArgumentHelp("Greatest component of the mean gradient at the optimum; logistic.", valueName: "x"))
  var tolerance = 1e-9

  @Option(
    help: ArgumentHelp(
      "Standard errors of coefficients: information, sandwich or none; logistic.", valueName: "name"))
  var standardErrors = CoefficientInference.Kind.information
  @Option(
    help: ArgumentHelp("Column that is added to the predictor of each row as it is; logistic.", valueName: "column"))
  var offset: String?

  func validate() throws {
    guard (0...1).contains(l1Share), (1e-14...1e-2).contains(tolerance) else {
      throw ValidationError("--l1-share wants 0 to 1, --tolerance 1e-14 to 0.01")
    }
  }

  /// The learner's parameters.
  func parameters(penalty: Double) -> LogisticRegression.Parameters {
    var parameters = LogisticRegression.Parameters()
    parameters.penalty = penalty
    parameters.l1Share = l1Share
    parameters.missing = missing
    parameters.transform = transform
    parameters.gradientTolerance = tolerance
    parameters.standardErrors = standardErrors
    parameters.keepsCovariance = true
    return parameters
  }
}

extension LogisticRegression.MissingValues: ExpressibleByArgument {}
extension CoefficientInference.Kind: ExpressibleByArgument {}
extension LogisticRegression.Transform: ExpressibleByArgument {}
