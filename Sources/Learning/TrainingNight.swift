public import Calendar
import Columns
public import Configuration
public import Ledger
import Parallelism
public import Twins

/// The sketch of the room: a night of training, from facts to a version of the churn model.
///
/// 1. Nothing to do while the newest model is young and the champion can read the twins.
/// 2. Choose as-of dates from the history that is mature and complete; twins of each, as known then; labels by what
///    came after (`ChurnHistory`, `ChurnOutcomes`, `TimeSplit`).
/// 3. Fit both models on the earlier dates, end growth and calibrate on the next, fit once more up to that one (`split.refit-dates`), and
///    evaluate on the last (`ChurnTrainer`).
/// 4. Do the same one step later, without a test: that model is put to use.
/// 5. A gradient model for each further horizon that history is long enough for (`HorizonTraining`).
/// 6. Judge the version, by test rows that nobody contacted, by `models/registry.yaml` beside the champion (`Registry/ModelRegistry.swift`).
/// 7. Commit model, logistic, calibration, metrics, reference, decision, card, the further horizons' files and the test
///    predictions as one version.
public struct TrainingNight: Sendable {
  /// How a night of training ended.
  public enum Outcome: Sendable {
    /// The newest model is young enough.
    case notDue(version: String, trained: Day)
    /// The log holds this very work already.
    case alreadyDone(LogEntry)
    /// No version can be trained now, for the reason; the champion goes on.
    case kept(champion: String, reason: String)
    /// A new version.
    case published(LogEntry, version: String, summary: String)
  }

  private let home: Home
  private let night: Day
  private let definition: ChurnDefinition
  private let catalogue: TwinCatalogue
  private let registry: RegistryDefinition
  private let configurations: [Material]
  private let isForced: Bool
  private let threads: Int
  private let versions: [String: String]

  /// Plans a night of training.
  ///
  /// - Parameters:
  ///   - document: `models/churn.yaml`.
  ///   - registry: `models/registry.yaml`.
  ///   - catalogue: the fields of the twins that are learned from.
  ///   - isForced: whether to train though the newest model is young.
  public init(
    _ home: Home, night: Day, document: ConfigurationDocument, registry: ConfigurationDocument,
    catalogue: TwinCatalogue,
    isForced: Bool, threads: Int, versions: [String: String]
  ) throws(ConfigurationError) {
    self.home = home
    self.night = night
    definition = try ChurnDefinition(document)
    // No model learns from what models said: such columns are not even made.
    self.catalogue = catalogue.ofInputs
    self.registry = try RegistryDefinition(registry)
    configurations = [
      Material(name: "models/churn.yaml", digest: SHA256Digest(of: document.bytes)),
      Material(name: RegistryDefinition.file, digest: SHA256Digest(of: registry.bytes)), self.catalogue.material,
    ]
    self.isForced = isForced
    self.threads = threads
    self.versions = versions
  }

  /// The age of the newest model where it is young enough, else nil: what a run would decide. Without a champion that can read
  /// the twins nothing can be scored, so that each night tries anew, unless a version waits for a person.
  public func notDue() throws -> Outcome? {
    let known = ModelRegistry(try CommitLog.open(home).state(.knownBy(night)))
    guard !isForced, let champion = known.champion, let newest = known.versions.last,
      night - newest.entry.date < definition.retrainAfterDays
    else { return nil }
    let isWaiting = known.status(newest) == .challenger && (try? newest.decision(home: home))?.verdict == .ready
    guard try incapacity(of: isWaiting ? newest : champion) == nil else { return nil }
    return .notDue(version: newest.label, trained: newest.entry.date)
  }

  /// Why a version cannot score tonight; nil where it can.
  private func incapacity(of version: ModelVersion) throws -> String? {
    try version.incapacity(home: home, schema: catalogue.schema, barredFields: catalogue.barredFields)
  }

  /// Trains and commits; throws before anything is visible.
  ///
  /// - Throws: `tooLittleHistory` where history allows no version and no champion can score; `leakage` for a feature that knows the label.
  public func run() throws -> Outcome {
    if let notDue = try notDue() { return notDue }
    let log = try CommitLog.open(home)
    let state = log.state(.knownBy(night))
    let history = try ChurnHistory(state, home: home, definition: definition, night: night, threads: threads)
    let materials = history.trainingMaterials + configurations
    func begin(beside champion: ModelVersion?) throws -> Transaction {
      try Transaction.begin(
        home, stage: ModelRegistry.trainStage, date: night,
        materials: materials + (champion?.products ?? []).map { Material($0) },
        configDigest: SHA256Digest(of: configurations.map(\.digest.hex).joined()), versions: versions)
    }
    // A training of this night saw the champion of before it: run again, the night must find its work done.
    if let newest = state.entries.last(where: { $0.stage == ModelRegistry.trainStage && $0.date == night }),
      let done = try begin(beside: ModelRegistry(state, before: newest).champion).alreadyDone
    {
      return .alreadyDone(done)
    }
    let champion = ModelRegistry(state).champion
    do {
      let number = (ModelVersion.newest(log.state(.head))?.number ?? 0) + 1
      return try train(
        history, number: number, beside: champion, transaction: begin(beside: champion), materials: materials)
    } catch let error as LearningError where error.code == .tooLittleHistory {
      guard let champion, try incapacity(of: champion) == nil else { throw error }
      return .kept(champion: champion.label, reason: error.message)
    }
  }

  private func train(
    _ history: ChurnHistory, number: Int, beside champion: ModelVersion?, transaction: Transaction,
    materials: [Material]
  ) throws -> Outcome {
    let workers = WorkerThreads(count: threads)
    let oldest = history.coverage.firstDay ?? night
    let split = try TimeSplit.evaluating(
      newest: history.newestMatureDate, oldest: oldest, definition: definition, isUsable: history.isUsable)
    let deploying = try TimeSplit.deploying(
      newest: history.newestMatureDate, oldest: oldest, definition: definition, embargoDays: split.embargoDays,
      isUsable: history.isUsable)
    let excluded = Set(definition.excludedFields).union(catalogue.barredFields)
    // One split after the other: rows are the most that a night holds.
    func rows(of split: TimeSplit) throws -> DatedRows {
      try DatedRows(history, catalogue, dates: split.dates, excluded: excluded, threads: threads)
    }
    let trainer = ChurnTrainer(definition: definition, threads: workers)
    let (fit, test) = try TrainingNight.judged(trainer, rows(of: split), split)
    let untreated = TreatmentHandling.untreated(test.table, fit.models.gradient.features)
    let probabilities = fit.models.gradientScores(
      untreated, paymentTypes: test.paymentTypes, threads: workers
    ).probabilities
    let logistic = fit.models.logisticProbabilities(untreated, paymentTypes: test.paymentTypes, threads: workers)
    let weights = try test.judgingWeights(definition.treatment, threads: workers)
    FreedMemory.giveBack()
    let (use, reference, latest) = try TrainingNight.inUse(trainer, rows(of: deploying), deploying)
    let further = try HorizonTraining(
      history: history, catalogue: catalogue, excluded: excluded, threads: threads
    ).run()
    let metrics = ChurnMetrics(
      embargoDays: split.embargoDays, train: fit.parts.train, validation: fit.parts.validation, refit: fit.parts.refit,
      test: .init(test), gradient: .init(probabilities, test), logistic: .init(logistic, test),
      gradientUntreated: weights.map { .init(probabilities, test, weights: $0) },
      logisticUntreated: weights.map { .init(logistic, test, weights: $0) },
      deployedTrain: use.parts.train, deployedValidation: use.parts.validation, deployedRefit: use.parts.refit,
      treeCount: fit.models.gradient.trees.count, deployedTreeCount: use.models.gradient.trees.count,
      logisticConvergence: fit.convergence,
      deployedLogisticConvergence: use.convergence, deployedTrainTreatment: use.treatment.train,
      deployedValidationTreatment: use.treatment.validation, deployedRefitTreatment: use.treatment.refit)

    let label = "churn/\(ModelVersion.name(number))"
    let judging = ChallengerTrial(
      rule: registry.promotion, home: home, night: night, label: VersionLabel(definition), schema: catalogue.schema,
      barredFields: catalogue.barredFields, threads: threads)
    let decision = try judging.decision(
      of: label, rows: HeldOutRows(test, probabilities: probabilities, weights: weights), leakage: use.leakage,
      champion: champion
    ) { try history.twins($0, catalogue) }
    let card = ModelCard(
      version: label, night: night, definition: definition, metrics: metrics,
      digests: .init(materials, configuration: Set(configurations.map(\.name)), id: transaction.key), fit: use,
      test: (test, probabilities), reference: reference, latest: latest, decision: decision,
      further: further)
    let publication = ModelPublication(
      transaction: transaction, number: number, night: night, definition: definition, fit: use, metrics: metrics,
      reference: reference, card: card, further: further)
    let entry = try publication.commit(
      predictions: Predictions.table(test, gradient: probabilities, logistic: logistic, weights: weights))
    return .published(entry, version: label, summary: publication.summary)
  }

  /// The models that the test judges, and its rows.
  private static func judged(
    _ trainer: ChurnTrainer, _ rows: DatedRows, _ split: TimeSplit
  ) throws(LearningError) -> (ChurnTrainer.Fit, test: LabelledRows) {
    let test = rows.test(split)
    try trainer.demandPositives(test, "test")
    let fit = try trainer.fit(train: rows.train(split), validation: rows.validation(split)) { rows.refit(split) }
    return (fit, test)
  }

  /// The models that are put to use, what inputs and scores are compared with, and the rows of the newest date.
  private static func inUse(
    _ trainer: ChurnTrainer, _ rows: DatedRows, _ split: TimeSplit
  ) throws(LearningError) -> (ChurnTrainer.Fit, InputReference, latest: FeatureTable) {
    let latest = rows.validation(split)
    let fit = try trainer.fit(train: rows.train(split), validation: latest) { rows.refit(split) }
    let reference = InputReference(
      (rows.refit(split) ?? rows.train(split)).table, inputAsOf: (fit.parts.refit ?? fit.parts.train).asOf,
      probabilities: fit.validationProbabilities, scoreAsOf: fit.parts.validation.asOf, threads: trainer.threads)
    return (fit, reference, latest.table)
  }
}
