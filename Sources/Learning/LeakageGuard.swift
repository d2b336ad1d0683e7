package import Parallelism

/// Looks for features that know the future.
///
/// Twins are built from what was known at the as-of date, and only columns of the twins' catalogue are features; this is
/// the last net: a feature that alone orders the labels almost perfectly has seen them.
package enum LeakageGuard {
  /// What the guard found in the rows of a training.
  package struct Finding: Sendable, Hashable, Codable {
    /// A feature with its own AUC, in the better direction.
    package struct Single: Sendable, Hashable, Codable {
      package var feature: String
      package var auc: Double

      package init(feature: String, auc: Double) { (self.feature, self.auc) = (feature, auc) }
    }

    /// The features that were looked at.
    package var checkedFeatureCount: Int
    /// The AUC above which a feature counts as a leak.
    package var maximum: Double
    /// The best five single features, the best first.
    package var best: [Single]
    /// The best of all; nil where no feature has an AUC.
    package var strongest: Single? { best.first }

    package init(checkedFeatureCount: Int, maximum: Double, best: [Single]) {
      (self.checkedFeatureCount, self.maximum, self.best) = (checkedFeatureCount, maximum, best)
    }
  }

  /// The best single features that a finding keeps.
  private static let bestCount = 5

  /// The features whose own AUC, in either direction, lies above `maximum`, with that AUC. Missing values count as a
  /// value below all others. O(features · rows · log rows).
  package static func suspects(
    _ table: FeatureTable, labels: [Double], maximum: Double, threads: WorkerThreads
  ) -> [(feature: String, auc: Double)] {
    singles(table, labels: labels, threads: threads).filter { $0.auc > maximum }.map { ($0.feature, $0.auc) }
  }

  private static func singles(_ table: FeatureTable, labels: [Double], threads: WorkerThreads) -> [Finding.Single] {
    let found = threads.collect(taskCount: table.features.count) { index -> Double? in
      let values = table.columns[index].map { $0.isFinite ? $0 : -.infinity }
      return RankMetrics.areaUnderCurve(scores: values, labels: labels).map { max($0, 1 - $0) }
    }
    return found.indices.compactMap { index in
      found[index].map { Finding.Single(feature: table.features[index].name, auc: $0) }
    }
  }

  /// Looks at every feature; throws `leakage` where there is a suspect, and names all of them.
  @discardableResult
  package static func check(
    _ table: FeatureTable, labels: [Double], maximum: Double, threads: WorkerThreads
  ) throws(LearningError) -> Finding {
    let singles = singles(table, labels: labels, threads: threads)
    let names = singles.filter { $0.auc > maximum }.map(\.feature)
    guard names.isEmpty else {
      throw LearningError(
        .leakage,
        "implausibly good alone (AUC above \(maximum)): \(names.joined(separator: ", ")); find out whether they know the "
          + "future, and exclude them or raise features.maximum-single-feature-auc")
    }
    let ranked = singles.sorted { ($1.auc, $0.feature) < ($0.auc, $1.feature) }
    return Finding(checkedFeatureCount: table.features.count, maximum: maximum, best: Array(ranked.prefix(bestCount)))
  }
}
