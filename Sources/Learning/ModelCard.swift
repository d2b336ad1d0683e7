import Calendar
import Ledger

/// The model card (Mitchell and others, 2019): what a version is, what it was tested on, how well it did and what it must
/// not be used for. Written as Markdown for people and as JSON for machines, from the same values.
package struct ModelCard: Sendable, Codable {
  /// What the labels mean.
  package struct Label: Sendable, Codable {
    package var event: String
    package var horizonDays: Int
    package var silenceDays: Int
    package var dormantDays: Int
    package var reportingLagDays: Int
    package var returnDays: Int
    package var maturityDays: Int
    package var competingCauses: [String]
  }

  /// Which days the rows look at.
  package struct Window: Sendable, Codable {
    /// The night whose knowledge the labels have.
    package var knownBy: String
    package var minimumHistoryDays: Int
    /// Days between the end of a part's label windows and the next part's as-of date, at least.
    package var embargoDays: Int
    /// Per cent of the customers who teach nothing and alone are validated and tested on; 0 where parts are apart by time alone.
    package var heldOutCustomerPercent: Int
    package var tested: [String: ChurnMetrics.Part]
    package var putToUse: [String: ChurnMetrics.Part]
  }

  /// What the version follows from.
  package struct Digests: Sendable, Codable {
    /// SHA-256 of the lines `name digest` of every file of facts and coverage that was read, ascending.
    package var data: String
    package var dataFileCount: Int
    /// SHA-256 of each configuration file, by path.
    package var configuration: [String: String]
    /// The idempotency key of the training: equal ids, equal version.
    package var id: String
  }

  /// One tenth of the held-out rows of a segment.
  package struct SegmentTenths: Sendable, Codable {
    package var segment: String
    package var calibrationError: Double?
    package var tenths: [CalibrationTenths.Tenth]
    package var liftByDecile: [Double]?
  }

  /// A feature with its share of the splits' gain.
  package struct Importance: Sendable, Codable {
    package var feature: String
    package var gainShare: Double
  }

  /// An input that lay elsewhere on the newest labelled date than on the training dates.
  package struct Moved: Sendable, Codable {
    package var input: String
    package var psi: Double
  }

  /// How the fits ended.
  package struct Fit: Sendable, Codable {
    package var treeCount: Int
    package var testedTreeCount: Int
    package var leafCount: Int
    package var learningRate: Double
    package var minimumLeafRowCount: Int
    package var logistic: String
    /// Separation, collinearity, a gradient that is not small: what is to be known before its coefficients are read.
    package var logisticWarnings: [LogisticWarning]
    package var calibration: String
  }

  /// How contacted customers' rows taught; `metrics` counts them.
  package struct Treatment: Sendable, Codable {
    /// weighted, excluded, covariate or ignored.
    package var rows: String
    package var carryOverDays: Int
    package var greatestWeight: Double
  }

  /// A further horizon: its metrics, or why it has no model yet.
  package struct FurtherHorizon: Sendable, Codable {
    package var horizonDays: Int
    package var metrics: HorizonMetrics?
    package var withoutModel: String?

    init(_ outcome: HorizonTraining.Outcome) {
      switch outcome {
      case .trained(let model, let metrics): (horizonDays, self.metrics) = (model.horizonDays, metrics)
      case .skipped(let days, let reason): (horizonDays, withoutModel) = (days, reason)
      }
    }
  }

  package var formatVersion = 1
  package var version: String
  package var night: String
  package var intendedUse: [String]
  package var notFor: [String]
  package var label: Label
  package var window: Window
  package var digests: Digests
  package var fit: Fit
  package var leakage: LeakageGuard.Finding
  package var metrics: ChurnMetrics
  package var treatment: Treatment
  package var furtherHorizons: [FurtherHorizon]
  package var calibration: [SegmentTenths]
  package var featureCount: Int
  package var excludedFields: [String]
  package var importance: [Importance]
  package var drift: [Moved]
  package var limits: [String]
  package var decision: PromotionDecision

  /// Features that the card names.
  private static let namedCount = 15
  /// Inputs that the card names as moved.
  private static let movedCount = 10

  /// Gathers a card.
  ///
  /// - Parameters:
  ///   - test: the test rows as they came, with the gradient model's probabilities.
  ///   - latest: the features of the newest labelled date.
  ///   - further: what became of the further horizons.
  init(
    version: String, night: Day, definition: ChurnDefinition, metrics: ChurnMetrics, digests: Digests,
    fit: ChurnTrainer.Fit, test: (rows: LabelledRows, probabilities: [Double]), reference: InputReference,
    latest: FeatureTable, decision: PromotionDecision, further: [HorizonTraining.Outcome]
  ) {
    (self.version, self.night, self.metrics, self.digests) = (version, night.description, metrics, digests)
    (self.decision, leakage) = (decision, fit.leakage)
    intendedUse = [
      "Ranking the active base by the probability of leaving by will within \(definition.horizonDays) days, for offers "
        + "under policy."
    ]
    notFor = ["Credit, pricing, or any decision about one person alone."]
    label = Label(
      event: "first notice, port request or end that nothing announced, or for prepaid the begin of a silence of "
        + "\(definition.silenceDays) days",
      horizonDays: definition.horizonDays, silenceDays: definition.silenceDays, dormantDays: definition.dormantDays,
      reportingLagDays: definition.reportingLagDays, returnDays: definition.returnDays,
      maturityDays: definition.maturityDays, competingCauses: definition.competingCauses)
    window = Window(
      knownBy: night.description, minimumHistoryDays: definition.minimumHistoryDays,
      embargoDays: metrics.embargoDays, heldOutCustomerPercent: definition.heldOutCustomerPercent,
      tested: [
        "train": metrics.train, "validation": metrics.validation, "refit": metrics.refit, "test": metrics.test,
      ].compactMapValues(\.self),
      putToUse: [
        "train": metrics.deployedTrain, "validation": metrics.deployedValidation, "refit": metrics.deployedRefit,
      ].compactMapValues(\.self))
    treatment = Treatment(
      rows: definition.treatment.method.rawValue, carryOverDays: definition.treatment.carryOverDays,
      greatestWeight: definition.treatment.greatestWeight)
    furtherHorizons = further.map(FurtherHorizon.init)
    let convergence = metrics.deployedLogisticConvergence
    self.fit = Fit(
      treeCount: metrics.deployedTreeCount, testedTreeCount: metrics.treeCount,
      leafCount: definition.gradient.leafCount, learningRate: definition.gradient.learningRate,
      minimumLeafRowCount: definition.gradient.minimumLeafRowCount,
      logistic: "\(convergence.reason.rawValue) after \(convergence.stepCount) steps, greatest mean gradient "
        + "\(convergence.gradientNorm)",
      logisticWarnings: fit.warnings, calibration: definition.calibration)
    calibration = ["all", "prepaid", "postpaid"].map { segment in
      let chosen = test.rows.labels.indices.filter { segment == "all" || test.rows.paymentTypes[$0] == segment }
      let (p, y) = (chosen.map { test.probabilities[$0] }, chosen.map { test.rows.labels[$0] })
      let tenths = CalibrationTenths(probabilities: p, labels: y)
      return SegmentTenths(
        segment: segment, calibrationError: tenths.error, tenths: tenths.tenths,
        liftByDecile: RankMetrics.liftByDecile(scores: p, labels: y))
    }
    let model = fit.models.gradient
    featureCount = model.features.count
    excludedFields = definition.excludedFields
    let gains = model.gains
    let total = max(gains.reduce(0, +), .leastNormalMagnitude)
    importance = gains.indices.filter { gains[$0] > 0 }.sorted { (gains[$1], $0) < (gains[$0], $1) }
      .prefix(ModelCard.namedCount).map { Importance(feature: model.features[$0].name, gainShare: gains[$0] / total) }
    drift = zip(reference.inputs, latest.columns).compactMap { usual, values in
      usual.stabilityIndex(of: usual.counting(values)).map { Moved(input: usual.name, psi: $0) }
    }.sorted { ($1.psi, $0.input) < ($0.psi, $1.input) }.prefix(ModelCard.movedCount).map { $0 }
    limits = [
      "The metrics are those of the procedure on the test date, from which nothing was learned. The model that is put to use "
        + "comes from the same procedure one step later and has no test of its own."
        + (metrics.refit == nil
          ? ""
          : " Trees were counted, and slopes of calibration found, with models of the training rows alone; then both were fitted once more, to "
            + "rows that the validation date belongs to."),
      ModelCard.treatmentLimit(metrics, definition.treatment),
      "Events registered later than \(definition.reportingLagDays) days are counted as stays.",
      "Intervals take rows as independent; those of one person are not.",
    ]
  }

  /// What contacted customers' rows mean for the scores.
  private static func treatmentLimit(_ metrics: ChurnMetrics, _ handling: TreatmentHandling) -> String {
    let (train, validation) = (metrics.deployedTrainTreatment, metrics.deployedValidationTreatment)
    let refit = metrics.deployedRefitTreatment
    let parts = [train, validation, refit].compactMap(\.self)
    let counts =
      "\(train.treated) of \(train.rows) training rows and \(validation.treated) of \(validation.rows) validation rows may owe "
      + "their outcome to a contact\(refit.map { ", as may \($0.treated) of \($0.rows) rows of the refit" } ?? "")."
    guard parts.contains(where: { $0.treated > 0 }) else { return "No row's outcome owes anything to a known contact." }
    switch handling.method {
    case .ignored:
      return "\(counts) They teach like all others: scores are under what was done, not under doing nothing."
    case .covariate: return "\(counts) They teach with that as a feature; scores are taken without."
    case .excluded: return "\(counts) They are left out, and the others are not reweighted."
    case .weighted:
      func text(_ value: Double, _ digits: Int) -> String { FixedPoint.text(value, digits: digits) }
      return "\(counts) They are left out; the others are weighted by 1 / P(untreated), at most "
        + "\(text(handling.greatestWeight, 1)), which makes them worth \(text(train.effectiveRows, 0)) and "
        + "\(text(validation.effectiveRows, 0)) equal rows\(refit.map { ", those of the refit \(text($0.effectiveRows, 0))" } ?? "") "
        + "(\(train.cappedWeights + validation.cappedWeights) weights were cut\(refit.map { ", \($0.cappedWeights) in the refit" } ?? "")). "
        + "What nobody untreated shows cannot be learned, nor judged."
    }
  }
}

extension ModelCard.Digests {
  /// Sums up the materials of a training; configuration files are those named in `configuration`.
  init(_ materials: [Material], configuration files: Set<String>, id: SHA256Digest) {
    let data = materials.filter { !files.contains($0.name) }.map { "\($0.name) \($0.digest.hex)\n" }.sorted()
    self.init(
      data: SHA256Digest(of: data.joined()).hex, dataFileCount: data.count,
      configuration: Dictionary(
        materials.filter { files.contains($0.name) }.map { ($0.name, $0.digest.hex) }, uniquingKeysWith: { $1 }),
      id: id.hex)
  }
}
