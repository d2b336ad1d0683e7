public import Configuration

/// What counts as churn and how the models are trained: `Pipelines/models/churn.yaml`.
public struct ChurnDefinition: Sendable, Hashable {
  /// Days ahead that the probability covers: the event lies within (as-of, as-of + horizon].
  public var horizonDays = 30
  /// Further horizons, ascending and longer than `horizonDays`: each has a gradient model of its own.
  public var furtherHorizonDays: [Int] = []
  /// Days without any activity that make a silence of a prepaid subscription.
  public var silenceDays = 21
  /// Days without any activity by which a prepaid subscription already counts as silent at the as-of date.
  public var dormantDays = 7
  /// Days after which nearly every event has been registered.
  public var reportingLagDays = 5
  /// A notice withdrawn, or a subscription active again, within this many days is no churn.
  public var returnDays = 30
  /// Causes of an end that are not the customer's will to leave.
  public var competingCauses: [String] = ["death", "fraud", "non-payment", "consolidation", "migration", "return"]
  /// Days between as-of dates of training.
  public var spacingDays = 14
  /// As-of dates of training, at most.
  public var trainingDateCount = 4
  /// As-of dates up to the validation date, at most, that models are fitted to once more when their trees are counted and their scores
  /// calibrated; 0 for none.
  public var refitDateCount = 0
  /// Days between these dates.
  public var refitSpacingDays = 14
  /// Days between the end of a label window and the next as-of date that is held out, at least.
  public var embargoDays = 0
  /// The same, where history has room for every as-of date of training.
  public var widestEmbargoDays = 0
  /// Per cent of the customers whom no training row shows, and who alone are validated and tested on; 0 parts by time alone.
  public var heldOutCustomerPercent = 0
  /// Days of complete use before the first as-of date.
  public var minimumHistoryDays = 28
  /// Positives that training, validation and test each must have.
  public var minimumPositiveCount = 20
  /// Days after which a model is trained anew.
  public var retrainAfterDays = 30
  /// Fields of the twin that are no features.
  public var excludedFields: [String] = []
  /// A feature with a greater AUC of its own is taken for a leak.
  public var maximumSingleFeatureAUC = 0.95
  /// How rows of contacted customers teach.
  public var treatment = TreatmentHandling()
  /// The gradient model's parameters.
  public var gradient = GradientBoosting.Parameters()
  /// The logistic model's parameters.
  public var logistic = LogisticRegression.Parameters()
  /// How raw scores become probabilities: platt or isotonic.
  public var calibration = "platt"

  /// Days after an as-of date by which its labels are known: horizon + silence + reporting lag.
  public var maturityDays: Int { horizonDays + silenceDays + reportingLagDays }

  /// Makes the default definition.
  public init() {}

  /// The same definition for another horizon alone.
  func ofHorizon(_ days: Int) -> ChurnDefinition {
    var definition = self
    definition.horizonDays = days
    definition.furtherHorizonDays = []
    return definition
  }

  /// Reads a definition; throws every fault of the file at once.
  public init(_ document: ConfigurationDocument) throws(ConfigurationError) {
    self.init()
    var definition = self
    let reader = document.reader()
    _ = reader.enumeration("model", of: ["churn"])
    reader.mapping("label") { reader in
      definition.horizonDays = reader.int("horizon-days", in: 1...365)
      definition.furtherHorizonDays = ChurnDefinition.horizons(reader, after: definition.horizonDays)
      definition.silenceDays = reader.int("silence-days", in: 1...365)
      definition.dormantDays = reader.int("dormant-days", in: 1...365)
      definition.reportingLagDays = reader.int("reporting-lag-days", in: 0...365)
      definition.returnDays = reader.int("return-days", in: 0...365)
      definition.competingCauses = reader.strings("competing-causes")
      if definition.dormantDays > definition.silenceDays {
        reader.report("dormant-days", "'dormant-days' must not be greater than 'silence-days'")
      }
    }
    reader.mapping("split") { reader in
      definition.spacingDays = reader.int("spacing-days", in: 1...365)
      definition.trainingDateCount = reader.int("training-dates", in: 1...100)
      definition.refitDateCount = reader.int("refit-dates", default: 0, in: 0...100)
      definition.refitSpacingDays = reader.int("refit-spacing-days", default: definition.refitSpacingDays, in: 1...365)
      definition.embargoDays = reader.int("embargo-days", in: 0...365)
      definition.widestEmbargoDays = reader.int(
        "widest-embargo-days", default: definition.embargoDays, in: definition.embargoDays...365)
      definition.heldOutCustomerPercent = reader.int("held-out-customers-percent", default: 0, in: 0...50)
      definition.minimumHistoryDays = reader.int("minimum-history-days", in: 1...365)
      definition.minimumPositiveCount = reader.int("minimum-positives", in: 1...1_000_000)
    }
    definition.retrainAfterDays = reader.int("retrain-after-days", in: 1...3650)
    reader.mapping("features") { reader in
      definition.excludedFields = reader.strings("exclude")
      definition.maximumSingleFeatureAUC = reader.double("maximum-single-feature-auc", in: 0.5...1)
    }
    reader.mapping("treatment", isOptional: true) { definition.treatment = .init($0) }
    reader.mapping("gradient") { definition.gradient = .init($0) }
    reader.mapping("logistic") { definition.logistic = .init($0) }
    definition.calibration = reader.enumeration("calibration", of: ["platt", "isotonic"])
    try reader.finish()
    self = definition
  }

  /// The list `further-horizon-days`: whole numbers, each greater than the one before.
  private static func horizons(_ reader: NodeReader, after first: Int) -> [Int] {
    var days: [Int] = []
    for item in reader.list("further-horizon-days", isOptional: true) {
      guard let next = item.text.flatMap({ Int($0) }), next <= 365, next > days.last ?? first else {
        reader.report(
          at: item.location, "'further-horizon-days' ascends from beyond 'horizon-days' to at most 365")
        continue
      }
      days.append(next)
    }
    return days
  }
}

extension GradientBoosting.Parameters {
  fileprivate init(_ reader: NodeReader) {
    self.init()
    treeCount = reader.int("trees", in: 1...10_000)
    leafCount = reader.int("leaves", in: 2...4_096)
    learningRate = reader.double("learning-rate", in: 1e-4...1)
    minimumLeafRowCount = reader.int("minimum-leaf-rows", in: 1...1_000_000)
    l2 = reader.double("l2", in: 0...1e6)
    earlyStoppingRounds = reader.int("early-stopping-rounds", in: 0...10_000)
    roundingNoise = reader.double("rounding-noise", default: 0, in: 0...100)
  }
}

extension LogisticRegression.Parameters {
  fileprivate init(_ reader: NodeReader) {
    self.init()
    transform =
      LogisticRegression.Transform(
        rawValue: reader.enumeration("transform", of: LogisticRegression.Transform.allCases.map(\.rawValue))) ?? .none
    penalty = reader.double("penalty", in: 0...1e9)
    l1Share = reader.double("l1-share", in: 0...1)
    standardErrors = .information
    gradientTolerance = reader.double("gradient-tolerance", in: 1e-14...1e-2)
  }
}
