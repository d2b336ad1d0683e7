import Ledger

extension TwinCard {
  /// The card as lines of text: every heading with its fields, one line for the windows of one thing, then the history.
  public var lines: [String] {
    var lines = ["\(entity.name) \(key), night \(night), \(entry.fileName)"]
    lines += SupersededSnapshots.sentences(revisions)
    var group: String??
    for row in rows {
      if group != .some(row.group) {
        lines += ["", row.group ?? "Not in the catalogue"]
        group = .some(row.group)
      }
      let cells = row.cells.map { $0.window.isEmpty ? $0.value : "\($0.window) \($0.value)" }
      let unit = row.cells.allSatisfy { $0.value == TwinCard.missing } ? "" : TwinCard.suffix(row.unit)
      lines.append("  \(padded(row.stem)) \(cells.joined(separator: "  "))\(unit)")
    }
    lines += history("Days with any, 91 days, the newest on the right", days) { TwinCard.marks($0) }
    lines += history("By calendar week, 13 weeks, this one on the right", weeks) { values in
      "\(TwinCard.sparkline(values))  \(values.min() ?? 0) to \(values.max() ?? 0)"
    }
    return lines
  }

  /// The windows of one thing.
  private struct Row {
    let stem: String
    let group: String?
    let unit: String?
    var cells: [(window: String, value: String)]
  }

  private var rows: [Row] {
    var rows: [Row] = []
    for item in items {
      let (stem, window) = TwinCard.split(item.name)
      let cell = (window, TwinCard.shown(item))
      if let last = rows.last, !window.isEmpty, last.stem == stem, last.group == item.group {
        rows[rows.count - 1].cells.append(cell)
      } else {
        rows.append(Row(stem: stem, group: item.group, unit: item.unit, cells: [cell]))
      }
    }
    return rows
  }

  /// A name that ends with a window, such as `_28d` or `_life`, and the window.
  private static func split(_ name: String) -> (stem: String, window: String) {
    guard let end = name.lastIndex(of: "_") else { return (name, "") }
    let last = name[name.index(after: end)...]
    let isWindow = last == "life" || last.last == "d" && Int(last.dropLast()) != nil
    return isWindow ? (String(name[..<end]), String(last)) : (name, "")
  }

  private static let missing = "–"

  /// A value for people: money in whole units, fractions with four digits.
  private static func shown(_ item: Item) -> String {
    guard let value = item.value else { return missing }
    if item.unit == "1/10,000 currency", let amount = Int64(value) ?? whole(value) {
      let (whole, part) = amount.magnitude.quotientAndRemainder(dividingBy: 10_000)
      let digits = String(String(part + 10_000).dropFirst())
      return (amount < 0 ? "-" : "") + "\(whole).\(digits.hasSuffix("00") ? String(digits.dropLast(2)) : digits)"
    }
    if item.unit != "text", value.contains("."), let number = Double(value), number.magnitude < 1e12 {
      return "\((number * 10_000).rounded() / 10_000)"
    }
    return value
  }

  private static func whole(_ text: String) -> Int64? {
    Double(text).flatMap { $0.magnitude < 1e15 ? Int64($0.rounded()) : nil }
  }

  private static func suffix(_ unit: String?) -> String {
    switch unit {
    case nil, "id", "day", "text", "flag", "year", "count", "ratio": ""
    case "1/10,000 currency": " currency"
    case let unit?: " \(unit)"
    }
  }

  private func history(_ title: String, _ series: [Series], _ picture: ([Int64]) -> String) -> [String] {
    guard !series.isEmpty else { return [] }
    return ["", title] + series.map { "  \(padded($0.name)) \(picture($0.values))" }
  }

  /// A name as wide as the widest.
  private func padded(_ text: String) -> String {
    let width = (items.map(\.name) + (days + weeks).map(\.name)).map(\.count).max() ?? 0
    return text + String(repeating: " ", count: max(0, width - text.count))
  }

  private static func marks(_ values: [Int64]) -> String { String(values.map { $0 == 0 ? "·" : "█" }) }

  /// A bar a value, from the least possible, zero, to the greatest.
  private static func sparkline(_ values: [Int64]) -> String {
    let bars = Array("▁▂▃▄▅▆▇█")
    let most = Double(max(1, values.max() ?? 1))
    return String(
      values.map {
        bars[max(0, min(bars.count - 1, Int(max(0, min(1, Double($0) / most)) * Double(bars.count - 1) + 0.5)))]
      })
  }
}
