import Calendar

/// The metrics of a model: the file `metrics-….json` and what the card shows.
package struct ChurnMetrics: Sendable, Hashable, Codable {
  /// One as-of date of a part.
  package struct Part: Sendable, Hashable, Codable {
    package var asOf: [String]
    package var rows: Int
    package var positives: Int

    package init(_ rows: LabelledRows) {
      asOf = Set(rows.asOf).sorted().map(\.description)
      self.rows = rows.rowCount
      positives = rows.positiveCount
    }
  }

  /// The metrics of one model, over all and within each payment type.
  package struct Groups: Sendable, Hashable, Codable {
    package var pooled: Evaluation
    package var prepaid: Evaluation
    package var postpaid: Evaluation

    package init(_ probabilities: [Double], _ rows: LabelledRows) {
      func within(_ type: String) -> Evaluation {
        let chosen = rows.paymentTypes.indices.filter { rows.paymentTypes[$0] == type }
        return Evaluation(probabilities: chosen.map { probabilities[$0] }, labels: chosen.map { rows.labels[$0] })
      }
      pooled = Evaluation(probabilities: probabilities, labels: rows.labels)
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
  package var gradient: Groups
  package var logistic: Groups
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
