import FoundationEssentials

/// The part of a model's metrics file that the report shows; what a file lacks is nil.
package struct ModelMetrics: Sendable, Codable, Hashable {
  /// How good probabilities are; the definitions are those of the model card.
  package struct Evaluation: Sendable, Codable, Hashable {
    var rowCount: Int?
    var positiveCount: Int?
    var auc: Double?
    var averagePrecision: Double?
    var logLoss: Double?
    var brier: Double?
    var liftTopDecile: Double?
    var liftByDecile: [Double]?
    var calibrationSlope: Double?
  }

  /// One model's metrics, over all and within each payment type.
  package struct Groups: Sendable, Codable, Hashable {
    var pooled: Evaluation?
    var prepaid: Evaluation?
    var postpaid: Evaluation?
  }

  /// The rows that the model was tested on.
  package struct Part: Sendable, Codable, Hashable {
    var asOf: [String]?
    var rows: Int?
    var positives: Int?
  }

  var train: Part?
  var test: Part?
  var gradient: Groups?
  var logistic: Groups?

  /// Reads the metrics file `name`; throws where it is none: a page without a model would say that there is none.
  package init(_ json: [UInt8], name: String) throws(ReportsError) {
    do { self = try JSONDecoder().decode(ModelMetrics.self, from: Data(json)) } catch {
      throw ReportsError(
        .damagedMetrics, "\(name) is no metrics file; `nightjar-audit verify --read-data` says whether it was changed")
    }
  }
}
