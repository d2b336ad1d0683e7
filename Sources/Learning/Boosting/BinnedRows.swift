/// Rows that trees learn from or are judged by: their bins, their labels and, where they have any, their weights.
package struct BinnedRows: Sendable {
  /// The features, one a column of bins.
  package let features: [Feature]
  /// The bins.
  package let matrix: BinnedMatrix
  /// The labels, one a row.
  package let labels: FlatBuffer<Double>
  /// Positive weights, one a row; nil for 1 each.
  package let weights: FlatBuffer<Double>?

  /// Makes rows of parts of one length.
  package init(
    features: [Feature], matrix: BinnedMatrix, labels: FlatBuffer<Double>, weights: FlatBuffer<Double>?
  ) {
    precondition(features.count == matrix.featureCount, "one column of bins a feature")
    precondition(labels.count == matrix.rowCount, "one label a row")
    precondition(weights == nil || weights!.count == matrix.rowCount, "one weight a row")
    (self.features, self.matrix, self.labels, self.weights) = (features, matrix, labels, weights)
  }
}
