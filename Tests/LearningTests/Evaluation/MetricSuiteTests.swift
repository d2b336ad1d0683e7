import Learning
import Parallelism
import Testing

@Suite struct MetricSuiteTests {
  func suite(
    _ rows: RankedRows, replicates: Int = 40, areProbabilities: Bool = true, seed: UInt64 = 1, threads: Int = 2
  ) -> MetricSuite {
    var settings = MetricSuite.Settings()
    settings.bootstrap = PoissonBootstrap(replicateCount: replicates, seed: seed)
    settings.areProbabilities = areProbabilities
    return MetricSuite(rows, settings: settings, threads: WorkerThreads(count: threads))
  }

  /// The value of every metric that has one.
  func values(_ suite: MetricSuite) -> [String: Double] {
    var values: [String: Double] = [:]
    for (metric, estimate) in suite.values { values[metric.rawValue] = estimate.value }
    for (index, estimate) in (suite.lifts + suite.gains).enumerated() { values["decile \(index)"] = estimate.value }
    for (index, bin) in suite.bins.enumerated() {
      values["bin \(index)"] = bin.meanProbability
      values["rate \(index)"] = bin.rate.value
    }
    return values
  }

  // scikit-learn 1.9.1 (roc_auc_score, average_precision_score, log_loss, brier_score_loss) and SciPy 1.17.1 (Newton's method and
  // brentq on the likelihood; standard errors from the inverse information, with weights from the sandwich).
  @Test func `the metrics are those of the references`() throws {
    let plain = suite(ScoredRows.sixty.ranked, replicates: 0)
    let weighted = suite(ScoredRows.sixty.weighted, replicates: 0)
    for (suite, figures) in [
      (
        plain,
        [
          .auc: 0.681868743047831, .averagePrecision: 0.667188042033377, .logLoss: 0.7263761472116546,
          .brier: 0.237265595463138, .calibrationIntercept: 0.13152669459874963, .calibrationSlope: 0.390827134437751,
          .calibrationInTheLarge: 0.2260755028185525,
        ]
      ),
      (
        weighted,
        [
          .auc: 0.6665910534434262, .averagePrecision: 0.6339633647762714, .logLoss: 0.7408746272637173,
          .brier: 0.24243194706994328, .calibrationIntercept: 0.0125955968850286,
          .calibrationSlope: 0.34527081662306724,
        ]
      ),
    ] as [(MetricSuite, [MetricDefinition: Double])] {
      for (metric, figure) in figures {
        let value = try #require(suite.values[metric]?.value)
        #expect((value - figure).magnitude < 1e-9, "\(metric)")
      }
    }
    for (estimate, error) in [
      (plain.values[.calibrationIntercept], 0.2692263002226218), (plain.values[.calibrationSlope], 0.20405176585318935),
      (plain.values[.calibrationInTheLarge], 0.30426053120842445),
      (weighted.values[.calibrationIntercept], 0.27820329838898566),
      (weighted.values[.calibrationSlope], 0.24585241436654623),
    ] {
      let estimate = try #require(estimate)
      #expect(try (#require(estimate.standardError) - error).magnitude < 1e-9)
      #expect(
        try (#require(estimate.upper) - #require(estimate.lower) - 2 * 1.959963984540054 * error).magnitude < 1e-8)
    }
  }

  @Test func `the published vector gives the published metrics`() throws {
    let suite = suite(
      RankedRows(scores: [0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.8, 0.9], labels: [0, 1, 0, 1, 0, 1, 0, 1]), replicates: 0)
    for (metric, figure, tolerance) in [
      (.auc, 0.625, 0), (.averagePrecision, 0.7095238095, 1e-10), (.brier, 0.26125, 1e-15),
      (.logLoss, 0.7190480821, 1e-10), (.expectedMaximumProfit, 23.875593418348124, 1e-12),
      (.expectedMaximumProfitShare, 0.8743700763487141, 1e-13), (.maximumProfit, 23.875, 1e-12),
    ] as [(MetricDefinition, Double, Double)] {
      #expect(try (#require(suite.values[metric]?.value) - figure).magnitude <= tolerance, "\(metric)")
    }
  }

  @Test(arguments: 1...5) func `a weight counts as so many equal rows`(seed: UInt64) {
    let rows = ScoredRows(120, seed: seed, levelCount: seed % 2 == 0 ? 13 : 1 << 40)
    let weighted = values(suite(rows.weighted, replicates: 0))
    let repeated = values(suite(rows.repeated(rows.weights).ranked, replicates: 0))
    #expect(weighted.keys.sorted() == repeated.keys.sorted())
    for (name, value) in weighted { #expect((value - (repeated[name] ?? .nan)).magnitude < 1e-8, "\(name)") }
  }

  @Test func `a replicate is the metrics of the rows as often as drawn`() throws {
    // Ranked rows keep their rank, so a row's weight is its draw; two replicates are the ends of what their interval is made of.
    let ranked = ScoredRows(90, seed: 4, levelCount: 30).ranked
    let found = suite(ranked, replicates: 2)
    var rows = ScoredRows(0, seed: 0)
    (rows.scores, rows.labels) = (ranked.scores, ranked.labels)
    let draws = (0..<2).map { replicate in
      var weights = [Double](repeating: 0, count: 90)
      PoissonBootstrap(replicateCount: 2, seed: 1).draw(replicate, own: nil, into: &weights)
      return weights
    }
    let samples = draws.map { suite(rows.repeated($0).ranked, replicates: 0) }
    for metric in [
      .averagePrecision, .logLoss, .brier, .brierUncertainty, .expectedMaximumProfit, .expectedMaximumProfitShare,
      .maximumProfit,
    ] as [MetricDefinition] {
      let ends = try samples.map { try #require($0.values[metric]?.value) }.sorted()
      let estimate = try #require(found.values[metric])
      #expect(try (#require(estimate.lower) - (ends[0] + 0.025 * (ends[1] - ends[0]))).magnitude < 1e-9, "\(metric)")
      #expect(try (#require(estimate.upper) - (ends[0] + 0.975 * (ends[1] - ends[0]))).magnitude < 1e-9, "\(metric)")
    }
    for decile in 0..<10 {
      let ends = try samples.map { try #require($0.lifts[decile].value) }.sorted()
      #expect(try (#require(found.lifts[decile].lower) - (ends[0] + 0.025 * (ends[1] - ends[0]))).magnitude < 1e-9)
    }
  }

  @Test func `the bootstrap's error of a mean is that of the formula`() throws {
    // Brier score and uncertainty are means: their errors are known.
    let rows = ScoredRows(2_000, seed: 8)
    let squares = zip(rows.scores, rows.labels).map { ($0 - $1) * ($0 - $1) }
    let mean = squares.reduce(0, +) / 2_000
    let error = (squares.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) }).squareRoot() / 2_000
    let found = try #require(suite(rows.ranked, replicates: 1_000).values[.brier])
    #expect(try (#require(found.standardError) / error - 1).magnitude < 0.1)
    #expect(try #require(found.lower) < mean && mean < #require(found.upper))
  }

  @Test func `neither threads nor the order of rows change a bit`() {
    let rows = ScoredRows(500, seed: 5, levelCount: 40)
    let order = rows.scores.indices.sorted { ($0 &* 7_919) % 500 < ($1 &* 7_919) % 500 }
    let shuffled = RankedRows(
      scores: order.map { rows.scores[$0] }, labels: order.map { rows.labels[$0] },
      weights: order.map { rows.weights[$0] })
    let (first, second) = (suite(rows.weighted, threads: 1), suite(shuffled, threads: 4))
    #expect(first.values == second.values)
    #expect(first.lifts == second.lifts && first.gains == second.gains && first.bins == second.bins)
    #expect(first.values != suite(rows.weighted, seed: 2).values)
  }

  @Test func `with one label only, what does not exist says why`() {
    let stayed = suite(RankedRows(scores: [0.2, 0.4, 0.6], labels: [0, 0, 0]))
    #expect(stayed.values[.auc] == MetricSuite.Estimate(reason: "no row has label 1"))
    #expect(stayed.values[.calibrationSlope]?.reason == "no row has label 1")
    #expect(stayed.values[.liftByDecile]?.reason == "no row has label 1" && stayed.lifts.isEmpty)
    #expect(stayed.values[.expectedMaximumProfit]?.value == nil)
    #expect(stayed.values[.logLoss]?.value != nil && stayed.values[.brier]?.lower != nil)
    let left = suite(RankedRows(scores: [0.2, 0.4, 0.6], labels: [1, 1, 1]))
    #expect(left.values[.auc]?.reason == "no row has label 0")
    #expect(left.values[.averagePrecision]?.value == 1)
  }

  @Test func `without rows every metric says so`() {
    let empty = suite(RankedRows(scores: [], labels: []))
    #expect(empty.baseRate == nil && empty.meanProbability == nil && empty.rowCount == 0)
    for metric in MetricDefinition.allCases {
      #expect(empty.values[metric] == MetricSuite.Estimate(reason: "no rows"), "\(metric)")
    }
  }

  @Test func `constant scores and certain probabilities end in statements, not in numbers made up`() throws {
    let constant = suite(RankedRows(scores: [0.3, 0.3, 0.3, 0.3, 0.3], labels: [0, 1, 0, 1, 0]))
    #expect(constant.values[.auc]?.value == 0.5 && constant.values[.auc]?.lower == nil)
    #expect(constant.values[.auc]?.reason?.contains("variance is 0") == true)
    #expect(constant.values[.calibrationSlope]?.reason?.contains("no fit exists") == true)
    #expect(constant.values[.calibrationInTheLarge]?.value != nil)
    #expect(constant.bins.count == 1)
    let certain = suite(RankedRows(scores: [0, 1, 0, 1, 0.5], labels: [0, 1, 1, 1, 0]))
    #expect(certain.clippedCount == 4)
    #expect(try #require(certain.values[.logLoss]?.value) > 6 && certain.values[.logLoss]?.value?.isFinite == true)
    #expect(certain.values[.brier]?.value == 0.25)
    let perfect = suite(RankedRows(scores: [0, 1, 0, 1, 1], labels: [0, 1, 0, 1, 1]))
    for metric in [.calibrationInTheLarge, .calibrationIntercept, .calibrationSlope] as [MetricDefinition] {
      #expect(perfect.values[metric]?.value == nil, "\(metric)")
      #expect(perfect.values[metric]?.reason?.contains("no fit exists") == true, "\(metric)")
    }
    let single = suite(RankedRows(scores: [0.5], labels: [1]))
    #expect(single.values[.brier]?.reason == "no interval: one row")
  }

  @Test func `scores that are no probabilities have metrics of order alone`() {
    let rows = ScoredRows(80, seed: 6)
    let raw = suite(
      RankedRows(scores: rows.scores.map { 9 * $0 - 4 }, labels: rows.labels), areProbabilities: false)
    let same = suite(rows.ranked)
    for metric in MetricDefinition.allCases {
      if metric.asksForProbabilities {
        #expect(raw.values[metric]?.value == nil && raw.values[metric]?.reason?.contains("no probabilities") == true)
      } else {
        #expect(raw.values[metric] == same.values[metric], "\(metric)")
      }
    }
    #expect(raw.lifts == same.lifts && raw.bins.isEmpty && raw.meanProbability == nil)
  }

  @Test func `every metric has a definition and a version`() {
    #expect(Set(MetricDefinition.allCases.map(\.identifier)).count == MetricDefinition.allCases.count)
    #expect(Set(MetricDefinition.allCases.map(\.text)).count == MetricDefinition.allCases.count)
    #expect(MetricDefinition.auc.identifier == "auc/1")
  }
}
