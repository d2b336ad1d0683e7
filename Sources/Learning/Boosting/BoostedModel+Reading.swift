// Reading LightGBM's text format. The file is a stranger: every number, length and child is checked before use, and
// what is wrong is a typed error that names the line's key and the tree.
extension BoostedModel {
  /// Reads a model file: one raw score a row.
  ///
  /// - Throws: `damagedModel` for anything that is not such a model, or that contradicts itself.
  public init(lightGBMText text: String) throws(LearningError) {
    guard text.utf8.count <= LightGBMFormat.maximumByteCount else {
      throw LearningError(.damagedModel, "the model file is larger than \(LightGBMFormat.maximumByteCount) bytes")
    }
    guard text.utf8.count(where: { $0 == UInt8(ascii: "\n") }) <= LightGBMFormat.maximumLineCount else {
      throw LearningError(.damagedModel, "the model file has more than \(LightGBMFormat.maximumLineCount) lines")
    }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: true)[...]
    guard lines.first == "tree" else {
      throw LearningError(.damagedModel, "the model file does not begin with the line \"tree\": not LightGBM's format")
    }
    lines.removeFirst()
    let header = try LightGBMSection(&lines, name: "the header") { $0.hasPrefix("Tree=") || $0 == "end of trees" }
    try header.demand("num_class", is: "1")
    try header.demand("num_tree_per_iteration", is: "1")
    guard let objective = Objective(rawValue: String(try header.text("objective"))) else {
      throw LearningError(
        .damagedModel,
        "the model's objective is not read: only \(Objective.allCases.map(\.rawValue).joined(separator: ", ")) are")
    }
    let names = try header.text("feature_names").split(separator: " ").map(String.init)
    let infos = try header.text("feature_infos").split(separator: " ")
    guard let maximum = Int(try header.text("max_feature_idx")), names.count == infos.count,
      maximum == names.count - 1, names.count <= LightGBMFormat.maximumFeatureCount, Set(names).count == names.count
    else {
      throw LearningError(.damagedModel, "feature_names, feature_infos and max_feature_idx contradict each other")
    }
    var trees: [Tree] = []
    while let line = lines.first, line.hasPrefix("Tree=") {
      guard line == "Tree=\(trees.count)" else {
        throw LearningError(.damagedModel, "tree \(trees.count) is missing from the model file")
      }
      lines.removeFirst()
      let section = try LightGBMSection(&lines, name: "tree \(trees.count)") {
        $0.hasPrefix("Tree=") || $0 == "end of trees"
      }
      trees.append(try Tree(section, featureCount: names.count))
    }
    guard lines.first == "end of trees" else {
      throw LearningError(.damagedModel, "the model file ends before \"end of trees\": it is cut short")
    }
    if let sizes = header.values["tree_sizes"], sizes.split(separator: " ").count != trees.count {
      throw LearningError(.damagedModel, "tree_sizes and the number of trees (\(trees.count)) contradict each other")
    }
    let lists = try PandasCategories(lines).lists(BoostedModel.uses(names, infos, trees))
    // A feature with levels has no range, even where LightGBM took their positions for numbers.
    self.init(
      features: zip(names, lists).map { Feature($0, levels: $1?.levels, hasLevelsByValue: $1?.isOfValues ?? false) },
      featureRanges: zip(infos, lists).map { $1 == nil ? BoostedModel.range($0) : nil }, trees: trees,
      objective: objective)
  }

  static func range(_ info: Substring) -> ClosedRange<Double>? {
    guard info.hasPrefix("["), info.hasSuffix("]") else { return nil }
    let ends = info.dropFirst().dropLast().split(separator: ":").compactMap { Double($0) }
    guard ends.count == 2, ends[0].isFinite, ends[1].isFinite, ends[0] <= ends[1] else { return nil }
    return ends[0]...ends[1]
  }
}

/// The `key=value` lines of the header or of one tree.
struct LightGBMSection {
  let name: String
  private(set) var values: [Substring: Substring] = [:]

  /// Takes lines up to the one where `isEnd`, which stays.
  init(
    _ lines: inout ArraySlice<Substring>, name: String, until isEnd: (Substring) -> Bool
  ) throws(LearningError) {
    self.name = name
    while let line = lines.first, !isEnd(line) {
      lines.removeFirst()
      guard let sign = line.firstIndex(of: "=") else {
        throw LearningError(.damagedModel, "\(name) of the model file holds a line without \"=\"")
      }
      guard values.updateValue(line[line.index(after: sign)...], forKey: line[..<sign]) == nil else {
        throw LearningError(.damagedModel, "\(name) of the model file holds one key twice")
      }
    }
  }

  func text(_ key: Substring) throws(LearningError) -> Substring {
    guard let value = values[key] else {
      throw LearningError(.damagedModel, "\(name) of the model file lacks \(key)")
    }
    return value
  }

  func demand(_ key: Substring, is wanted: Substring) throws(LearningError) {
    guard try text(key) == wanted else {
      throw LearningError(.damagedModel, "\(name) of the model file has another \(key) than \(wanted)")
    }
  }

  /// The numbers of a line, `count` of them; `parse` answers nil for what is none.
  func list<Value>(
    _ key: Substring, count: Int, _ parse: (Substring) -> Value?
  ) throws(LearningError) -> [Value] {
    let parts = try text(key).split(separator: " ")
    let numbers = parts.compactMap(parse)
    guard parts.count == count, numbers.count == count else {
      throw LearningError(.damagedModel, "\(name) of the model file needs \(count) numbers in \(key)")
    }
    return numbers
  }

  /// The same for a line that may be absent.
  func optionalList<Value>(
    _ key: Substring, count: Int, default value: Value, _ parse: (Substring) -> Value?
  ) throws(LearningError) -> [Value] {
    guard let text = values[key], !text.isEmpty || count == 0 else { return [Value](repeating: value, count: count) }
    return try list(key, count: count, parse)
  }
}
