import Calendar

/// The metrics of a model: the file `metrics-….json` and what the card shows.
package struct ChurnMetrics: Sendable, Hashable, Codable {
  /// One as-of date of a part.
  package struct Part: Sendable, Hashable, Codable {
    package var asOf: [String]
    package var rows: Int
    package var positives: Int
    /// By payment type, where rows ended within the horizon by a cause that is no competing one and yet no row counts as left:
    /// how many. nil where there is no such type.
    package var endsWithoutLeavers: [String: Int]?

    package init(_ rows: LabelledRows) {
      asOf = Set(rows.asOf).sorted().map(\.description)
      self.rows = rows.rowCount
      positives = rows.positiveCount
      var ends: [String: Int] = [:]
      for row in 0..<rows.rowCount where rows.endedByWill[row] { ends[rows.paymentTypes[row], default: 0] += 1 }
      for row in 0..<rows.rowCount where rows.labels[row] > 0.5 { ends[rows.paymentTypes[row]] = nil }
      endsWithoutLeavers = ends.isEmpty ? nil : ends
    }
  }

  /// The metrics of one model, over all and within each payment type.
  package struct Groups: Sendable, Hashable, Codable {
    package var pooled: Evaluation
    package var prepaid: Evaluation
    package var postpaid: Evaluation

    /// - Parameter weights: one a row, 0 where it does not count; nil where all count alike.
    package init(_ probabilities: [Double], _ rows: LabelledRows, weights: [Double]? = nil) {
      func within(_ type: String?) -> Evaluation {
        let chosen = rows.paymentTypes.indices.filter {
          (type == nil || rows.paymentTypes[$0] == type) && weights?[$0] ?? 1 > 0
        }
        return Evaluation(
          probabilities: chosen.map { probabilities[$0] }, labels: chosen.map { rows.labels[$0] },
          weights: weights.map { weights in chosen.map { weights[$0] } })
      }
      pooled = within(nil)
      prepaid = within("prepaid")
      postpaid = within("postpaid")
    }
  }

  package var definitionVersion = Evaluation.definitionVersion
  /// Days between the end of a part's label windows and the next part's as-of date, at least.
  package var embargoDays: Int
  package var train: Part
  package var validation: Part
  /// The rows that the models were fitted to once more; nil where they were fitted once.
  package var refit: Part?
  package var test: Part
  /// Of the test rows as they came, like those of the logistic model.
  package var gradient: Groups
  package var logistic: Groups
  /// Of the test rows to which nothing was done, weighted for the others; nil where every row counts alike (<doc:DoNothingDecision>).
  package var gradientUntreated: Groups?
  package var logisticUntreated: Groups?
  /// The parts of the model that is put to use, which is trained one step later and has no test of its own.
  package var deployedTrain: Part
  package var deployedValidation: Part
  package var deployedRefit: Part?
  package var treeCount: Int
  package var deployedTreeCount: Int
  package var logisticConvergence: LogisticRegression.Convergence
  package var deployedLogisticConvergence: LogisticRegression.Convergence
  /// What became of contacted customers' rows in the parts of the model that is put to use.
  package var deployedTrainTreatment: TreatmentReport
  package var deployedValidationTreatment: TreatmentReport
  package var deployedRefitTreatment: TreatmentReport?
}

/// What the registry reads of the file `metrics-….json`: keys that every version has, whenever it was trained.
package struct RecordedMetrics: Sendable, Hashable, Decodable {
  package struct Groups: Sendable, Hashable, Decodable {
    package var pooled: Evaluation
  }

  package var test: ChurnMetrics.Part
  package var gradient: Groups
  package var deployedTrain: ChurnMetrics.Part
  package var deployedValidation: ChurnMetrics.Part
}
