import Parallelism

/// Follows the loss of held-out rows while trees are added, to end growth in time.
struct ValidationWatcher {
  /// Rows a task; fixed, so that losses are added in one order.
  static let chunkRowCount = 1 << 14

  private let matrix: BinnedMatrix
  private let labels: FlatBuffer<Double>
  private let scores: FlatBuffer<Double>
  private let threads: WorkerThreads
  /// The mean loss after each tree.
  private(set) var losses: [Double] = []
  /// The number of trees with the least loss.
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
  mutating func add(_ nodes: [TreeGrower.Node], values: [Double], loss: some PointLoss) {
    let (matrix, labels, scores) = (matrix, labels, scores)
    let sums = threads.collectChunks(
      rowCount: matrix.rowCount, chunkRowCount: ValidationWatcher.chunkRowCount
    ) { rows in
      var sum = 0.0
      for row in rows {
        let score = scores.base[row] + values[nodes.leaf(of: row, in: matrix)]
        scores.base[row] = score
        sum += loss.loss(score: score, label: labels.base[row])
      }
      return sum
    }
    let mean = sums.reduce(0, +) / Double(max(1, matrix.rowCount))
    if losses.isEmpty || mean < losses[bestTreeCount - 1] { bestTreeCount = losses.count + 1 }
    losses.append(mean)
  }

  /// Whether the last `rounds` trees brought nothing.
  func hasStopped(after rounds: Int) -> Bool { rounds > 0 && losses.count - bestTreeCount >= rounds }
}
