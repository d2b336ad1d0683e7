package import Parallelism

/// The rows that teach, or calibrate, what happens if nothing is done, with their weights.
package struct TeachingRows: Sendable {
  package var rows: LabelledRows
  /// One weight a row, of mean 1; nil where all count alike.
  package var weights: [Double]?
  package var report: TreatmentReport

  /// Prepares labelled rows by `handling`. The propensities are fitted to these very rows.
  ///
  /// - Throws: `cannotTrain` where rows are too many for a learner.
  package init(_ rows: LabelledRows, _ handling: TreatmentHandling, threads: WorkerThreads) throws(LearningError) {
    let untreated = rows.treatments.indices.filter { rows.treatments[$0].isUntreated }
    self.rows = rows
    report = TreatmentReport(
      rows: rows.rowCount, treated: rows.rowCount - untreated.count, kept: rows.rowCount,
      effectiveRows: Double(rows.rowCount), cappedWeights: 0, greatestWeight: 1)
    // The covariates are there in every part, or a model of one part could not read another.
    guard report.treated > 0 || handling.method == .covariate else { return }
    switch handling.method {
    case .ignored:
      break
    case .covariate:
      let flags = [
        rows.treatments.map { $0.isCarriedOver ? 1.0 : 0 },
        rows.treatments.map { $0.contactedAfterDays != nil ? 1.0 : 0 },
      ]
      self.rows.table = rows.table.adding(TreatmentHandling.covariates, flags)
    case .excluded:
      self.rows = rows.rows(at: untreated)
      report.kept = untreated.count
      report.effectiveRows = Double(untreated.count)
    case .weighted:
      let raw = try TreatmentPropensity.weights(rows, threads: threads)
      let capped = untreated.map { min(handling.greatestWeight, raw[$0]) }
      let sum = capped.reduce(0, +)
      self.rows = rows.rows(at: untreated)
      weights = capped.map { $0 * Double(untreated.count) / sum }
      report.kept = untreated.count
      report.effectiveRows = sum * sum / capped.reduce(0) { $0 + $1 * $1 }
      report.cappedWeights = untreated.count { raw[$0] > handling.greatestWeight }
      report.greatestWeight = capped.max() ?? 1
    }
  }
}

/// What the treatment did to the rows of a part.
package struct TreatmentReport: Sendable, Hashable, Codable {
  /// Rows of the active base.
  package var rows: Int
  /// Rows whose outcome a contact may have changed.
  package var treated: Int
  /// Rows that teach.
  package var kept: Int
  /// Rows of equal weight that would tell as much as the kept ones: (Σw)² / Σw².
  package var effectiveRows: Double
  /// Rows whose weight was cut to the greatest one allowed.
  package var cappedWeights: Int
  /// The greatest weight, before weights are scaled to mean 1.
  package var greatestWeight: Double
}
