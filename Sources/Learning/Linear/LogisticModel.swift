public import Parallelism

/// A fitted logistic regression: how features become standardised terms, and a coefficient for each.
public struct LogisticModel: Sendable, Hashable, Codable {
  /// What a term is made from.
  public enum Source: Sendable, Hashable, Codable {
    /// (x − mean)/deviation of a numeric feature; a missing value gives 0, the mean.
    case value(feature: Int, mean: Double, deviation: Double)
    /// 1 where the feature is missing, standardised.
    case missing(feature: Int, mean: Double, deviation: Double)
    /// 1 where a categorical feature has the level of this code, standardised.
    case level(feature: Int, code: Int, mean: Double, deviation: Double)
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

  /// The raw scores (log-odds) of every row. O(rows · terms).
  public func rawScores(_ table: FeatureTable, threads: WorkerThreads) -> [Double] {
    precondition(table.features.count == features.count, "one column a feature of the model")
    let design = DesignMatrix(sources: terms.map(\.source))
    let coefficients = [intercept] + terms.map(\.coefficient)
    let scores = FlatBuffer(count: table.rowCount, initial: 0.0)
    _ = threads.collectChunks(rowCount: table.rowCount, chunkRowCount: DesignMatrix.chunkRowCount) { rows in
      design.forEachBlock(table, rows: rows) { start, count, columns in
        for index in coefficients.indices {
          let (coefficient, column) = (coefficients[index], columns + index * DesignMatrix.blockRowCount)
          for row in 0..<count { scores.base[start + row] += coefficient * column[row] }
        }
      }
    }
    return scores.array
  }
}
