import Learning
import Parallelism
import Testing

@Suite struct TreeScorerTests {
  @Test(arguments: [1, 2, 5, 63, 64, 65, 300], [false, true])
  func `scores are those of the definition, by every instruction set`(leafCount: Int, isChain: Bool) {
    let random = RandomTrees(
      seed: UInt64(leafCount), treeCount: 7, leafCount: leafCount, featureCount: 9, rowCount: 131, isChain: isChain)
    let expected = (0..<131).map { random.model.rawScore(random.row($0)) }
    defer { TreeKernel.use(level: 2) }
    for level in 0...2 {
      TreeKernel.use(level: level)
      for rowCount in [1, 63, 64, 65, 131] {
        let scores = random.model.rawScores(random.table.rows(0..<rowCount), threads: WorkerThreads(count: 2))
        #expect(scores == Array(expected.prefix(rowCount)), "level \(level), \(rowCount) rows")
      }
    }
  }
}
