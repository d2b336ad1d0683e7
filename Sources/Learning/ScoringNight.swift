public import Calendar
import Columns
public import Configuration
import Datasets
public import Ledger
import Parallelism
public import Twins

/// A night of scoring: tonight's twin and the champion give the dataset `scores`, and how far inputs and scores have moved
/// since its training `score-drift`.
///
/// Subscriptions in notice and prepaid ones already silent are not scored: the model knows nothing about them. Each row
/// has both calibrated probabilities, the expected margin and lifetime value, and the three fields that raise its raw
/// score most by TreeSHAP.
public struct ScoringNight: Sendable {
  /// How a night of scoring ended.
  public enum Outcome: Sendable {
    /// The log holds this very work already.
    case alreadyDone(LogEntry)
    /// The entry that was committed.
    case published(LogEntry, model: String)
  }

  /// Reasons of each row.
  static let reasonCount = 3

  private let home: Home
  private let night: Day
  private let churn: ChurnDefinition
  private let value: ValueDefinition
  private let registry: RegistryDefinition
  private let catalogue: TwinCatalogue
  private let configurations: [Material]
  private let threads: Int
  private let versions: [String: String]

  /// Plans a night of scoring by `models/churn.yaml`, `models/value.yaml` and `models/registry.yaml`; `catalogue` says which fields
  /// a model may read.
  public init(
    _ home: Home, night: Day, churn: ConfigurationDocument, value: ConfigurationDocument,
    registry: ConfigurationDocument, catalogue: TwinCatalogue, threads: Int, versions: [String: String]
  ) throws(ConfigurationError) {
    self.home = home
    self.night = night
    self.churn = try ChurnDefinition(churn)
    self.value = try ValueDefinition(value)
    self.registry = try RegistryDefinition(registry)
    self.catalogue = catalogue
    configurations = [
      Material(name: "models/churn.yaml", digest: SHA256Digest(of: churn.bytes)),
      Material(name: "models/value.yaml", digest: SHA256Digest(of: value.bytes)),
      Material(name: RegistryDefinition.file, digest: SHA256Digest(of: registry.bytes)), catalogue.material,
    ]
    self.threads = threads
    self.versions = versions
  }

  /// The champion, or an error that says how to get one.
  public func modelLabel() throws -> String { try model(CommitLog.open(home).state(.knownBy(night))).label }

  private func model(_ state: LiveState) throws(LearningError) -> ModelVersion {
    let registry = ModelRegistry(state)
    if let champion = registry.champion { return champion }
    guard let newest = registry.versions.last else {
      throw LearningError(.missingModel, "no churn model has been trained: run nightjar-train first")
    }
    throw LearningError(
      .missingModel,
      "no version of the churn model is champion: the card of \(newest.label) says why; nightjar-train promote makes it one"
    )
  }

  /// Scores and commits.
  public func run() throws -> Outcome {
    let state = try CommitLog.open(home).state(.knownBy(night))
    let model = try model(state)
    let twins = state.products(SubscriptionTwin.name, where: ["date": "\(night)"])
    guard !twins.isEmpty else {
      throw LearningError(.missingModel, "there are no twins of \(night): run nightjar-twin --date \(night) first")
    }
    let history = try ChurnHistory(state, home: home, definition: churn, night: night, threads: threads)
    let transaction = try Transaction.begin(
      home, stage: "score", date: night,
      materials: twins.map { Material($0) } + model.products.map { Material($0) } + history.scoringMaterials
        + configurations,
      configDigest: SHA256Digest(of: configurations.map(\.digest.hex).joined()), versions: versions)
    if let done = transaction.alreadyDone { return .alreadyDone(done) }
    let twin = try Table.concatenating(
      try twins.map { product throws(ColumnsError) in try ParquetFile.read(home.url(product.name)) })
    let isOnBase = try history.isOnBase(twin)
    let base = twin.rows(where: isOnBase)
    let files = try ScoringFiles(model, home: home)
    try checkInputs(files, twin.schema, model.label)
    let models = files.models
    let features = try TreatmentHandling.untreated(base, features: models.gradient.features, threads: threads)
    let scores = try table(base, features, models: models, further: files.further, label: model.label)
    let drift = try drift(model.label, files, base, features, scores)
    let path = transaction.stagingPath("scores.parquet")
    try ParquetFile.write(scores, to: path)
    transaction.retireEarlierRuns()
    try transaction.add(
      stagedPath: path, folder: "\(Dataset.scores.folder)/date=\(night)", fileName: .digest(ext: "parquet"),
      rowCount: Int64(scores.rowCount))
    var counts = [
      "rows": Int64(scores.rowCount), "notScored": Int64(twin.rowCount - scores.rowCount),
      "withoutValue": Int64(try scores.int64("clv_e4").validity?.count { !$0 } ?? 0),
      "version": Int64(model.number),
    ]
    var warnings = scores.rowCount == 0 ? ["no subscription is on the active base: nothing was scored"] : []
    if try twin.string("payment_type").values.contains("prepaid"), let warning = history.dormancyWarning {
      warnings.append(warning)
    }
    if let drift {
      let path = transaction.stagingPath("score-drift.parquet")
      try ParquetFile.write(drift.table(night), to: path)
      try transaction.add(
        stagedPath: path, folder: "\(Dataset.scoreDrift.folder)/date=\(night)", fileName: .digest(ext: "parquet"),
        rowCount: Int64(drift.rows.count))
      counts.merge(drift.counts) { $1 }
      warnings += drift.warnings
    } else {
      warnings.append("\(model.label) has kept no reference of its training: its drift is not measured; train anew")
    }
    let entry = try transaction.commit(counts: counts, warnings: warnings)
    return .published(entry, model: model.label)
  }

  /// What to do about a version that cannot read the twins.
  private static let advice = "train anew (nightjar-train, or nightjar-train night --force)"

  /// Throws where a model reads a field that is no input of models, such as what a model said before, or that the twin does not have.
  private func checkInputs(_ files: ScoringFiles, _ schema: Schema, _ label: String) throws(LearningError) {
    let barred = catalogue.barredFields
    if let name = files.features.map(\.name).first(where: { barred.contains($0) }) {
      throw LearningError(
        .barredInput,
        "\(label) reads '\(name)', which \(catalogue.entity.file) bars from models ('input: false'): \(ScoringNight.advice)"
      )
    }
    do {
      try FeatureTable.demand(files.features, in: schema)
    } catch {
      throw LearningError(error.code, "\(label) cannot score: \(error.message); \(ScoringNight.advice)")
    }
  }

  /// How far inputs and scores have moved; nil where the version kept no reference.
  private func drift(
    _ label: String, _ files: ScoringFiles, _ base: Table, _ features: FeatureTable, _ scores: Table
  ) throws -> InputDrift? {
    guard let reference = files.reference else { return nil }
    return try InputDrift(
      label, reference, base: base, features: TreatmentHandling.observed(features), gains: files.models.gradient.gains,
      probabilities: try scores.double("churn_probability").values, catalogue: catalogue, thresholds: registry.drift,
      threads: WorkerThreads(count: threads))
  }

  /// The scores of rows on the base.
  private func table(
    _ base: Table, _ features: FeatureTable, models: ChurnModels, further: [HorizonModel], label: String
  ) throws -> Table {
    let workers = WorkerThreads(count: threads)
    let types = try base.string("payment_type").values
    let (raw, probabilities) = models.gradientScores(features, paymentTypes: types, threads: workers)
    let logistic = models.logisticProbabilities(
      try TreatmentHandling.untreated(base, features: models.logistic.features, threads: threads), paymentTypes: types,
      threads: workers)
    let explainer = try TreeExplainer(models.gradient, threads: workers)
    let reasons = explainer.topReasons(features, count: ScoringNight.reasonCount, threads: workers)
    let (margins, values) = try MarginBook(base, definition: value, calibration: models.calibration).values(
      base, probabilities: probabilities)
    let asOf = try base.date("as_of").values
    let horizon = [Int32](repeating: Int32(models.calibration.horizonDays), count: base.rowCount)
    var columns: [Column] = [
      .int64(try base.int64("subscription_id")), .int64(try base.int64("person_id")), .date(TypedColumn(asOf)),
      .int32(TypedColumn(horizon)), .double(TypedColumn(probabilities)), .double(TypedColumn(raw)),
      .double(TypedColumn(logistic)), .int64(TypedColumn(optionals: margins, placeholder: 0)),
      .int64(TypedColumn(optionals: values, placeholder: 0)),
    ]
    for rank in 0..<ScoringNight.reasonCount {
      let ranked = reasons.map { $0.count > rank ? $0[rank] : nil }
      columns.append(
        .string(TypedColumn(optionals: ranked.map { $0.map { explainer.features[$0.feature].name } }, placeholder: "")))
      columns.append(.double(TypedColumn(optionals: ranked.map { $0?.contribution }, placeholder: 0)))
    }
    columns.append(.string(TypedColumn([String](repeating: label, count: base.rowCount))))
    return try addingFurther(
      Table(Dataset.scores.schema, columns), base, further: further, nearest: probabilities, paymentTypes: types,
      threads: workers)
  }

  /// The scores with a column for each further horizon of `models/churn.yaml`: null where the model has none of it, and
  /// never below the probability of a shorter one.
  private func addingFurther(
    _ scores: Table, _ base: Table, further: [HorizonModel], nearest: [Double], paymentTypes: [String],
    threads: WorkerThreads
  ) throws -> Table {
    var (scores, least) = (scores, nearest)
    for days in churn.furtherHorizonDays {
      let model = further.first { $0.horizonDays == days }
      let own = try model?.probabilities(base, paymentTypes: paymentTypes, threads: threads)
      if let own { least = zip(least, own).map { max($0, $1) } }
      let column = TypedColumn(optionals: least.map { own == nil ? nil : $0 }, placeholder: 0)
      scores = scores.adding(
        ColumnField(
          "churn_probability_\(days)d", .double, isNullable: true,
          "Calibrated probability of voluntary churn within \(days) days, if nothing is done."), .double(column))
    }
    return scores
  }
}
