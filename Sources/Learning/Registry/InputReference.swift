package import Parallelism

/// How the inputs and the scores of a version were distributed when it was trained: the file `reference-….json`.
package struct InputReference: Sendable, Hashable, Codable {
  /// What the scores are called among the inputs.
  package static let scoreName = "churn_probability"

  package var formatVersion = 1
  /// The dates of the rows that the model has learned from, of which the inputs are.
  package var inputAsOf: [String]
  /// The validation date, of which the scores are: those of the model that had not learned from it, since on its own rows a model is too sure.
  package var scoreAsOf: [String]
  /// Every feature of the model, in its order.
  package var inputs: [InputHistogram]
  /// The calibrated probability of the gradient model.
  package var score: InputHistogram

  /// Counts rows and scores. O(features · rows).
  ///
  /// - Parameters:
  ///   - table: the rows learned from, of the dates `inputAsOf`.
  ///   - probabilities: what was said of the rows of `scoreAsOf`, unseen.
  package init(
    _ table: FeatureTable, inputAsOf: [String], probabilities: [Double], scoreAsOf: [String], threads: WorkerThreads
  ) {
    (self.inputAsOf, self.scoreAsOf) = (inputAsOf, scoreAsOf)
    inputs = threads.collect(taskCount: table.features.count) {
      InputHistogram(reference: table.features[$0], table.columns[$0])
    }
    score = InputHistogram(reference: Feature(InputReference.scoreName), probabilities)
  }

  /// Whether the numbers can be those of a training.
  var isSound: Bool {
    formatVersion == 1 && inputs.allSatisfy(\.isSound) && score.isSound && score.bounds != nil
      && Set(inputs.map(\.name)).count == inputs.count && Set(inputs.map(\.rowCount)).count <= 1
  }
}
