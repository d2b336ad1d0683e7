package import Parallelism

extension LabelledRows {
  /// How much each row counts when scores are judged by what came of it; nil where all count alike.
  ///
  /// Scores say what happens if nothing is done, so that they are judged by rows to which nothing was done, weighted as rows that teach
  /// are; the others count 0. With `ignored` scores are under what was done, and every row counts.
  ///
  /// - Throws: `cannotTrain` where rows are too many for a learner.
  package func judgingWeights(
    _ handling: TreatmentHandling, threads: WorkerThreads
  ) throws(LearningError) -> [Double]? {
    guard handling.method != .ignored else { return nil }
    var handling = handling
    handling.method = .weighted
    guard let taught = try TeachingRows(self, handling, threads: threads).weights else { return nil }
    var weights = [Double](repeating: 0, count: rowCount)
    for (row, weight) in zip(treatments.indices.filter { treatments[$0].isUntreated }, taught) { weights[row] = weight }
    return weights
  }
}
