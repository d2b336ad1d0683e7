package import Parallelism

/// The two churn models with their calibration: what training makes and scoring reads.
package struct ChurnModels: Sendable {
  /// What turns raw scores into probabilities and values: the model's file `calibration-….json`.
  package struct CalibrationFile: Sendable, Hashable, Codable {
    /// The calibration of the gradient model.
    package var gradient: CalibrationBook
    /// The calibration of the logistic model.
    package var logistic: CalibrationBook
    /// Days ahead that the probabilities cover.
    package var horizonDays: Int
    /// The share of the base that ends by another cause within the horizon, by payment type.
    package var otherEndShare: [String: Double]
  }

  package var gradient: BoostedModel
  package var logistic: LogisticModel
  package var calibration: CalibrationFile

  /// Calibrated probabilities of the gradient model, with its raw scores.
  package func gradientScores(
    _ table: FeatureTable, paymentTypes: [String], threads: WorkerThreads
  ) -> (raw: [Double], probabilities: [Double]) {
    let raw = gradient.rawScores(table, threads: threads)
    return (raw, calibration.gradient.probabilities(raw, paymentTypes: paymentTypes))
  }

  /// Calibrated probabilities of the logistic model.
  package func logisticProbabilities(
    _ table: FeatureTable, paymentTypes: [String], threads: WorkerThreads
  ) -> [Double] {
    calibration.logistic.probabilities(logistic.rawScores(table, threads: threads), paymentTypes: paymentTypes)
  }
}

/// Calibrations of one model: one a payment type, since a model is rarely as sure of the one as of the other, and one
/// over all for types with too few who left.
package struct CalibrationBook: Sendable, Hashable, Codable {
  /// Who left, and who stayed, that a payment type must have for a calibration of its own.
  package static let minimumCount = 100

  /// Over all rows.
  package var pooled: Calibration
  /// By payment type.
  package var byPaymentType: [String: Calibration]

  /// Fits calibrations by `method`. Where it has none over all rows, everybody has the base rate.
  package init(
    scores: [Double], labels: [Double], paymentTypes: [String], method: ([Double], [Double]) -> Calibration?
  ) {
    self.init(labels: labels, paymentTypes: paymentTypes) { rows in
      method(rows.map { scores[$0] }, rows.map { labels[$0] })
    }
  }

  /// Fits calibrations by `method`, which is told the rows. Where it has none over all rows, everybody has the base rate.
  init(labels: [Double], paymentTypes: [String], method: ([Int]) -> Calibration?) {
    byPaymentType = [:]
    guard let pooled = method(Array(labels.indices)) else {
      self.pooled = .baseRate(labels: labels)
      return
    }
    self.pooled = pooled
    for type in Set(paymentTypes).sorted() {
      let rows = paymentTypes.indices.filter { paymentTypes[$0] == type }
      let positives = rows.count { labels[$0] > 0.5 }
      guard min(positives, rows.count - positives) >= CalibrationBook.minimumCount else { continue }
      byPaymentType[type] = method(rows)
    }
  }

  /// The same calibrations for the raw scores of another model, given what both say of the same rows: stretched by as much as gives
  /// them the spread of the first model's, and moved by as much as makes their mean probability the share of the labels again; over
  /// all rows, and within each payment type that has its own.
  package func transferred(
    from first: [Double], to scores: [Double], labels: [Double], paymentTypes: [String], weights: [Double]? = nil
  ) -> CalibrationBook {
    func transferred(_ calibration: Calibration, _ rows: [Int]) -> Calibration {
      let (scores, weights) = (rows.map { scores[$0] }, weights.map { weights in rows.map { weights[$0] } })
      let (spread, other) = (
        Calibration.spread(rows.map { first[$0] }, weights: weights), Calibration.spread(scores, weights: weights)
      )
      return calibration.stretched(by: spread > 0 && other > 0 ? spread / other : 1)
        .levelled(scores: scores, labels: rows.map { labels[$0] }, weights: weights)
    }
    var book = self
    book.pooled = transferred(pooled, Array(labels.indices))
    for (type, calibration) in byPaymentType {
      book.byPaymentType[type] = transferred(calibration, paymentTypes.indices.filter { paymentTypes[$0] == type })
    }
    return book
  }

  /// The calibrated probability of each raw score.
  package func probabilities(_ scores: [Double], paymentTypes: [String]) -> [Double] {
    zip(scores, paymentTypes).map { (byPaymentType[$1] ?? pooled).probability($0) }
  }
}
