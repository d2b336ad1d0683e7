import FoundationEssentials

// LightGBM's text format (version v4), as `GBDT::SaveModelToString` and `Tree::ToString` write it. Numbers are written
// with the fewest digits that read back as the same double. Levels of categorical features stand in the last line, where
// LightGBM's Python package keeps those of pandas.
extension BoostedModel {
  /// The model file.
  ///
  /// - Parameter parameters: how it was learned, as `name: value`; what LightGBM does not know stands behind the section that
  ///   it reads.
  /// - Throws: `damagedModel` where a feature's name cannot stand in the format.
  public func lightGBMText(parameters: [(name: String, value: String)] = []) throws(LearningError) -> String {
    try LightGBMFormat.demandWritable(features)
    let blocks = trees.enumerated().map { index, tree in "Tree=\(index)\n\(tree.lightGBMText)\n" }
    var text = """
      tree
      version=v4
      num_class=1
      num_tree_per_iteration=1
      label_index=0
      max_feature_idx=\(features.count - 1)
      objective=\(objective.rawValue)
      feature_names=\(features.map(\.name).joined(separator: " "))
      feature_infos=\(features.indices.map(featureInfo).joined(separator: " "))
      tree_sizes=\(blocks.map { String($0.utf8.count) }.joined(separator: " "))


      """
    text += blocks.joined()
    text += "end of trees\n\nfeature_importances:\n"
    text += importances
    func lines(_ parameters: [(name: String, value: String)]) -> String {
      parameters.map { "[\($0.name): \($0.value)]\n" }.joined()
    }
    let own = parameters.filter { LightGBMFormat.ownParameters.contains($0.name) }
    text += "\nparameters:\n"
    text += lines(parameters.filter { !LightGBMFormat.ownParameters.contains($0.name) })
    text += "end of parameters\n\n"
    if !own.isEmpty { text += "nightjar_parameters:\n\(lines(own))end of nightjar_parameters\n\n" }
    text += "pandas_categorical:\(categoricalLevels)\n"
    return text
  }

  private func featureInfo(_ index: Int) -> String {
    if let levels = features[index].levels {
      return (0..<max(1, levels.count)).map(String.init).joined(separator: ":")
    }
    return featureRanges[index].map { "[\($0.lowerBound):\($0.upperBound)]" } ?? "none"
  }

  /// The number of splits of each feature that has any, the greatest first, ties by position.
  private var importances: String {
    var counts = [Int](repeating: 0, count: features.count)
    for tree in trees { for feature in tree.splitFeatures { counts[Int(feature)] += 1 } }
    let order = counts.indices.filter { counts[$0] > 0 }.sorted { (counts[$1], $0) < (counts[$0], $1) }
    return order.map { "\(features[$0].name)=\(counts[$0])\n" }.joined()
  }

  private var categoricalLevels: String {
    let lists = features.compactMap { feature in
      feature.levels.map { levels in
        // Numbers and flags have the texts that JSON has for them.
        feature.hasLevelsByValue
          ? "[\(levels.joined(separator: ","))]"
          : (try? JSONEncoder().encode(levels)).map { String(decoding: $0, as: UTF8.self) } ?? "[]"
      }
    }
    return lists.isEmpty ? "null" : "[\(lists.joined(separator: ","))]"
  }
}

extension Tree {
  /// The lines of one tree, from `num_leaves` to the blank line at its end.
  var lightGBMText: String {
    func list<Value>(_ values: [Value]) -> String { values.map { "\($0)" }.joined(separator: " ") }
    let setCount = categoryBoundaries.count - 1
    let thresholdTexts = zip(thresholds, decisionTypes).map { threshold, type in
      type & Tree.categoricalBit != 0 ? "\(Int(threshold))" : "\(threshold)"
    }
    var lines = [
      "num_leaves=\(leafCount)", "num_cat=\(setCount)", "split_feature=\(list(splitFeatures))",
      "split_gain=\(list(splitGains))", "threshold=\(list(thresholdTexts))", "decision_type=\(list(decisionTypes))",
      "left_child=\(list(leftChildren))", "right_child=\(list(rightChildren))", "leaf_value=\(list(leafValues))",
      "leaf_weight=\(list(leafWeights))", "leaf_count=\(list(leafRowCounts))",
      "internal_value=\(list(internalValues))", "internal_weight=\(list(internalWeights))",
      "internal_count=\(list(internalRowCounts))",
    ]
    if setCount > 0 {
      lines += ["cat_boundaries=\(list(categoryBoundaries))", "cat_threshold=\(list(categoryWords))"]
    }
    lines += ["is_linear=0", "shrinkage=\(shrinkage)"]
    return lines.joined(separator: "\n") + "\n\n"
  }
}

/// What the text format allows.
enum LightGBMFormat {
  /// Parameters that LightGBM does not know: in its own section it would warn of each.
  static let ownParameters: Set<String> = ["growth", "rounding_noise"]
  /// Bytes of a model file that are read at most; a larger one is refused.
  static let maximumByteCount = 1 << 30
  /// Leaves of a tree that are read at most.
  static let maximumLeafCount = 1 << 20
  /// Features that are read at most.
  static let maximumFeatureCount = 1 << 20
  /// Lines that are read at most.
  static let maximumLineCount = 1 << 22
  /// Rows that a leaf or node may claim.
  static let maximumRowCount = 1 << 40

  /// Checks that feature names can stand in the file: it parts them by spaces and refuses signs of JSON.
  ///
  /// - Throws: `damagedModel` for the first that cannot.
  static func demandWritable(_ features: [Feature]) throws(LearningError) {
    func isWritable(_ name: String) -> Bool {
      !name.isEmpty && name.unicodeScalars.allSatisfy { $0.value > 0x20 && !"\",:[]{}".unicodeScalars.contains($0) }
    }
    for (index, feature) in features.enumerated() where !isWritable(feature.name) {
      throw LearningError(
        .damagedModel,
        "feature \(index + 1), '\(feature.name)', has a name that LightGBM's format cannot hold (a space or one of \",:[]{})"
      )
    }
  }
}
