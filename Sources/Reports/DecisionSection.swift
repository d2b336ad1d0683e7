import Ledger

/// What was considered, what stopped it, and what it cost.
struct DecisionSection {
  private static let reasonLimit = 14
  private static let chosen: Set<String> = ["winner", "explored"]

  private let counts: [String: Int64]

  init(_ facts: ReportFacts) { counts = facts.newest("decide")?.counts ?? [:] }

  var section: Markup? {
    guard let actions = counts["actions"] else { return nil }
    let reasons = counts.filter { $0.key.hasPrefix("reason.") }
      .map { (code: String($0.key.dropFirst("reason.".count)), count: $0.value) }
      .sorted { ($1.count, $0.code) < ($0.count, $1.code) }
    let bars = reasons.prefix(DecisionSection.reasonLimit).map { reason in
      Chart.Bar(
        label: reason.code, value: Double(reason.count),
        caption: "\(Figure.count(reason.count)) · \(Figure.percent(reason.count, of: actions))",
        style: DecisionSection.chosen.contains(reason.code) ? "fill-good" : "fill-muted")
    }
    return Page.section(
      "Decisions",
      "\(Figure.count(actions)) actions were considered for \(Figure.count(counts["persons"] ?? 0)) persons with "
        + "\(Figure.count(counts["subscriptions"] ?? 0)) subscriptions; each has one reason.",
      [Chart.bars(bars, title: "actions by reason")] + money + arms)
  }

  private var money: [Markup] {
    guard let budget = counts["budget_e4"], let cost = counts["sent.cost_e4"] else { return [] }
    let bars = [
      Chart.Bar(label: "budget", value: Double(budget), caption: Figure.money(budget), style: "fill-muted"),
      Chart.Bar(label: "expected cost", value: Double(cost), caption: Figure.money(cost), style: "fill-a"),
      Chart.Bar(
        label: "expected gain, net of it", value: Double(max(0, counts["sent.value_e4"] ?? 0)),
        caption: Figure.money(counts["sent.value_e4"] ?? 0), style: "fill-good"),
    ]
    return [element("h3", [:], "Money"), Chart.bars(bars, title: "budget, cost and value")]
  }

  private var arms: [Markup] {
    let arms = counts.filter { $0.key.hasPrefix("arm.") }.sorted { $0.key < $1.key }
    guard !arms.isEmpty else { return [] }
    let persons = arms.reduce(0) { $0 + $1.value }
    return [
      element("h3", [:], "Who was drawn where"),
      Page.table(
        [.words("arm"), .number("persons"), .number("share")],
        arms.map {
          [
            .text(String($0.key.dropFirst("arm.".count))), Page.count($0.value),
            .text(Figure.percent($0.value, of: persons)),
          ]
        }),
    ]
  }
}
