import Calendar

/// Which days are complete: a missing file is not a silent customer.
struct CoverageSection {
  private let facts: ReportFacts

  init(_ facts: ReportFacts) { self.facts = facts }

  var section: Markup? {
    guard !facts.coverage.isEmpty else { return nil }
    let rows = facts.coverage.map { family, states in
      (
        label: family,
        states: states.map { state in
          switch state {
          case .complete: "fill-good"
          case .incomplete: "fill-bad"
          case .unknown: "fill-none"
          }
        }
      )
    }
    return Page.section(
      "Coverage",
      "The last \(facts.coverageDays.count) days, the night's own at the right. A window with a day that is not "
        + "complete is unknown, never zero.",
      [
        Chart.days(
          rows, columns: facts.coverageDays.map { String($0.description.dropFirst(5)) },
          title: "complete days by family"),
        Page.legend([
          ("bg-good", "every expected delivery came"), ("bg-bad", "a delivery is missing"),
          ("bg-none", "nothing said of the day"),
        ]),
      ])
  }
}
