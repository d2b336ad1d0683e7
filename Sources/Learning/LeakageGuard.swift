package import Parallelism

/// Looks for features that know the future.
///
/// Twins are built from what was known at the as-of date, and only columns of the twins' catalogue are features; this is
/// the last net: a feature that alone orders the labels almost perfectly has seen them.
package enum LeakageGuard {
  /// The features whose own AUC, in either direction, lies above `maximum`, with that AUC. Missing values count as a
  /// value below all others. O(features · rows · log rows).
  package static func suspects(
    _ table: FeatureTable, labels: [Double], maximum: Double, threads: WorkerThreads
  ) -> [(feature: String, auc: Double)] {
    let found = threads.collect(taskCount: table.features.count) { index -> Double? in
      let values = table.columns[index].map { $0.isFinite ? $0 : -.infinity }
      return RankMetrics.areaUnderCurve(scores: values, labels: labels).map { max($0, 1 - $0) }
    }
    return found.indices.compactMap { index in
      guard let auc = found[index], auc > maximum else { return nil }
      return (table.features[index].name, auc)
    }
  }

  /// Throws `leakage` where there is a suspect; names all of them.
  package static func check(
    _ table: FeatureTable, labels: [Double], maximum: Double, threads: WorkerThreads
  ) throws(LearningError) {
    let names = suspects(table, labels: labels, maximum: maximum, threads: threads).map(\.feature)
    guard names.isEmpty else {
      throw LearningError(
        .leakage,
        "implausibly good alone (AUC above \(maximum)): \(names.joined(separator: ", ")); find out whether they know the "
          + "future, and exclude them or raise features.maximum-single-feature-auc")
    }
  }
}
