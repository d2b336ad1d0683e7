import Calendar
import Ledger

/// The page of a night: the sketch of this room.
///
///     log, rejects, coverage, metrics, scores, decisions → `ReportFacts` (sums) → sections → one HTML file
///
/// Sums only: nobody can be told apart on the page. No script, no reference to another file, no clock. Everything that comes
/// from outside passes `Markup`, which escapes it.
package struct NightReport: Sendable {
  /// No page is larger: it must open at once, anywhere, in years to come.
  package static let maximumByteCount = 1_000_000

  private let facts: ReportFacts

  /// Makes the report of some sums.
  package init(_ facts: ReportFacts) { self.facts = facts }

  /// The page's bytes.
  package func page() throws(ReportsError) -> [UInt8] {
    let title = "Night of \(facts.night)"
    let head = element(
      "head", [:], element("meta", ["charset": "utf-8"]),
      element("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
      element("title", [:], .text("Nightjar · \(title)")))
    let body = element("body", [:], element("main", [:], [header(title), tiles] + sections + [footer]))
    // The style sheet is the only text that is not escaped: it is a constant of this program.
    let html =
      "<!doctype html>\n<html lang=\"en\">" + head.html.replacingEnd(of: "head", with: ReportStyle.css)
      + body.html + "</html>\n"
    let bytes = Array(html.utf8)
    guard bytes.count <= NightReport.maximumByteCount else {
      throw ReportsError(
        .tooLarge, "the page would have \(bytes.count) bytes, more than \(NightReport.maximumByteCount)")
    }
    return bytes
  }

  private var sections: [Markup] {
    [
      attention, ListSection(facts).section, DecisionSection(facts).section, ModelSection(facts).section,
      DeliverySection(facts).section, RejectSection(facts).section, CoverageSection(facts).section,
      ProofSection(facts).section,
    ].compactMap { $0 }
  }

  // MARK: - The top of the page

  private func header(_ title: String) -> Markup {
    let count = facts.warnings.count
    let badge =
      count == 0
      ? element("span", ["class": "badge good"], "all clear")
      : element("span", ["class": "badge warn"], .text("\(count) to look at"))
    return element(
      "header", [:], element("p", ["class": "eyebrow"], .text("Nightjar · \(weekday)")),
      element("h1", [:], .text(title), badge), element("p", ["class": "lead"], .text(lead)))
  }

  private var weekday: String {
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"][facts.night.isoWeekday - 1]
  }

  /// The night in three sentences.
  private var lead: String {
    var sentences: [String] = []
    let files = facts.files
    if !files.isEmpty {
      let read = files.reduce(0) { $0 + $1.readCount - $1.lineCount }
      let accepted = files.reduce(0) { $0 + $1.acceptedCount }
      sentences.append(
        "\(Figure.count(Int64(files.count))) \(files.count == 1 ? "delivery" : "deliveries") brought "
          + "\(Figure.count(read)) rows; \(Figure.percent(accepted, of: read)) of them became facts.")
    }
    if let scores = facts.scores {
      sentences.append("\(Figure.count(scores.rowCount)) subscriptions were scored.")
    }
    if let export = facts.newest("export")?.counts {
      sentences.append(
        "\(Figure.count(export["contacts"] ?? 0)) people will be contacted: an expected gain of "
          + "\(Figure.money(export["value_e4"] ?? 0)) beyond the expected cost of "
          + "\(Figure.money(export["cost_e4"] ?? 0)).")
    }
    return sentences.joined(separator: " ")
  }

  private var tiles: Markup {
    var tiles: [Markup] = []
    if let twins = facts.newest("twin")?.counts {
      tiles.append(Page.tile(Figure.count(twins["rows"] ?? 0), "subscriptions alive"))
      tiles.append(Page.tile(Figure.count(twins["inNotice"] ?? 0), "in notice"))
    }
    if let export = facts.newest("export")?.counts {
      tiles.append(Page.tile(Figure.count(export["contacts"] ?? 0), "contacts to make"))
      tiles.append(Page.tile(Figure.count(export["control"] ?? 0), "people kept as control"))
    }
    tiles.append(Page.tile(Figure.count(facts.rejects.reduce(0) { $0 + $1.count }), "rows rejected"))
    return element("div", ["class": "tiles"], tiles)
  }

  private var attention: Markup? {
    guard !facts.warnings.isEmpty else { return nil }
    let items = facts.warnings.prefix(NightReport.warningLimit).map { warning in
      element("li", [:], element("b", [:], .text(warning.stage)), .text(warning.text))
    }
    let hidden = facts.warnings.count - items.count
    return Page.section(
      "What to look at", "What the stages of the night said, in their order.",
      [element("ul", ["class": "warnings"], items)]
        + (hidden > 0 ? [element("p", ["class": "note"], .text("and \(hidden) more, in the log"))] : []))
  }

  /// More warnings than this are in the log only.
  private static let warningLimit = 40

  private var footer: Markup {
    element(
      "footer", [:],
      .text(
        "Sums only; no person appears on this page. Money is in currency units. Every figure comes from files that the "
          + "night's signed log entries name."))
  }
}

extension String {
  /// Puts a style sheet before the end tag of `element`.
  fileprivate func replacingEnd(of element: String, with css: String) -> String {
    let end = "</\(element)>"
    return String(dropLast(end.count)) + "<style>\(css)</style>" + end
  }
}
