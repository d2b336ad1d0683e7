import ElementaryFunctions
import Parallelism

/// Follows the log loss of held-out rows while trees are added, to end growth in time.
struct ValidationWatcher {
  /// Rows a task; fixed, so that losses are added in one order.
  static let chunkRowCount = 1 << 14

  private let matrix: BinnedMatrix
  private let labels: FlatBuffer<Double>
  private let scores: FlatBuffer<Double>
  private let threads: WorkerThreads
  /// The log loss after each tree.
  private(set) var logLosses: [Double] = []
  /// The number of trees with the least log loss.
  private(set) var bestTreeCount = 0

  init(
    _ validation: GradientBoosting.Validation, binnings: [FeatureBinning], threads: WorkerThreads
  ) {
    matrix = BinnedMatrix(validation.table, binnings: binnings, threads: threads)
    labels = FlatBuffer(validation.labels)
    scores = FlatBuffer(count: validation.labels.count, initial: 0)
    self.threads = threads
  }

  /// Adds a tree of bins with its leaf values.
  mutating func add(_ nodes: [TreeGrower.Node], values: [Double]) {
    let (matrix, labels, scores) = (matrix, labels, scores)
    let losses = threads.collectChunks(
      rowCount: matrix.rowCount, chunkRowCount: ValidationWatcher.chunkRowCount
    ) { rows in
      var loss = 0.0
      for row in rows {
        var node: Int32 = 0
        while node >= 0 {
          let bin = matrix.column(nodes[Int(node)].split.feature)[row]
          node = nodes[Int(node)].split.leftBins.contains(Int(bin)) ? nodes[Int(node)].left : nodes[Int(node)].right
        }
        let score = scores.base[row] + values[Int(~node)]
        scores.base[row] = score
        loss += softplus(score) - labels.base[row] * score
      }
      return loss
    }
    let logLoss = losses.reduce(0, +) / Double(max(1, matrix.rowCount))
    if logLosses.isEmpty || logLoss < logLosses[bestTreeCount - 1] { bestTreeCount = logLosses.count + 1 }
    logLosses.append(logLoss)
  }

  /// Whether the last `rounds` trees brought nothing.
  func hasStopped(after rounds: Int) -> Bool { rounds > 0 && logLosses.count - bestTreeCount >= rounds }
}
