extension GradientBoosting.Parameters {
  /// The parameters as a model file in LightGBM's text has them, by its names where it has one for what is meant.
  ///
  /// - Parameter features: those of the model, by whose positions constraints are written.
  package func lightGBMLines(_ features: [Feature]) -> [(name: String, value: String)] {
    var lines = [
      ("boosting", "gbdt"), ("max_bin", "\(FeatureBinning.maximumBinCount)"),
      ("objective", String(objective.rawValue.prefix { $0 != " " })), ("num_iterations", "\(treeCount)"),
      ("num_leaves", "\(leafCount)"), ("growth", growth.rawValue), ("learning_rate", "\(learningRate)"),
      ("max_depth", "\(maximumDepth)"), ("min_data_in_leaf", "\(minimumLeafRowCount)"),
      ("min_sum_hessian_in_leaf", "\(minimumLeafHessian)"), ("lambda_l1", "\(l1)"), ("lambda_l2", "\(l2)"),
      ("min_gain_to_split", "\(minimumGain)"), ("bagging_fraction", "\(rowFraction)"),
      ("feature_fraction", "\(featureFraction)"), ("rounding_noise", "\(roundingNoise)"), ("seed", "\(seed)"),
      ("early_stopping_round", "\(earlyStoppingRounds)"),
    ]
    if let sampling = oneSideSampling {
      lines += [("top_rate", "\(sampling.topFraction)"), ("other_rate", "\(sampling.otherFraction)")]
    }
    if objective == .tweedie { lines.append(("tweedie_variance_power", "\(tweediePower)")) }
    if objective == .quantile { lines.append(("alpha", "\(quantileLevel)")) }
    if !monotone.isEmpty {
      let directions = features.map { String(monotone[$0.name]?.rawValue ?? 0) }
      lines.append(("monotone_constraints", directions.joined(separator: ",")))
    }
    if !interactions.isEmpty {
      let places = Dictionary(features.enumerated().map { ($1.name, $0) }) { first, _ in first }
      let sets = interactions.map { set in
        "[\(set.compactMap { places[$0] }.map(String.init).joined(separator: ","))]"
      }
      lines.append(("interaction_constraints", sets.joined(separator: ",")))
    }
    return lines.map { (name: $0.0, value: $0.1) }
  }
}
