import Learning
import Parallelism
import Testing

@Suite struct ExplanationCostTests {
  private func explainer(_ trees: [Tree], featureCount: Int) throws -> TreeExplainer {
    let features = (0..<featureCount).map { Feature("f\($0)") }
    return try TreeExplainer(
      BoostedModel(
        features: features, featureRanges: [ClosedRange<Double>?](repeating: nil, count: featureCount), trees: trees),
      threads: WorkerThreads(count: 1))
  }

  private func refusal(_ trees: [Tree], featureCount: Int) -> String? {
    let error = #expect(throws: LearningError.self) { try explainer(trees, featureCount: featureCount) }
    #expect(error?.code == .damagedModel)
    return error?.message
  }

  @Test func `a chain of more splits than a tree can be learned with is refused by the number of its tree`() throws {
    let short = RandomTrees(seed: 1, treeCount: 1, leafCount: 4_097, featureCount: 3, rowCount: 1, isChain: true)
    let long = RandomTrees(seed: 1, treeCount: 1, leafCount: 4_098, featureCount: 3, rowCount: 1, isChain: true)
    let (fits, tooDeep) = (short.model.trees[0], long.model.trees[0])
    _ = try explainer([fits], featureCount: 3)
    let message = refusal([fits, tooDeep], featureCount: 3)
    #expect(message?.hasPrefix("tree 1 of the model has 4097 splits on the way to a leaf") == true)
  }

  @Test func `trees whose paths would fill the memory are refused before they are prepared`() {
    // Each has 4,000 features on its longest path: 2,000 points an edge, 80 million numbers.
    let trees = [Tree](repeating: RandomTrees.chain(featureCount: 4_000), count: 7)
    let message = refusal(trees, featureCount: 4_000)
    #expect(message?.contains("up to tree 6 its paths take 560000000 numbers") == true)
  }

  @Test func `counts of rows that no sum can hold are refused`() {
    var tree = RandomTrees.chain(featureCount: 2)
    tree.leafRowCounts = [.max, .max, 1]
    #expect(refusal([tree], featureCount: 2)?.hasPrefix("tree 0 of the model counts more rows") == true)
    tree.leafRowCounts = [1 << 52, 1 << 52, 1]
    #expect(refusal([tree], featureCount: 2)?.hasPrefix("tree 0 of the model counts more rows") == true)
  }

  /// Of every `countedLeaves`th leaf the file says how many rows it has: of all, of some, of none.
  @Test(arguments: [6, 20], [1, 3, 100]) func `contributions add up whatever a file says of its rows`(
    leafCount: Int, countedLeaves: Int
  ) throws {
    let random = RandomTrees(seed: 3, treeCount: 4, leafCount: leafCount, featureCount: 4, rowCount: 50)
    var model = random.model
    for index in model.trees.indices {
      model.trees[index].internalRowCounts = model.trees[index].internalRowCounts.map { _ in 0 }
      for leaf in 0..<leafCount where (leaf + 1) % countedLeaves != 0 { model.trees[index].leafRowCounts[leaf] = 0 }
    }
    let threads = WorkerThreads(count: 1)
    let explainer = try TreeExplainer(model, threads: threads)
    let contributions = explainer.contributions(random.table, threads: threads)
    let scores = model.rawScores(random.table, threads: threads)
    for row in scores.indices {
      #expect((contributions.reduce(explainer.baseValue) { $0 + $1[row] } - scores[row]).magnitude < 1e-9)
    }
    guard countedLeaves == 1 else { return }
    let whole = try TreeExplainer(random.model, threads: threads).contributions(random.table, threads: threads)
    #expect(contributions == whole)
  }
}
