import Learning
import Parallelism
import Testing

@Suite struct LightGBMFormatTests {
  static let model: BoostedModel = {
    let rows = TrainingRows(4_000, levelCount: 40)
    let learner = GradientBoosting(parameters: GradientBoostingTests.parameters(trees: 8))
    guard let fit = try? learner.fit(rows.table, labels: rows.labels, threads: WorkerThreads(count: 2)) else {
      preconditionFailure("the rows have both classes")
    }
    return fit.model
  }()

  @Test func `a model written and read is the same model, and is written the same`() throws {
    let text = try Self.model.lightGBMText(parameters: [("num_leaves", "15")])
    let read = try BoostedModel(lightGBMText: text)
    #expect(read == Self.model)
    #expect(try read.lightGBMText(parameters: [("num_leaves", "15")]) == text)
    #expect(Self.model.trees.contains { !$0.categoryWords.isEmpty })
  }

  /// Every parameter of LightGBM that a model file of this room may name: it warns of any other where it reads one.
  static let parameterNames: Set<String> = [
    "alpha", "bagging_fraction", "boosting", "early_stopping_round", "feature_fraction", "interaction_constraints",
    "lambda_l1", "lambda_l2", "learning_rate", "max_bin", "max_depth", "min_data_in_leaf", "min_gain_to_split",
    "min_sum_hessian_in_leaf", "monotone_constraints", "num_iterations", "num_leaves", "objective", "other_rate",
    "seed", "top_rate", "tweedie_variance_power",
  ]

  @Test(arguments: Objective.allCases) func `among LightGBM's parameters stand none that it does not know`(
    objective: Objective
  ) throws {
    var parameters = GradientBoosting.Parameters()
    parameters.objective = objective
    parameters.oneSideSampling = .init(topFraction: 0.2, otherFraction: 0.1)
    let feature = Self.model.features[0].name
    (parameters.monotone, parameters.interactions) = ([feature: .increasing], [[feature]])
    let text = try Self.model.lightGBMText(parameters: parameters.lightGBMLines(Self.model.features))
    func names(_ section: String) throws -> Set<String> {
      let lines = text.split(separator: "\n")
      let (first, end) = (lines.firstIndex(of: "\(section):"), lines.firstIndex(of: "end of \(section)"))
      let range = try (#require(first) + 1)..<#require(end)
      return Set(lines[range].map { String($0.dropFirst().prefix { $0 != ":" }) })
    }
    let known = try names("parameters")
    #expect(
      known.isSubset(of: Self.parameterNames) && known.isSuperset(of: ["seed", "top_rate", "monotone_constraints"]))
    #expect(try names("nightjar_parameters") == ["growth", "rounding_noise"])
    #expect(try BoostedModel(lightGBMText: text) == Self.model)
  }

  @Test func `the sizes of the trees are their bytes`() throws {
    let text = try Self.model.lightGBMText()
    let header = try #require(text.split(separator: "\n").first { $0.hasPrefix("tree_sizes=") })
    let sizes = header.dropFirst("tree_sizes=".count).split(separator: " ").compactMap { Int($0) }
    let bytes = Array(text.utf8)
    var position = try #require(text.utf8.firstRange(of: "Tree=0".utf8)).lowerBound.utf16Offset(in: text)
    for index in sizes.indices {
      #expect(String(decoding: bytes[position..<position + 6], as: UTF8.self) == "Tree=\(index)")
      position += sizes[index]
    }
    #expect(String(decoding: bytes[position..<position + 12], as: UTF8.self) == "end of trees")
  }

  @Test func `a model without splits is one leaf`() throws {
    let model = BoostedModel(
      features: [Feature("a")], featureRanges: [nil], trees: [Tree(leafValue: -1.25, rowCount: 9)])
    let read = try BoostedModel(lightGBMText: model.lightGBMText())
    #expect(read == model)
    #expect(read.rawScore([0]) == -1.25)
  }

  @Test func `a threshold above every number parts missing values from the others`() throws {
    var tree = Tree(leafValue: 0)
    tree.leafValues = [1, 2]
    tree.leafWeights = [1, 1]
    tree.leafRowCounts = [3, 1]
    tree.splitFeatures = [0]
    tree.thresholds = [.infinity]
    tree.decisionTypes = [8]
    tree.leftChildren = [~0]
    tree.rightChildren = [~1]
    tree.splitGains = [1]
    tree.internalValues = [1]
    tree.internalWeights = [2]
    tree.internalRowCounts = [4]
    let model = BoostedModel(features: [Feature("a")], featureRanges: [-1...1], trees: [tree])
    let text = try model.lightGBMText()
    #expect(text.contains("\nthreshold=inf\n"))
    let read = try BoostedModel(lightGBMText: text)
    #expect(read == model)
    #expect(read.rawScore([1e308]) == 1 && read.rawScore([.nan]) == 2)
  }

  @Test func `a name that the format cannot hold is refused`() {
    let model = BoostedModel(features: [Feature("a b")], featureRanges: [nil], trees: [Tree(leafValue: 0)])
    #expect(throws: LearningError.self) { try model.lightGBMText() }
  }

  @Test(arguments: [
    ("tree\n", "forest\n"), ("num_class=1", "num_class=3"), ("objective=binary sigmoid:1", "objective=lambdarank"),
    ("max_feature_idx=7", "max_feature_idx=8"), ("feature_infos=", "feature_infos=none "),
    ("num_leaves=15", "num_leaves=16"), ("num_leaves=15", "num_leaves=-1"),
    ("num_leaves=15", "num_leaves=99999999999"), ("left_child=1", "left_child=0"), ("left_child=1", "left_child=900"),
    ("right_child=", "right_child=-900 "), ("split_feature=", "split_feature=99 "), ("threshold=", "threshold=nan "),
    ("leaf_value=", "leaf_value=x "), ("is_linear=0", "is_linear=1"), ("decision_type=", "decision_type=255 "),
    ("Tree=1\n", "Tree=2\n"), ("end of trees", "end of"), ("shrinkage=1", "shrinkage"),
    ("num_cat=", "num_cat=9"), ("split_gain=", "threshold=1\nsplit_gain="), ("cat_boundaries=0", "cat_boundaries=5"),
  ]) func `a hostile model file is a typed error`(change: (String, String)) throws {
    let text = try Self.model.lightGBMText()
    let range = try #require(text.range(of: change.0), "the file holds what is changed")
    let hostile = text.replacingCharacters(in: range, with: change.1)
    let error = #expect(throws: LearningError.self) { try BoostedModel(lightGBMText: hostile) }
    #expect(error?.code == .damagedModel)
  }

  @Test func `a file cut anywhere is refused or the same trees, never a crash`() throws {
    let text = try Self.model.lightGBMText()
    let bytes = Array(text.utf8)
    for length in stride(from: 0, to: bytes.count, by: 131) {
      let cut = String(decoding: bytes[..<length], as: UTF8.self)
      if let read = try? BoostedModel(lightGBMText: cut) { #expect(read.trees == Self.model.trees) }
    }
  }

  @Test func `a tree that leads back to itself is refused`() throws {
    let text = """
      tree
      version=v4
      num_class=1
      num_tree_per_iteration=1
      label_index=0
      max_feature_idx=0
      objective=binary sigmoid:1
      feature_names=a
      feature_infos=[0:1]
      tree_sizes=1

      Tree=0
      num_leaves=3
      num_cat=0
      split_feature=0 0
      threshold=0.5 0.25
      decision_type=8 8
      left_child=1 0
      right_child=-1 -2
      leaf_value=1 2 3
      is_linear=0
      shrinkage=1

      end of trees
      """
    #expect(throws: LearningError.self) { try BoostedModel(lightGBMText: text) }
  }
}

extension String {
  /// The first place of `part`.
  fileprivate func range(of part: String) -> Range<String.Index>? { firstRange(of: part) }

  fileprivate func replacingCharacters(in range: Range<String.Index>, with text: String) -> String {
    String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
  }
}
