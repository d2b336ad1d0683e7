import Learning
import Parallelism
import Randomness
import Testing

/// Versions judged where most of the riskiest customers were contacted, and contacts keep two in three of those who would leave.
@Suite struct JudgingWeightsTests {
  private static let threads = WorkerThreads(count: 2)

  /// Customers of a known law.
  private struct Law {
    var rows: LabelledRows
    /// The probability of leaving if nothing is done, and under what is done.
    var untreated: [Double] = []
    var asDone: [Double] = []

    init(_ count: Int) {
      let random = CounterRandom(seed: 12, stream: 4)
      let x = (0..<count).map { random.uniform(UInt64($0), 0) }
      var (labels, treatments): ([Double], [RowTreatment]) = ([], [])
      for row in 0..<count {
        let (risk, share) = (0.02 + 0.3 * x[row] * x[row], x[row] > 0.8 ? 0.75 : 0.1)
        let isContacted = random.uniform(UInt64(row), 1) < share
        let hasEvent = random.uniform(UInt64(row), 2) < risk * (isContacted ? 0.35 : 1)
        labels.append(hasEvent ? 1 : 0)
        treatments.append(RowTreatment(isCarriedOver: isContacted, watchedDays: 30, hasEvent: hasEvent))
        untreated.append(risk)
        asDone.append(risk * (1 - 0.65 * share))
      }
      rows = LabelledRows(
        FeatureTable([Feature("x")], [x]), labels: labels, asOf: MiniOperator.night,
        paymentTypes: (0..<count).map { $0 % 2 == 0 ? "prepaid" : "postpaid" }, treatments: treatments)
    }

    /// What the shipped rule makes of the true untreated probability beside the probability under what is done.
    func failures(_ weights: [Double]?) -> [String] {
      PromotionRule().conditions(
        PairedComparison(
          champion: asDone, challenger: untreated, labels: rows.labels, paymentTypes: rows.paymentTypes,
          weights: weights, confidence: 0.95)
      ).filter { $0.state == .fails }.map(\.name)
    }
  }

  @Test func `the truth of doing nothing passes the rule beside what believes in its own retention work`() throws {
    let law = Law(40_000)
    let weights = try #require(try law.rows.judgingWeights(TreatmentHandling(), threads: Self.threads))
    #expect(zip(weights, law.rows.treatments).allSatisfy { ($0 > 0) == $1.isUntreated })
    #expect(law.failures(weights) == [])
    // As rows came, what contacts achieved counts against the truth.
    #expect(law.failures(nil).contains("against-champion.maximum-log-loss-rise"))

    let comparison = PairedComparison(
      champion: law.asDone, challenger: law.untreated, labels: law.rows.labels, paymentTypes: law.rows.paymentTypes,
      weights: weights, confidence: 0.95)
    let plain = PairedComparison(
      champion: law.asDone, challenger: law.untreated, labels: law.rows.labels, paymentTypes: law.rows.paymentTypes,
      confidence: 0.95)
    let came = try #require(comparison.pooled.asCame)
    #expect(came.rowCount == 40_000 && came.eventCount == plain.pooled.eventCount)
    #expect(came.champion == plain.pooled.champion && came.challenger == plain.pooled.challenger)
    #expect(comparison.pooled.rowCount == law.rows.treatments.count { $0.isUntreated })
    #expect(plain.pooled.asCame == nil)
    let groups = ChurnMetrics.Groups(law.untreated, law.rows, weights: weights)
    #expect(groups.pooled.logLoss == comparison.pooled.challenger.logLoss)
    #expect(groups.pooled.rowCount == comparison.pooled.rowCount)
  }

  @Test func `scores of what was done are judged by every row, as are those of nobody contacted`() throws {
    var law = Law(400)
    var handling = TreatmentHandling()
    handling.method = .ignored
    #expect(try law.rows.judgingWeights(handling, threads: Self.threads) == nil)
    for method in [TreatmentHandling.Method.weighted, .excluded, .covariate] {
      handling.method = method
      let weights = try #require(try law.rows.judgingWeights(handling, threads: Self.threads))
      #expect(weights.count == 400 && weights.count { $0 == 0 } == law.rows.treatments.count { !$0.isUntreated })
    }
    for row in law.rows.treatments.indices { law.rows.treatments[row].isCarriedOver = false }
    #expect(try law.rows.judgingWeights(TreatmentHandling(), threads: Self.threads) == nil)
  }
}
