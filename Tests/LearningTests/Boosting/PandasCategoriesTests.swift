import Learning
import Testing

@Suite struct PandasCategoriesTests {
  /// A model of one tree that asks every feature whose split is given: a numeric one for ≤ 0.5, a categorical one for codes 0 and 1.
  static func read(_ infos: [String], splits: [Bool?], _ lists: String) throws -> [[String]?] {
    try model(infos, splits: splits, lists).features.map(\.levels)
  }

  static func model(_ infos: [String], splits: [Bool?], _ lists: String) throws -> BoostedModel {
    let asked = splits.indices.filter { splits[$0] != nil }
    let sets = asked.filter { splits[$0] == true }
    let thresholds = asked.map { feature in sets.firstIndex(of: feature).map { "\($0)" } ?? "0.5" }
    let count = asked.count
    func list<Value>(_ values: [Value]) -> String { values.map { "\($0)" }.joined(separator: " ") }
    var tree = [
      "num_leaves=\(count + 1)", "num_cat=\(sets.count)", "split_feature=\(list(asked))",
      "threshold=\(list(thresholds))", "decision_type=\(list(asked.map { splits[$0] == true ? 1 : 8 }))",
      "left_child=\(list((0..<count).map { -$0 - 1 }))",
      "right_child=\(list((0..<count).map { $0 + 1 < count ? $0 + 1 : -count - 1 }))",
      "leaf_value=\(list((0...count).map { $0 }))",
    ]
    if !sets.isEmpty {
      tree += ["cat_boundaries=\(list(Array(0...sets.count)))", "cat_threshold=\(list(sets.map { _ in 3 }))"]
    }
    let text = """
      tree
      num_class=1
      num_tree_per_iteration=1
      max_feature_idx=\(infos.count - 1)
      objective=regression
      feature_names=\(list(infos.indices.map { "f\($0)" }))
      feature_infos=\(list(infos))

      Tree=0
      \(tree.joined(separator: "\n"))

      end of trees

      pandas_categorical:\(lists)

      """
    return try BoostedModel(lightGBMText: text)
  }

  @Test func `texts, whole numbers, numbers and flags are levels by their text`() throws {
    let levels = try Self.read(
      ["0:1:2", "0:1", "-1:1:0", "0:1"], splits: [true, true, true, true],
      "[[\"b\", \"a\", \"10\"], [10, 20], [0.5, 2.0], [false, true]]")
    #expect(levels == [["b", "a", "10"], ["10", "20"], ["0.5", "2"], ["false", "true"]])
  }

  @Test func `lists of numbers and flags are found by value, lists of texts as they stand, once written too`() throws {
    let model = try Self.model(
      ["0:1", "0:1", "0:1", "0:1"], splits: [true, true, true, true],
      "[[\"10\", \"20\"], [10, 2.5], [false, true], [\"a\", 7]]")
    #expect(model.features.map(\.hasLevelsByValue) == [false, true, true, false])
    #expect(try BoostedModel(lightGBMText: model.lightGBMText()).features == model.features)
  }

  @Test func `a column that the model says nothing of takes a list of its own`() throws {
    #expect(
      try Self.read(["none", "[0:9]", "0:1"], splits: [nil, false, true], "[[\"x\"], [1, 2]]") == [
        ["x"], nil, ["1", "2"],
      ])
    #expect(try Self.read(["0:1", "none"], splits: [true, nil], "[[1, 2], [\"x\"]]") == [["1", "2"], ["x"]])
    // Of two that nothing is known of either may have it, and no score depends on it.
    #expect(
      try Self.read(["none", "none", "0:1"], splits: [nil, nil, true], "[[\"x\"], [1, 2]]") == [nil, nil, ["1", "2"]])
  }

  @Test func `an ordered column is one of numbers to the model, and has its list`() throws {
    #expect(
      try Self.read(["[0:2]", "[0:90]", "0:1"], splits: [false, false, true], "[[\"l\", \"m\", \"h\"], [1, 2]]")
        == [["l", "m", "h"], nil, ["1", "2"]])
  }

  @Test func `an ordered column beside one of 0 and 1 is named, with what to do`() throws {
    let error = #expect(throws: LearningError.self) {
      try Self.read(["[0:2]", "[0:1]"], splits: [false, false], "[[\"l\", \"m\", \"h\"]]")
    }
    #expect(error?.code == .damagedModel)
    #expect(error?.message.contains("feature f0 ") == true && error?.message.contains("as numbers") == true)
  }

  @Test func `a column that a split alone takes as categorical has its list`() throws {
    #expect(try Self.read(["none", "[0:9]"], splits: [true, false], "[[1, 2, 3]]") == [["1", "2", "3"], nil])
  }

  @Test func `without lists codes stay as they are`() throws {
    for lists in ["null", "[]"] {
      #expect(try Self.read(["0:1", "[0:9]"], splits: [true, false], lists) == [nil, nil])
    }
  }

  @Test(arguments: [
    (["0:1", "0:1"], "[[10, 20]]", "several lists"),
    (["0:1", "none", "0:1"], "[[1, 2], [\"x\", \"y\"], [3, 4], [5]]", "no reading"),
    (["none", "0:1", "none"], "[[1, 2], [3, 4]]", "several lists"), (["0:1:7"], "[[1, 2]]", "no reading"),
    (["0:1"], "[[1, 1]]", "twice"), (["0:1"], "[[1, \"1\"]]", "twice"), (["0:1"], "[[null, 1]]", "no list"),
    (["0:1"], "[[{}]]", "no list"), (["0:1"], "[[1, 2]", "no list"), (["0:1"], "7", "no list"),
  ]) func `lists that fit in no way, or in several, are refused`(
    infos: [String], lists: String, message: String
  ) throws {
    let error = #expect(throws: LearningError.self) {
      try Self.read(infos, splits: infos.map { $0 == "none" ? nil : true }, lists)
    }
    #expect(error?.code == .damagedModel && error?.message.contains(message) == true, "\(error?.message ?? "")")
  }
}
