import ElementaryFunctions

/// Puts right the scores of a model whose training rows lack some of label 0.
///
/// Where every row of label 1 was kept and one of label 0 with probability r, whatever its features, the odds among the kept rows
/// are 1/r times those of all rows; so the true raw score is the learned one + ln r (King and Zeng, Political Analysis 9, 2001;
/// He et al., ADKDD 2014). The order of the scores stays.
struct PriorCorrection: Sendable {
  /// r.
  let negativeRate: Double

  /// What is added to every raw score.
  var offset: Double { naturalLogarithm(negativeRate) }

  /// The trees with the offset in the leaves of the first: LightGBM's text format has no other place that every reader knows.
  func corrected(_ model: BoostedModel) -> BoostedModel {
    guard negativeRate != 1, var first = model.trees.first else { return model }
    first.addBias(offset)
    var model = model
    model.trees[0] = first
    return model
  }

  /// The regression with the offset in its intercept.
  func corrected(_ model: LogisticModel) -> LogisticModel {
    guard negativeRate != 1 else { return model }
    var model = model
    model.intercept += offset
    model.inference?.coefficients[0].coefficient += offset
    return model
  }

  /// Weights by which kept rows stand for all: 1/r for label 0. Nil where none are needed.
  func weights(labels: [Double]) -> [Double]? {
    negativeRate == 1 ? nil : labels.map { $0 > 0.5 ? 1 : 1 / negativeRate }
  }
}
