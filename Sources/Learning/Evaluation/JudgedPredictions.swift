import Columns
import Ledger

/// The predictions that a truth of a synthetic operator judges: those of the champion of the newest
/// night, or of a version that is named, for its test date.
struct JudgedPredictions {
  /// Days that the probabilities of a truth cover: its columns end in `_30d`.
  static let horizonDays = 30

  let table: Table

  /// Reads the predictions; every file's digest is compared with the log.
  ///
  /// - Parameter name: a version as `ModelRegistry` knows it; nil for the champion.
  /// - Throws: `missingModel` where nothing has been trained or no version is champion, `unknownVersion`, `otherHorizon`, or what a damaged file
  ///   throws.
  init(home: Home, version name: String?) throws {
    let registry = ModelRegistry(ModelRegistry.stateOfNewestNight(try CommitLog.open(home)))
    guard !registry.versions.isEmpty else {
      throw LearningError(.missingModel, "the home has no churn model yet; run nightjar-train")
    }
    guard name != nil || registry.champion != nil else {
      throw LearningError(.missingModel, "no version of the churn model is champion: name the one to judge, as v0001")
    }
    let version = try registry.version(named: name ?? "champion")
    let days = try version.decoded(ChurnModels.CalibrationFile.self, "calibration", home: home).horizonDays
    guard days == JudgedPredictions.horizonDays else {
      throw LearningError(
        .otherHorizon,
        "\(version.label) predicts \(days) days ahead, and the truth is of \(JudgedPredictions.horizonDays) days")
    }
    table = try version.table("predictions", home: home)
  }
}
