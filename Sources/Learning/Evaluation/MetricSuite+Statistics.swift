import Parallelism

extension MetricSuite {
  /// The statistics whose intervals come from replicates, as one list of numbers; NaN where one does not exist.
  struct Statistics: Sendable {
    /// The metrics of one value, in the order of the list; after them come ten lifts and ten gains.
    static let scalars: [MetricDefinition] = [
      .averagePrecision, .expectedMaximumProfit, .expectedMaximumProfitShare, .maximumProfit, .maximumProfitShare,
      .logLoss, .brier, .brierReliability, .brierResolution, .brierUncertainty, .brierWithinBinVariance,
      .brierWithinBinCovariance, .expectedCalibrationError,
    ]
    /// Replicates of one task, which share their buffer: a number of the algorithm, not of the machine.
    private static let blockCount = 8

    let ties: TieGroups
    private let rows: RankedRows
    private let settings: Settings
    private let losses: [Double]
    private let squares: [Double]
    private let bins: CalibrationBins?

    init(_ rows: RankedRows, _ settings: Settings) {
      self.rows = rows
      self.settings = settings
      ties = rows.ties()
      guard settings.areProbabilities else {
        (losses, squares, bins) = ([], [], nil)
        return
      }
      losses = ProbabilityMetrics.losses(probabilities: rows.scores, labels: rows.labels)
      squares = zip(rows.scores, rows.labels).map { ($0 - $1) * ($0 - $1) }
      bins = CalibrationBins(rows, ties, count: settings.binCount)
    }

    /// The list for the rows' own weights, or for others in their order. O(n).
    private func list(_ weights: [Double]?, _ ties: TieGroups) -> [Double] {
      let profits = settings.campaign.maxima(ties)
      var list: [Double?] = [
        RankMetrics.averagePrecision(ties), profits?.expected.profit, profits?.expected.share, profits?.atMean.profit,
        profits?.atMean.share,
      ]
      if let bins {
        let parts = BrierDecomposition(bins.bins(rows, weights: weights))
        list += [
          ProbabilityMetrics.mean(losses, weights: weights), ProbabilityMetrics.mean(squares, weights: weights),
          parts?.reliability, parts?.resolution, parts?.uncertainty, parts?.variance, parts?.covariance,
          parts?.calibrationError,
        ]
      } else {
        list += [Double?](repeating: nil, count: Statistics.scalars.count - list.count)
      }
      let gains = RankMetrics.gainByDecile(ties)
      list += gains.map(RankMetrics.liftByDecile) ?? [Double?](repeating: nil, count: 10)
      list += gains ?? [Double?](repeating: nil, count: 10)
      return list.map { $0 ?? .nan }
    }

    /// The list with an interval each, from replicates. O(replicates · n).
    func estimates(_ threads: WorkerThreads) -> [Estimate] {
      let values = list(rows.weights, ties)
      // Without a positive and a negative row the metrics of order do not vary, or do not exist.
      let count = rows.rowCount > 1 ? settings.bootstrap.replicateCount : 0
      let blocks = threads.collect(taskCount: (count + Statistics.blockCount - 1) / Statistics.blockCount) { block in
        var weights = [Double](repeating: 0, count: rows.rowCount)
        let first = block * Statistics.blockCount
        return (first..<min(count, first + Statistics.blockCount)).map { replicate in
          settings.bootstrap.draw(replicate, own: rows.weights, into: &weights)
          return list(weights, rows.ties(weights: weights))
        }
      }
      let replicates = blocks.flatMap { $0 }
      return values.indices.map { index in
        var estimate = Estimate(value: values[index].isNaN ? nil : values[index])
        guard estimate.value != nil else { return estimate }
        guard !replicates.isEmpty else {
          estimate.reason = rows.rowCount > 1 ? "no interval: no replicates are asked for" : "no interval: one row"
          return estimate
        }
        if let interval = PoissonBootstrap.interval(replicates.map { $0[index] }) {
          (estimate.lower, estimate.upper, estimate.standardError) = (interval.lower, interval.upper, interval.error)
        } else {
          estimate.reason = "no interval: the metric does not exist in more than a tenth of the replicates"
        }
        return estimate
      }
    }

    /// The calibration table.
    var table: [Bin] {
      guard let bins else { return [] }
      return zip(bins.ranges, bins.bins(rows)).reversed().map { range, bin in
        let square = rows.weights.map { weights in range.reduce(0.0) { $0 + weights[$1] * weights[$1] } }
        let count = square.map { bin.weight * bin.weight / $0 } ?? Double(range.count)
        let interval = Confidence.wilson(share: bin.rate, count: count)
        return Bin(
          rowCount: range.count, weight: bin.weight, least: rows.scores[range.upperBound - 1],
          greatest: rows.scores[range.lowerBound], meanProbability: bin.probability,
          rate: Estimate(value: bin.rate, lower: interval.lower, upper: interval.upper))
      }
    }
  }
}
