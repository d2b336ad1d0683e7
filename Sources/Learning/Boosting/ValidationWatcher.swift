import Parallelism

/// Follows the loss of held-out rows while trees are added, to end growth in time.
struct ValidationWatcher {
  /// Rows a task; fixed, so that losses are added in one order.
  static let chunkRowCount = 1 << 14

  private let matrix: BinnedMatrix
  private let labels: FlatBuffer<Double>
  private let weights: FlatBuffer<Double>?
  private let totalWeight: Double
  private let scores: FlatBuffer<Double>
  private let threads: WorkerThreads
  /// The mean loss after each tree, weighted where the rows are.
  private(set) var losses: [Double] = []
  /// The number of trees with the least loss.
  private(set) var bestTreeCount = 0

  /// Makes a watcher of rows that no tree was added to.
  ///
  /// - Throws: `cannotTrain` where there are no rows, or their labels are not of the objective's kind.
  init(
    _ validation: BinnedRows, parameters: GradientBoosting.Parameters, threads: WorkerThreads
  ) throws(LearningError) {
    guard validation.matrix.rowCount > 0 else {
      throw LearningError(
        .cannotTrain, "cannot train: there are no rows to choose the number of trees by (0 validation rows)")
    }
    try parameters.demandLabels(validation.labels.elements, of: "validation rows")
    matrix = validation.matrix
    labels = validation.labels
    weights = validation.weights
    totalWeight = weights.map { $0.elements.reduce(0, +) } ?? Double(matrix.rowCount)
    scores = FlatBuffer(count: labels.count, initial: 0)
    self.threads = threads
  }

  /// Adds a tree of bins with its leaf values.
  ///
  /// - Throws: `cannotTrain` where the first tree's loss is no finite number: then no tree could be told to be better.
  mutating func add(
    _ nodes: [TreeGrower.Node], values: [Double], loss: some PointLoss
  ) throws(LearningError) {
    let (matrix, labels, weights, scores) = (matrix, labels, weights, scores)
    let sums = threads.collectChunks(
      rowCount: matrix.rowCount, chunkRowCount: ValidationWatcher.chunkRowCount
    ) { rows in
      var sum = 0.0
      for row in rows {
        let score = scores.base[row] + values[nodes.leaf(of: row, in: matrix)]
        scores.base[row] = score
        sum += (weights?.base[row] ?? 1) * loss.loss(score: score, label: labels.base[row])
      }
      return sum
    }
    let mean = sums.reduce(0, +) / totalWeight
    guard !losses.isEmpty || (mean.isFinite && totalWeight.isFinite) else {
      throw LearningError(
        .cannotTrain, "cannot train: the loss of the \(labels.count) validation rows is no finite number")
    }
    if losses.isEmpty || mean < losses[bestTreeCount - 1] { bestTreeCount = losses.count + 1 }
    losses.append(mean)
  }

  /// Whether the last `rounds` trees brought nothing.
  func hasStopped(after rounds: Int) -> Bool { rounds > 0 && losses.count - bestTreeCount >= rounds }
}
