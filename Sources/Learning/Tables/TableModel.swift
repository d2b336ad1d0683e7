import ElementaryFunctions
import FoundationEssentials
import Parallelism

/// A model read from a file of its own: trees in LightGBM's text format, or a logistic regression as `fit` writes it.
enum TableModel: Sendable {
  case gradient(BoostedModel)
  case logistic(LogisticModel)

  /// Reads a file; which of the formats it has, its first byte says.
  ///
  /// - Throws: `missingModel` where there is none, `inputOutput` where it cannot be read, `damagedModel` where it is neither.
  init(path: String) throws(LearningError) {
    guard FileManager.default.fileExists(atPath: path) else {
      throw LearningError(.missingModel, "there is no model file \(path)")
    }
    let byteCount = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int ?? 0
    guard byteCount <= LightGBMFormat.maximumByteCount else {
      throw LearningError(
        .damagedModel,
        "\(path) has \(byteCount) bytes: no model of more than \(LightGBMFormat.maximumByteCount) is read")
    }
    guard let bytes = try? Data(contentsOf: URL(filePath: path)) else {
      throw LearningError(.inputOutput, "\(path) cannot be read")
    }
    guard bytes.first == UInt8(ascii: "{") else {
      self = .gradient(try BoostedModel(lightGBMText: String(decoding: bytes, as: UTF8.self)))
      return
    }
    guard let model = try? JSONDecoder().decode(LogisticModel.self, from: bytes) else {
      throw LearningError(.damagedModel, "\(path) is no logistic regression as nightjar-train fit writes it")
    }
    guard model.isSound else {
      throw LearningError(
        .damagedModel, "\(path) contradicts itself: a term names no feature or level, or a number is not finite")
    }
    self = .logistic(model)
  }

  /// The name of its learner.
  var algorithm: TableTrial.Algorithm {
    switch self {
    case .gradient: .gradient
    case .logistic: .logistic
    }
  }

  /// What it reads.
  var features: [Feature] {
    switch self {
    case .gradient(let model): model.features
    case .logistic(let model): model.features
    }
  }

  /// The names of features that no score depends on: no tree has a split on them.
  var unusedFeatures: Set<String> {
    guard case .gradient(let model) = self else { return [] }
    let used = Set(model.trees.flatMap(\.splitFeatures))
    return Set(model.features.indices.filter { !used.contains(Int32($0)) }.map { model.features[$0].name })
  }

  /// What the raw score stands for.
  var objective: Objective {
    switch self {
    case .gradient(let model): model.objective
    case .logistic: .logistic
    }
  }

  /// The prediction of a raw score.
  func prediction(_ rawScore: Double) -> Double {
    switch self {
    case .gradient(let model): model.prediction(rawScore)
    case .logistic: ElementaryFunctions.logistic(rawScore)
    }
  }

  /// The column that is added to the raw score; nil where there is none.
  var offset: String? {
    switch self {
    case .gradient: nil
    case .logistic(let model): model.offset
    }
  }

  /// The raw score of every row, without the offset.
  func rawScores(_ table: FeatureTable, threads: WorkerThreads) -> [Double] {
    switch self {
    case .gradient(let model): model.rawScores(table, threads: threads)
    case .logistic(let model): model.rawScores(table, threads: threads)
    }
  }

  /// What each feature adds to the raw score of each row, one array a feature, and the score without any and without the offset.
  ///
  /// - Throws: `damagedModel` for trees that cannot be explained.
  func contributions(
    _ table: FeatureTable, threads: WorkerThreads
  ) throws(LearningError) -> (base: Double, columns: [[Double]]) {
    switch self {
    case .gradient(let model):
      let explainer = try TreeExplainer(model, threads: threads)
      return (explainer.baseValue, explainer.contributions(table, threads: threads))
    case .logistic(let model): return (model.intercept, model.contributions(table, threads: threads))
    }
  }

  /// Up to `count` features that raise each row's raw score most, the greatest first.
  ///
  /// - Throws: `damagedModel` for trees that cannot be explained.
  func topReasons(
    _ table: FeatureTable, count: Int, threads: WorkerThreads
  ) throws(LearningError) -> [[TreeExplainer.Reason]] {
    switch self {
    case .gradient(let model):
      return try TreeExplainer(model, threads: threads).topReasons(table, count: count, threads: threads)
    case .logistic(let model):
      let columns = model.contributions(table, threads: threads)
      return (0..<table.rowCount).map { row in TreeExplainer.Reason.top(columns.lazy.map { $0[row] }, count: count) }
    }
  }
}
