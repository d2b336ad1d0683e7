/// Rows and files that were not taken, by defect.
struct RejectSection {
  private static let rowLimit = 60

  private let facts: ReportFacts

  init(_ facts: ReportFacts) { self.facts = facts }

  var section: Markup? {
    guard !facts.rejects.isEmpty || !facts.refusals.isEmpty else { return nil }
    var children: [Markup] = []
    if !facts.rejects.isEmpty {
      children.append(
        Page.table(
          [.words("feed"), .words("defect"), .words("column"), .number("rows"), .words("for example")],
          rows(facts.rejects) { [.text($0.feed), Page.code($0.code), .text($0.column)] }))
    }
    if !facts.refusals.isEmpty {
      children += [
        element("h3", [:], "Files refused"),
        Page.table(
          [.words("feed"), .words("reason"), .number("files"), .words("for example")],
          rows(facts.refusals) { [.text($0.feed), Page.code($0.code)] }),
      ]
    }
    return Page.section(
      "Rejected", "Good neighbours of a bad row are in the facts. The rows themselves are masked in data/rejects.",
      children)
  }

  private func rows(_ defects: [ReportFacts.Defect], _ first: (ReportFacts.Defect) -> [Markup]) -> [[Markup]] {
    defects.prefix(RejectSection.rowLimit).map { first($0) + [Page.count($0.count), Page.code($0.place)] }
  }
}
