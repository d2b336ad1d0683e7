/// Drawings as inline SVG: bars, stacks and a grid of days. Colours are classes of the page's style.
enum Chart {
  /// A horizontal bar with its label and what it says at its end.
  struct Bar {
    var label: String
    var value: Double
    var caption: String
    var style = "fill-a"
  }

  private static let width = 760.0
  private static let labelWidth = 250.0
  private static let captionWidth = 110.0
  private static let rowHeight = 22.0

  /// Horizontal bars on one scale from zero.
  static func bars(_ bars: [Bar], title: String) -> Markup {
    let room = width - labelWidth - captionWidth
    let largest = max(bars.map(\.value).max() ?? 0, .leastNormalMagnitude)
    let rows = bars.enumerated().flatMap { index, bar -> [Markup] in
      let y = Double(index) * rowHeight
      let length = max(bar.value > 0 ? 1.5 : 0, bar.value / largest * room)
      return [
        text(bar.label, x: labelWidth - 10, y: y + 15, anchor: "end", style: "label"),
        rectangle(x: labelWidth, y: y + 4, width: length, height: 14, style: bar.style),
        text(bar.caption, x: labelWidth + length + 7, y: y + 15, anchor: "start", style: "caption"),
      ]
    }
    return drawing(width, Double(bars.count) * rowHeight, title: title, rows)
  }

  /// One bar of parts that make up a whole; parts of nothing are left out.
  static func stack(_ parts: [(count: Int64, style: String)], title: String) -> Markup {
    let whole = parts.reduce(0) { $0 + $1.count }
    let width = 160.0
    var x = 0.0
    var rectangles: [Markup] = []
    for part in parts where part.count > 0 && whole > 0 {
      // A handful among millions must still be seen.
      let length = max(2, Double(part.count) / Double(whole) * width)
      rectangles.append(rectangle(x: x, y: 0, width: min(length, width - x), height: 10, style: part.style))
      x = min(width - 2, x + length)
    }
    return drawing(width, 10, title: title, rectangles, style: "stack")
  }

  /// A grid of days, one row a family: `states` gives the style of each cell.
  static func days(_ rows: [(label: String, states: [String])], columns: [String], title: String) -> Markup {
    let cell = 15.0
    let left = 130.0
    var children: [Markup] = []
    for (index, column) in columns.enumerated() where index % 7 == 6 || index == columns.count - 1 {
      if index == columns.count - 1 || columns.count - 1 - index > 4 {
        children.append(text(column, x: left + Double(index + 1) * cell - 2, y: 10, anchor: "end", style: "caption"))
      }
    }
    for (number, row) in rows.enumerated() {
      let y = 18 + Double(number) * (cell + 4)
      children.append(text(row.label, x: left - 10, y: y + 11, anchor: "end", style: "label"))
      for (index, state) in row.states.enumerated() {
        children.append(
          rectangle(x: left + Double(index) * cell, y: y, width: cell - 2, height: cell - 2, style: state))
      }
    }
    return drawing(
      left + Double(columns.count) * cell, 18 + Double(rows.count) * (cell + 4), title: title, children)
  }

  /// Upright columns with a line at `mark`.
  static func columns(_ values: [(label: String, value: Double, caption: String)], mark: Double?, title: String)
    -> Markup
  {
    let height = 130.0
    let step = width / Double(max(values.count, 1))
    let largest = max(values.map(\.value).max() ?? 0, mark ?? 0, .leastNormalMagnitude)
    func y(_ value: Double) -> Double { 16 + (1 - value / largest) * height }
    var children: [Markup] = []
    for (index, item) in values.enumerated() {
      let x = Double(index) * step + step * 0.15
      children += [
        rectangle(x: x, y: y(item.value), width: step * 0.7, height: height + 16 - y(item.value), style: "fill-a"),
        text(item.caption, x: x + step * 0.35, y: y(item.value) - 5, anchor: "middle", style: "caption"),
        text(item.label, x: x + step * 0.35, y: height + 31, anchor: "middle", style: "label"),
      ]
    }
    if let mark {
      let attributes: KeyValuePairs = [
        "x1": "0", "x2": Figure.coordinate(width), "y1": Figure.coordinate(y(mark)), "y2": Figure.coordinate(y(mark)),
        "class": "mark",
      ]
      children.append(element("line", attributes))
    }
    return drawing(width, height + 38, title: title, children)
  }

  private static func drawing(
    _ width: Double, _ height: Double, title: String, _ children: [Markup], style: String = "chart"
  ) -> Markup {
    let (width, height) = (Figure.coordinate(width), Figure.coordinate(height))
    return element(
      "svg",
      [
        "viewBox": "0 0 \(width) \(height)", "width": width, "height": height, "role": "img", "class": style,
        "aria-label": title,
      ], [element("title", [:], .text(title))] + children)
  }

  private static func rectangle(x: Double, y: Double, width: Double, height: Double, style: String) -> Markup {
    element(
      "rect",
      [
        "x": Figure.coordinate(x), "y": Figure.coordinate(y), "width": Figure.coordinate(width),
        "height": Figure.coordinate(height), "class": style, "rx": "1.5",
      ])
  }

  private static func text(_ text: String, x: Double, y: Double, anchor: String, style: String) -> Markup {
    element(
      "text",
      ["x": Figure.coordinate(x), "y": Figure.coordinate(y), "text-anchor": anchor, "class": style], .text(text))
  }
}
