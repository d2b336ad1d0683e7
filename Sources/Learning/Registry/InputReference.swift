package import Parallelism

/// How the inputs and the scores of a version were distributed when it was trained: the file `reference-….json`.
package struct InputReference: Sendable, Hashable, Codable {
  /// What the scores are called among the inputs.
  package static let scoreName = "churn_probability"

  package var formatVersion = 1
  /// The dates of the training rows, of which the inputs are.
  package var inputAsOf: [String]
  /// The date that the model was calibrated on, of which the scores are: on its training rows a model is too sure of itself.
  package var scoreAsOf: [String]
  /// Every feature of the model, in its order.
  package var inputs: [InputHistogram]
  /// The calibrated probability of the gradient model.
  package var score: InputHistogram

  /// Counts training rows and scores. O(features · rows).
  ///
  /// - Parameters:
  ///   - table: the training rows, of the dates `inputAsOf`.
  ///   - probabilities: what the model says of the rows of `scoreAsOf`.
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
