public import Calendar
import Columns
public import Configuration
public import Ledger
import Parallelism
public import Twins

/// The sketch of the room: a night of training, from facts to a version of the churn model.
///
/// 1. Nothing to do while the newest model is young.
/// 2. Choose as-of dates from the history that is mature and complete; twins of each, as known then; labels by what
///    came after (`ChurnHistory`, `ChurnOutcomes`, `TimeSplit`).
/// 3. Fit both models on the earlier dates, end growth and calibrate on the next, evaluate on the last (`ChurnTrainer`).
/// 4. Do the same one step later, without a test: that model is put to use.
/// 5. Commit model, logistic, calibration, metrics, card and the test predictions as one version.
public struct TrainingNight: Sendable {
  /// How a night of training ended.
  public enum Outcome: Sendable {
    /// The newest model is young enough.
    case notDue(version: String, trained: Day)
    /// The log holds this very work already.
    case alreadyDone(LogEntry)
    /// A new version.
    case published(LogEntry, version: String, summary: String)
  }

  private let home: Home
  private let night: Day
  private let definition: ChurnDefinition
  private let catalogue: TwinCatalogue
  private let configuration: Material
  private let isForced: Bool
  private let threads: Int
  private let versions: [String: String]

  /// Plans a night of training.
  ///
  /// - Parameters:
  ///   - document: `models/churn.yaml`.
  ///   - catalogue: the fields of the twins that are learned from.
  ///   - isForced: whether to train though the newest model is young.
  public init(
    _ home: Home, night: Day, document: ConfigurationDocument, catalogue: TwinCatalogue, isForced: Bool, threads: Int,
    versions: [String: String]
  ) throws(ConfigurationError) {
    self.home = home
    self.night = night
    definition = try ChurnDefinition(document)
    // No model learns from what models said: such columns are not even made.
    self.catalogue = catalogue.ofInputs
    configuration = Material(name: "models/churn.yaml", digest: SHA256Digest(of: document.bytes))
    self.isForced = isForced
    self.threads = threads
    self.versions = versions
  }

  /// The age of the newest model where it is young enough, else nil: what a run would decide.
  public func notDue() throws -> Outcome? {
    guard !isForced, let newest = ModelVersion.newest(try CommitLog.open(home).state(.knownBy(night))),
      night - newest.entry.date < definition.retrainAfterDays
    else { return nil }
    return .notDue(version: newest.label, trained: newest.entry.date)
  }

  /// Trains and commits; throws before anything is visible.
  public func run() throws -> Outcome {
    if let notDue = try notDue() { return notDue }
    let log = try CommitLog.open(home)
    let state = log.state(.knownBy(night))
    let history = try ChurnHistory(state, home: home, definition: definition, night: night, threads: threads)
    let transaction = try Transaction.begin(
      home, stage: "train", date: night, materials: history.trainingMaterials + [configuration, catalogue.material],
      configDigest: SHA256Digest(of: configuration.digest.hex + catalogue.material.digest.hex), versions: versions)
    if let done = transaction.alreadyDone { return .alreadyDone(done) }
    let workers = WorkerThreads(count: threads)
    let oldest = history.coverage.firstDay ?? night
    let split = try TimeSplit.evaluating(
      newest: history.newestMatureDate, oldest: oldest, definition: definition, isUsable: history.isUsable)
    let deploying = try TimeSplit.deploying(
      newest: history.newestMatureDate, oldest: oldest, definition: definition, isUsable: history.isUsable)
    let rows = try DatedRows(
      history, catalogue, dates: Set(split.dates + deploying.dates).sorted(),
      excluded: Set(definition.excludedFields).union(catalogue.barredFields), threads: threads)

    let trainer = ChurnTrainer(definition: definition, threads: workers)
    let (train, validation) = (try rows.rows(split.train), try rows.rows([split.validation]))
    let test = try rows.rows(split.test.map { [$0] } ?? [])
    try trainer.demandPositives(test, "test")
    let fit = try trainer.fit(train: train, validation: validation)
    let probabilities = fit.models.gradientScores(
      test.table, paymentTypes: test.paymentTypes, threads: workers
    ).probabilities
    let logistic = fit.models.logisticProbabilities(test.table, paymentTypes: test.paymentTypes, threads: workers)

    let (useTrain, useValidation) = (try rows.rows(deploying.train), try rows.rows([deploying.validation]))
    let use = try trainer.fit(train: useTrain, validation: useValidation)
    let metrics = ChurnMetrics(
      train: .init(train), validation: .init(validation), test: .init(test),
      gradient: .init(probabilities, test), logistic: .init(logistic, test), deployedTrain: .init(useTrain),
      deployedValidation: .init(useValidation), treeCount: fit.models.gradient.trees.count,
      deployedTreeCount: use.models.gradient.trees.count, logisticConvergence: fit.convergence,
      deployedLogisticConvergence: use.convergence)

    let number = (ModelVersion.newest(log.state(.head))?.number ?? 0) + 1
    let publication = ModelPublication(
      transaction: transaction, number: number, night: night, definition: definition, fit: use, metrics: metrics)
    let entry = try publication.commit(
      predictions: Predictions.table(test, gradient: probabilities, logistic: logistic))
    return .published(entry, version: "churn/\(ModelVersion.name(number))", summary: publication.summary)
  }
}

/// The rows of several as-of dates, read once and put together part by part.
private struct DatedRows {
  private let labelled: [Day: (twin: Table, outcomes: [ChurnOutcomes.Outcome])]
  private let features: [Feature]
  private let threads: Int

  /// Reads twins and outcomes of the dates. Levels are learned from every date's rows: which levels exist is no secret
  /// of the future that a label could leak through, and one list serves every part.
  init(
    _ history: ChurnHistory, _ catalogue: TwinCatalogue, dates: [Day], excluded: Set<String>, threads: Int
  ) throws {
    let found = try history.labelled(dates, catalogue)
    labelled = Dictionary(uniqueKeysWithValues: zip(dates, found).map { ($0, $1) })
    let samples = try LabelledRows(
      zip(dates, found).map { ($1.twin, $1.outcomes, $0) }, features: nil, excluded: excluded, threads: threads)
    features = samples.table.features
    self.threads = threads
  }

  func rows(_ dates: [Day]) throws -> LabelledRows {
    let parts = dates.compactMap { date in labelled[date].map { ($0.twin, $0.outcomes, date) } }
    return try LabelledRows(parts, features: features, excluded: [], threads: threads)
  }
}
