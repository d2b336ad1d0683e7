import Calendar
import Configuration
import Learning
import Testing

@Suite struct PromotionRuleTests {
  /// Rows on which the challenger is better than the champion: 40 leavers of each payment type among 400 rows.
  private struct Rows {
    var champion: [Double] = []
    var challenger: [Double] = []
    var labels: [Double] = []
    var types: [String] = []

    init() {
      for row in 0..<400 {
        let left = row % 5 == 0
        let noise = Double(row * 7919 % 400) / 400
        labels.append(left ? 1 : 0)
        types.append(row % 2 == 0 ? "prepaid" : "postpaid")
        champion.append(0.1 + 0.2 * noise + (left ? 0.05 : 0))
        challenger.append(0.1 + 0.2 * noise + (left ? 0.12 : -0.02))
      }
    }

    var comparison: PairedComparison {
      PairedComparison(
        champion: champion, challenger: challenger, labels: labels, paymentTypes: types, confidence: 0.95)
    }
  }

  private let leakage = LeakageGuard.Finding(
    checkedFeatureCount: 3, maximum: 0.95, best: [.init(feature: "tenure_days", auc: 0.7, form: .values)])

  private func decision(
    _ rule: PromotionRule, _ rows: Rows = Rows(), champion: String? = "churn/v0001"
  ) -> PromotionDecision {
    let trial = champion.map { _ in VersionTrial(rows.comparison, dates: [], notes: []) }
    return PromotionDecision(
      rule, version: "churn/v0002", night: FactTables.day("2026-11-22"),
      rows: .init(probabilities: rows.challenger, labels: rows.labels, dates: []), leakage: leakage, champion: champion,
      trial: trial)
  }

  /// A rule that the challenger passes.
  private var passing: PromotionRule {
    var rule = PromotionRule()
    rule.maximumCalibrationError = 0.2
    rule.maximumCalibrationErrorRise = 0.1
    rule.maximumLogLossRise = 0.1
    return rule
  }

  @Test func `a challenger that holds every condition takes the champion's place`() {
    let found = decision(passing)
    #expect(found.failures.map(\.name) == [])
    #expect(found.verdict == .promoted)
    #expect(found.summary == "it takes the place of churn/v0001 as champion")
    #expect(found.conditions[0].text == "leavers held out 80, at least 20")
    #expect(found.warnings == [])
  }

  @Test func `by hand, a challenger that passes waits, and the first one does not`() {
    var rule = passing
    rule.mode = .manual
    let waiting = decision(rule)
    #expect(waiting.verdict == .ready && !waiting.isPromoted)
    #expect(waiting.warnings.first?.contains("nightjar-train promote v0002") == true)
    #expect(decision(rule, champion: nil).verdict == .promoted)
  }

  @Test func `a note on the comparison is no warning, one on a champion that could not be compared is`() {
    let trial = VersionTrial(Rows().comparison, dates: [], notes: ["it may look better"])
    let rows = PromotionDecision.CandidateRows(probabilities: Rows().challenger, labels: Rows().labels, dates: [])
    func decision(_ champion: String?, _ trial: VersionTrial?, _ notes: [String]) -> PromotionDecision {
      PromotionDecision(
        passing, version: "churn/v0002", night: FactTables.day("2026-11-22"), rows: rows, leakage: leakage,
        champion: champion, trial: trial, notes: notes)
    }
    let noted = decision("churn/v0001", trial, [])
    #expect(noted.notes == ["it may look better"] && noted.warnings == [])
    let alone = decision("churn/v0001", nil, ["it is not compared"])
    #expect(alone.warnings == ["it is not compared"] && alone.verdict == .promoted)
    #expect(alone.summary == "it takes the place of churn/v0001 as champion")
  }

  @Test func `by hand, a champion that could not be compared keeps its place until a person acts`() {
    var rule = passing
    rule.mode = .manual
    let rows = PromotionDecision.CandidateRows(probabilities: Rows().challenger, labels: Rows().labels, dates: [])
    let found = PromotionDecision(
      rule, version: "churn/v0002", night: FactTables.day("2026-11-22"), rows: rows, leakage: leakage,
      champion: "churn/v0001", trial: nil, notes: ["it is not compared"])
    #expect(found.verdict == .ready)
    #expect(found.warnings.count == 2 && found.warnings.last == "it is not compared")
  }

  @Test func `versions of different labels are compared by order alone, and a person promotes`() {
    var rule = passing
    (rule.maximumLogLossRise, rule.maximumCalibrationErrorRise) = (-1, -1)
    let trial = VersionTrial(Rows().comparison, dates: [], notes: ["a note"], labelDifference: "labels differ")
    func decision(_ rule: PromotionRule) -> PromotionDecision {
      PromotionDecision(
        rule, version: "churn/v0002", night: FactTables.day("2026-11-22"),
        rows: .init(probabilities: Rows().challenger, labels: Rows().labels, dates: []), leakage: leakage,
        champion: "churn/v0001", trial: trial)
    }
    let found = decision(rule)
    #expect(found.verdict == .ready && found.notes == ["labels differ", "a note"])
    #expect(found.warnings.count == 2 && found.warnings.last == "labels differ")
    #expect(
      found.conditions.filter { $0.state == .notJudged }.map(\.name) == [
        "against-champion.maximum-log-loss-rise", "against-champion.maximum-calibration-error-rise",
      ])
    (rule.aucTest, rule.aucMargin) = (.gain, 0.9)
    #expect(decision(rule).verdict == .held)
  }

  private static let failing: [(String, PromotionDecision.Verdict, @Sendable (inout PromotionRule) -> Void)] = [
    ("floors.minimum-events", .refused, { $0.minimumEventCount = 81 }),
    ("floors.minimum-auc", .refused, { $0.minimumAUC = 0.999 }),
    ("floors.maximum-calibration-error", .refused, { $0.maximumCalibrationError = 0.001 }),
    ("floors.maximum-single-feature-auc", .refused, { $0.maximumSingleFeatureAUC = 0.69 }),
    ("against-champion.minimum-events", .held, { $0.comparedEventCount = 81 }),
    ("against-champion.auc", .held, { ($0.aucTest, $0.aucMargin) = (.gain, 0.9) }),
    ("against-champion.auc", .held, { ($0.aucTest, $0.aucMargin) = (.superior, 0.9) }),
    ("against-champion.maximum-log-loss-rise", .held, { $0.maximumLogLossRise = -1 }),
    ("against-champion.maximum-calibration-error-rise", .held, { $0.maximumCalibrationErrorRise = -1 }),
    ("against-champion.segments.prepaid", .held, { $0.maximumSegmentAUCLoss = -0.9 }),
  ]

  @Test(arguments: Self.failing.indices)
  func `each condition alone can stop a promotion`(index: Int) {
    let (name, verdict, change) = Self.failing[index]
    var rule = passing
    change(&rule)
    let found = decision(rule)
    #expect(found.failures.contains { $0.name == name })
    #expect(found.failures.count == (name.hasSuffix("prepaid") ? 2 : 1))
    #expect(found.verdict == verdict)
    #expect(found.warnings.first?.contains(name) == true)
  }

  @Test func `a worse challenger is no loss within the margin, and one beyond it`() {
    var rows = Rows()
    swap(&rows.champion, &rows.challenger)
    var rule = passing
    rule.maximumSegmentAUCLoss = 1
    rule.aucMargin = 1
    #expect(decision(rule, rows).verdict == .promoted)
    rule.aucMargin = 0.01
    let found = decision(rule, rows)
    #expect(found.failures.map(\.name) == ["against-champion.auc"])
    let lower = found.comparison?.pooled.aucDifference?.lower
    #expect(found.failures.first?.value == lower)
    #expect(found.failures.first?.bound == -0.01)
  }

  @Test func `a segment with few leavers is not judged, and does not stop`() {
    var rule = passing
    rule.maximumSegmentAUCLoss = -0.9
    rule.segmentEventCount = 41
    let found = decision(rule)
    #expect(found.verdict == .promoted)
    #expect(found.conditions.suffix(2).map(\.state) == [.notJudged, .notJudged])
  }

  @Test func `floors bind the first version too, and a number that does not exist fails`() {
    var rule = passing
    rule.minimumEventCount = 81
    let found = decision(rule, champion: nil)
    #expect(found.verdict == .refused)
    #expect(found.comparison == nil)
    #expect(found.warnings.first?.hasSuffix("no version is champion, so nothing can be scored") == true)
    let nobody = PairedComparison.Side(probabilities: [0.1, 0.2], labels: [0, 0])
    let floors = PromotionRule().floors(nobody, eventCount: 0, singleFeatureAUC: nil)
    #expect(floors.filter { $0.state == .fails && $0.value == nil }.map(\.name).count == 2)
  }

  @Test func `the shipped rule is read, and says what the defaults say`() throws {
    let root = #filePath.split(separator: "/").dropLast(4).reduce("") { "\($0)/\($1)" }
    let shipped = try RegistryDefinition(.load(path: "\(root)/Pipelines/\(RegistryDefinition.file)"))
    #expect(shipped == RegistryDefinition())
  }

  @Test func `every fault of the rule is reported at once, unknown keys too`() throws {
    let document = try MiniOperator.registry([
      ("promote: automatic", "promote: always"), ("minimum-auc: 0.5", "minimum-auc: 1.4"), ("margin: 1", "margn: 1"),
      ("least-rows: 100", "least-rows: none"),
    ])
    let error = #expect(throws: ConfigurationError.self) { try RegistryDefinition(document) }
    // The misspelt key is unknown, and the right one missing.
    #expect(error?.problems.count == 5)
    #expect(error?.problems.allSatisfy { $0.location.line > 0 } == true)
    #expect(error?.description.contains("did you mean 'margin'?") == true)
  }
}
