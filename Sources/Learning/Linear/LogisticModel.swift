public import Parallelism

/// A fitted logistic regression: how features become standardised terms, and a coefficient for each.
public struct LogisticModel: Sendable, Hashable, Codable {
  /// What a term is made from.
  public enum Source: Sendable, Hashable, Codable {
    /// (x − mean)/deviation of a numeric feature; a missing value gives 0, the mean.
    case value(feature: Int, mean: Double, deviation: Double)
    /// How far a numeric feature lies from one knot to the next, 0 to 1, standardised; a missing value gives 0, the mean.
    case ramp(feature: Int, lower: Double, upper: Double, mean: Double, deviation: Double)
    /// 1 where the feature is missing, standardised.
    case missing(feature: Int, mean: Double, deviation: Double)
    /// 1 where a categorical feature has the level of this code, standardised.
    case level(feature: Int, code: Int, mean: Double, deviation: Double)

    /// Whether the term has a value in every row, rather than being 0 or 1.
    var isDense: Bool {
      switch self {
      case .value, .ramp: true
      case .missing, .level: false
      }
    }

    /// The feature's position in the model.
    var feature: Int {
      switch self {
      case .value(let feature, _, _), .ramp(let feature, _, _, _, _), .missing(let feature, _, _),
        .level(let feature, _, _, _):
        feature
      }
    }
  }

  /// A term of the linear predictor.
  public struct Term: Sendable, Hashable, Codable {
    /// What it is made from.
    public var source: Source
    /// Its coefficient, on the standardised scale.
    public var coefficient: Double
  }

  /// The features that the model reads, by position.
  public var features: [Feature]
  /// The predictor where every term is 0.
  public var intercept: Double
  /// The terms.
  public var terms: [Term]
  /// A column of the table that is added to the raw score; nil where there is none.
  public var offset: String?
  /// Standard errors and covariance, where they were asked for.
  public var inference: CoefficientInference?
  /// What is to be known before the coefficients are read; nil where there is nothing.
  public var warnings: [LogisticWarning]?

  /// The raw scores (log-odds) of every row. O(rows · features).
  public func rawScores(_ table: FeatureTable, threads: WorkerThreads) -> [Double] {
    let scores = FlatBuffer(count: table.rowCount, initial: intercept)
    add(table, to: scores, threads: threads) { _ in 0 }
    return scores.array
  }

  /// What each feature adds to the raw score: its terms, which are 0 at the mean of the training rows. One array a feature;
  /// the intercept and they add up to the raw score. O(rows · features).
  public func contributions(_ table: FeatureTable, threads: WorkerThreads) -> [[Double]] {
    let (rowCount, sums) = (table.rowCount, FlatBuffer(count: table.rowCount * features.count, initial: 0.0))
    add(table, to: sums, threads: threads) { $0 * rowCount }
    return sums.columns(features.count)
  }

  /// Adds what each feature contributes to `sums`, where the rows of that of a number begin at `start`.
  private func add(
    _ table: FeatureTable, to sums: FlatBuffer<Double>, threads: WorkerThreads, start: @Sendable (Int) -> Int
  ) {
    precondition(table.features.count == features.count, "one column a feature of the model")
    let shares = FeatureShare.shares(of: self)
    _ = threads.collectChunks(rowCount: table.rowCount, chunkRowCount: DesignRows.chunkRowCount) { rows in
      for (feature, share) in shares.enumerated() where !share.isEmpty {
        let sum = sums.base + start(feature)
        table.withValues(of: feature, rows) { values in
          for row in 0..<rows.count { sum[rows.lowerBound + row] += share.contribution(values[row]) }
        }
      }
    }
  }

  /// Whether every term names a feature and level that there is, and every number is finite, each deviation above 0.
  var isSound: Bool {
    intercept.isFinite
      && terms.allSatisfy { term in
        guard term.coefficient.isFinite, features.indices.contains(term.source.feature) else { return false }
        let levels = features[term.source.feature].levels
        switch term.source {
        case .value(_, let mean, let deviation):
          return levels == nil && mean.isFinite && deviation.isFinite && deviation > 0
        case .ramp(_, let lower, let upper, let mean, let deviation):
          return levels == nil && lower.isFinite && upper.isFinite && lower < upper && mean.isFinite
            && deviation.isFinite && deviation > 0
        case .missing(_, let mean, let deviation): return mean.isFinite && deviation.isFinite && deviation > 0
        case .level(_, let code, let mean, let deviation):
          return levels.map { $0.indices.contains(code) } ?? false && mean.isFinite && deviation.isFinite
            && deviation > 0
        }
      }
  }
}
