// One tree of a model file, checked: every child is met once from the root, every feature and set exists, every value
// is finite; a threshold may be infinite, where everything but missing values goes left.
extension Tree {
  init(_ section: LightGBMSection, featureCount: Int) throws(LearningError) {
    func finite(_ text: Substring) -> Double? { Double(text).flatMap { $0.isFinite ? $0 : nil } }
    func whole(_ text: Substring) -> Int? { Int(text).flatMap { $0 >= 0 ? $0 : nil } }
    // Sums over all leaves stay whole numbers.
    func rowCount(_ text: Substring) -> Int? { whole(text).flatMap { $0 <= LightGBMFormat.maximumRowCount ? $0 : nil } }
    guard let leafCount = Int(try section.text("num_leaves")), leafCount >= 1,
      leafCount <= LightGBMFormat.maximumLeafCount, let setCount = Int(try section.text("num_cat")), setCount >= 0,
      setCount < leafCount
    else {
      throw LearningError(.damagedModel, "\(section.name) of the model file has no sensible num_leaves and num_cat")
    }
    if let linear = section.values["is_linear"], linear != "0" {
      throw LearningError(.damagedModel, "\(section.name) of the model file is a linear tree, which is not read")
    }
    let nodeCount = leafCount - 1
    self.init(leafValue: 0)
    leafValues = try section.list("leaf_value", count: leafCount, finite)
    leafWeights = try section.optionalList("leaf_weight", count: leafCount, default: 0, finite)
    leafRowCounts = try section.optionalList("leaf_count", count: leafCount, default: 0, rowCount)
    shrinkage = try section.optionalList("shrinkage", count: 1, default: 1, finite)[0]
    guard nodeCount > 0 else { return }
    splitFeatures = try section.list("split_feature", count: nodeCount) { Int32($0) }
    thresholds = try section.list("threshold", count: nodeCount) { text in
      Double(text).flatMap { $0.isNaN ? nil : $0 }
    }
    decisionTypes = try section.list("decision_type", count: nodeCount) { UInt8($0) }
    leftChildren = try section.list("left_child", count: nodeCount) { Int32($0) }
    rightChildren = try section.list("right_child", count: nodeCount) { Int32($0) }
    splitGains = try section.optionalList("split_gain", count: nodeCount, default: 0, finite)
    internalValues = try section.optionalList("internal_value", count: nodeCount, default: 0, finite)
    internalWeights = try section.optionalList("internal_weight", count: nodeCount, default: 0, finite)
    internalRowCounts = try section.optionalList("internal_count", count: nodeCount, default: 0, rowCount)
    if setCount > 0 {
      categoryBoundaries = try section.list("cat_boundaries", count: setCount + 1, whole)
      guard categoryBoundaries[0] == 0, zip(categoryBoundaries, categoryBoundaries.dropFirst()).allSatisfy(<=),
        categoryBoundaries[setCount] <= LightGBMFormat.maximumLeafCount * 32
      else { throw LearningError(.damagedModel, "\(section.name) of the model file has bad cat_boundaries") }
      categoryWords = try section.list("cat_threshold", count: categoryBoundaries[setCount]) { UInt32($0) }
    }
    try check(section.name, featureCount: featureCount, setCount: setCount)
  }

  private func check(_ name: String, featureCount: Int, setCount: Int) throws(LearningError) {
    var isMet = [Bool](repeating: false, count: nodeCount + leafCount)
    isMet[0] = true
    for node in 0..<nodeCount {
      guard splitFeatures[node] >= 0, Int(splitFeatures[node]) < featureCount else {
        throw LearningError(.damagedModel, "\(name) of the model file splits on a feature that does not exist")
      }
      let isCategorical = decisionTypes[node] & Tree.categoricalBit != 0
      let isInOrder = decisionTypes[node] < 16 && decisionTypes[node] >> 2 & 3 != 3
      guard isInOrder, !isCategorical || (0..<setCount).contains(Int(exactly: thresholds[node]) ?? -1) else {
        throw LearningError(.damagedModel, "\(name) of the model file has a bad decision_type or category set")
      }
      for child in [leftChildren[node], rightChildren[node]] {
        // A child comes after its parent, so that there is no way back; leaves follow the nodes in `isMet`.
        let place = child >= 0 ? Int(child) : nodeCount + Int(~child)
        guard child > Int32(node) || child < 0, place < isMet.count, child < 0 || place < nodeCount, !isMet[place]
        else {
          throw LearningError(.damagedModel, "\(name) of the model file is no tree: a child is met twice or never")
        }
        isMet[place] = true
      }
    }
    guard isMet.allSatisfy({ $0 }) else {
      throw LearningError(.damagedModel, "\(name) of the model file is no tree: a child is met twice or never")
    }
  }
}
