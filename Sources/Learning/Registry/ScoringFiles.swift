import Columns
import Ledger

/// What a night of scoring reads of a version.
struct ScoringFiles {
  let models: ChurnModels
  /// Of the further horizons.
  let further: [HorizonModel]
  /// nil of a version from before it was kept.
  let reference: InputReference?

  /// Reads the files; every file's digest is compared with the log.
  ///
  /// - Throws: `missingModel`, `damagedModel` or `olderFormat`.
  init(_ version: ModelVersion, home: Home) throws {
    models = try version.load(home: home)
    further = try version.loadFurther(home: home)
    reference = try version.reference(home: home)
  }

  /// The fields of the twin that the models read.
  var features: [Feature] {
    (models.gradient.features + models.logistic.features + further.flatMap(\.gradient.features)).filter {
      !TreatmentHandling.covariates.contains($0)
    }
  }
}

extension ModelVersion {
  /// The kinds of failure of a version whose files cannot be read.
  static let unreadable: Set<LearningError.Code> = [.missingModel, .damagedModel, .olderFormat]

  /// Why the version cannot score twins of a schema; nil where it can.
  ///
  /// - Parameter barredFields: fields that no model may read.
  func incapacity(home: Home, schema: Schema, barredFields: Set<String>) throws -> String? {
    do {
      let features = try ScoringFiles(self, home: home).features
      if let name = features.map(\.name).first(where: barredFields.contains) {
        return "it reads '\(name)', which is barred from models"
      }
      try FeatureTable.demand(features, in: schema)
      return nil
    } catch let error as LearningError
      where ModelVersion.unreadable.contains(error.code) || error.code == .missingColumn
    {
      return error.message
    }
  }
}
