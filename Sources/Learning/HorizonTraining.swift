import Calendar
import Columns
import FoundationEssentials
package import Ledger
import Parallelism
import Twins

/// The gradient model of a further horizon, with its calibration: the files `horizon60-model-….txt` and
/// `horizon60-calibration-….json` of a version.
package struct HorizonModel: Sendable {
  /// Days ahead that the probability covers.
  package var horizonDays: Int
  package var gradient: BoostedModel
  package var calibration: CalibrationBook

  /// Calibrated probabilities of the rows of a twin.
  func probabilities(_ twin: Table, paymentTypes: [String], threads: WorkerThreads) throws(LearningError) -> [Double] {
    let table = try TreatmentHandling.untreated(twin, features: gradient.features, threads: threads.count)
    return calibration.probabilities(gradient.rawScores(table, threads: threads), paymentTypes: paymentTypes)
  }
}

/// What is known of a further horizon: the file `horizon60-metrics-….json`.
package struct HorizonMetrics: Sendable, Hashable, Codable {
  package var definitionVersion = Evaluation.definitionVersion
  package var horizonDays: Int
  package var embargoDays: Int
  package var train: ChurnMetrics.Part
  package var validation: ChurnMetrics.Part
  /// nil where the model is fitted once.
  package var refit: ChurnMetrics.Part?
  package var test: ChurnMetrics.Part
  package var gradient: ChurnMetrics.Groups
  package var treeCount: Int
}

/// Trains a gradient model for each further horizon, by the procedure of `TrainingNight`, each with its own label, split
/// and maturity.
///
/// A horizon needs three label windows, their embargoes and its maturity of history. One that history is too short for
/// has no model yet; the others are not held up by it.
struct HorizonTraining {
  /// What became of a horizon.
  enum Outcome: Sendable {
    case trained(HorizonModel, HorizonMetrics)
    /// No model, and why.
    case skipped(horizonDays: Int, reason: String)
  }

  let history: ChurnHistory
  let catalogue: TwinCatalogue
  /// Fields that are no features.
  let excluded: Set<String>
  let threads: Int

  /// Trains horizon after horizon.
  func run() throws -> [Outcome] {
    try history.definition.furtherHorizonDays.map { days in
      do {
        return try train(history.ofHorizon(days))
      } catch let error as LearningError where [.tooLittleHistory, .cannotTrain].contains(error.code) {
        return .skipped(horizonDays: days, reason: error.message)
      }
    }
  }

  private func train(_ history: ChurnHistory) throws -> Outcome {
    let definition = history.definition
    let (newest, oldest) = (history.newestMatureDate, history.coverage.firstDay ?? history.night)
    let split = try TimeSplit.evaluating(
      newest: newest, oldest: oldest, definition: definition, isUsable: history.isUsable)
    let deploying = try TimeSplit.deploying(
      newest: newest, oldest: oldest, definition: definition, embargoDays: split.embargoDays,
      isUsable: history.isUsable)
    func rows(of split: TimeSplit) throws -> DatedRows {
      try DatedRows(history, catalogue, dates: split.dates, excluded: excluded, threads: threads)
    }
    let workers = WorkerThreads(count: threads)
    let trainer = ChurnTrainer(definition: definition, threads: workers)
    let (judged, test) = try HorizonTraining.judged(trainer, rows(of: split), split)
    let probabilities = judged.calibration.probabilities(
      judged.model.rawScores(TreatmentHandling.untreated(test.table, judged.model.features), threads: workers),
      paymentTypes: test.paymentTypes)
    let use = try HorizonTraining.fit(trainer, rows(of: deploying), deploying)
    return .trained(
      HorizonModel(horizonDays: definition.horizonDays, gradient: use.model, calibration: use.calibration),
      HorizonMetrics(
        horizonDays: definition.horizonDays, embargoDays: split.embargoDays, train: judged.parts.train,
        validation: judged.parts.validation, refit: judged.parts.refit, test: .init(test),
        gradient: .init(probabilities, test), treeCount: use.model.trees.count))
  }

  /// The model that the test judges, and its rows.
  private static func judged(
    _ trainer: ChurnTrainer, _ rows: DatedRows, _ split: TimeSplit
  ) throws(LearningError) -> (ChurnTrainer.GradientFit, test: LabelledRows) {
    let test = rows.test(split)
    try trainer.demandPositives(test, "test")
    return (try fit(trainer, rows, split), test)
  }

  private static func fit(
    _ trainer: ChurnTrainer, _ rows: DatedRows, _ split: TimeSplit
  ) throws(LearningError) -> ChurnTrainer.GradientFit {
    try trainer.fitGradient(train: rows.train(split), validation: rows.validation(split)) { rows.refit(split) }
  }
}

extension HorizonTraining.Outcome {
  /// The horizon where it has no model, else nil.
  var skippedDays: Int? { if case .skipped(let days, _) = self { days } else { nil } }
}

extension ModelVersion {
  /// The models of the further horizons, ascending; every file's digest is compared with the log.
  package func loadFurther(home: Home) throws -> [HorizonModel] {
    let horizons = products.compactMap { product -> Int? in
      let name = product.name.split(separator: "/").last ?? ""
      guard name.hasPrefix("horizon"), name.contains("-model-") else { return nil }
      return Int(name.dropFirst("horizon".count).prefix { $0 != "-" })
    }
    return try horizons.sorted().map { days in
      let role = HorizonModel.role(days)
      return HorizonModel(
        horizonDays: days,
        gradient: try BoostedModel(lightGBMText: String(decoding: bytes("\(role)-model", home: home), as: UTF8.self)),
        calibration: try decoded(CalibrationBook.self, "\(role)-calibration", home: home))
    }
  }
}

extension HorizonModel {
  /// What the roles of its files begin with.
  static func role(_ days: Int) -> String { "horizon\(days)" }
}
