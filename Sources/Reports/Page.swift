/// The pieces that sections are put together from.
enum Page {
  /// A section with its heading and one sentence that says what is seen.
  static func section(_ title: String, _ note: String, _ children: [Markup]) -> Markup {
    element(
      "section", [:], [element("h2", [:], .text(title)), element("p", ["class": "note"], .text(note))] + children)
  }

  /// A column of a table: its heading, and whether it holds numbers.
  struct Heading {
    var text: String
    var isNumber: Bool

    static func words(_ text: String) -> Heading { Heading(text: text, isNumber: false) }
    static func number(_ text: String) -> Heading { Heading(text: text, isNumber: true) }
  }

  /// A table; `sum` is its last row, set apart.
  static func table(_ headings: [Heading], _ rows: [[Markup]], sum: [Markup]? = nil) -> Markup {
    func cell(_ name: String, _ index: Int, _ content: Markup) -> Markup {
      element(name, headings[index].isNumber ? ["class": "number"] : [:], content)
    }
    let head = element(
      "tr", [:], headings.enumerated().map { cell("th", $0.offset, .text($0.element.text)) })
    let body = rows.map { row in element("tr", [:], row.enumerated().map { cell("td", $0.offset, $0.element) }) }
    let last = sum.map { row in
      element("tr", ["class": "sum"], row.enumerated().map { cell("td", $0.offset, $0.element) })
    }
    return element(
      "div", ["class": "scroll"],
      element("table", [:], element("thead", [:], head), element("tbody", [:], body + (last.map { [$0] } ?? []))))
  }

  /// What colours mean.
  static func legend(_ items: [(style: String, text: String)]) -> Markup {
    element(
      "div", ["class": "legend"],
      items.map { element("span", [:], element("i", ["class": $0.style]), .text($0.text)) })
  }

  /// A big number with what it counts.
  static func tile(_ number: String, _ text: String) -> Markup {
    element("div", ["class": "tile"], element("b", [:], .text(number)), element("span", [:], .text(text)))
  }

  static func count(_ value: Int64) -> Markup { .text(Figure.count(value)) }
  static func code(_ text: String) -> Markup { element("code", [:], .text(text)) }
}
