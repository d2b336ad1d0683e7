import Calendar
import Ledger

/// The lists that leave the house, and who is missing from them.
struct ListSection {
  private let facts: ReportFacts
  private let counts: [String: Int64]

  init(_ facts: ReportFacts) {
    self.facts = facts
    counts = facts.newest("export")?.counts ?? [:]
  }

  var section: Markup? {
    guard counts["contacts"] != nil else { return nil }
    let channels = counts.keys.filter { $0.hasPrefix("contacts.") }.map { $0.dropFirst("contacts.".count) }.sorted()
    let rows = channels.map { channel -> [Markup] in
      let planned = facts.cells.filter { $0.channel == channel }.reduce(0) { $0 + $1.contactCount }
      let listed = counts["contacts.\(channel)"] ?? 0
      return [
        Page.code("\(channel).csv"), Page.count(planned), Page.count(planned - listed), Page.count(listed),
        .text(Figure.money(counts["cost_e4.\(channel)"] ?? 0)),
      ]
    }
    let planned = facts.cells.reduce(0) { $0 + $1.contactCount }
    let total: [Markup] = [
      "all lists", Page.count(planned), Page.count(planned - (counts["contacts"] ?? 0)),
      Page.count(counts["contacts"] ?? 0), .text(Figure.money(counts["cost_e4"] ?? 0)),
    ]
    return Page.section(
      "Lists", "In exports/\(facts.night), without anybody of a control group.",
      [
        Page.table(
          [.words("list"), .number("decided"), .number("not reachable"), .number("rows"), .number("expected cost")],
          rows,
          sum: total)
      ] + cells + suppressed)
  }

  private var cells: [Markup] {
    guard !facts.cells.isEmpty else { return [] }
    return [
      element("h3", [:], "By offer"),
      Page.table(
        [
          .words("offer"), .words("channel"), .number("decided"), .number("expected gain, net"),
          .number("expected cost"),
        ],
        facts.cells.map { cell in
          [
            .text(cell.offer), .text(cell.channel), Page.count(cell.contactCount), .text(Figure.money(cell.valueE4)),
            .text(Figure.money(cell.costE4)),
          ]
        }),
    ]
  }

  private var suppressed: [Markup] {
    let reasons = counts.filter { $0.key.hasPrefix("suppressed.") }
      .map { (code: String($0.key.dropFirst("suppressed.".count)), count: $0.value) }
      .sorted { ($1.count, $0.code) < ($0.count, $1.code) }
    guard !reasons.isEmpty else { return [] }
    let whole = reasons.reduce(0) { $0 + $1.count }
    return [
      element(
        "h3", [:], .text("Subscriptions for which nothing is done, by what stopped the action that came closest")),
      Chart.bars(
        reasons.prefix(14).map { reason in
          Chart.Bar(
            label: reason.code, value: Double(reason.count),
            caption: "\(Figure.count(reason.count)) · \(Figure.percent(reason.count, of: whole))", style: "fill-muted")
        }, title: "suppressed subscriptions by reason"),
    ]
  }
}
