import Calendar
import Ledger

/// The one line about a night: how it ended and which lists it holds.
struct NightSummary {
  let night: LogEntry
  let lists: [Product]

  /// The lists of the pack that a night shows; checksums and manifest lie beside them.
  static func lists(of night: LogEntry, in log: CommitLog) -> [Product] {
    log.state(.nightOf(night.date)).products.filter {
      $0.name.hasPrefix("exports/.packs/\(night.date)-") && $0.name.hasSuffix(".csv")
    }
  }

  func text(isNew: Bool, stageCount: Int) -> String {
    let ending = isNew ? "\(stageCount) stages done, night closed by" : "nothing new, night was closed by"
    let names = lists.compactMap { product -> String? in
      guard let name = product.name.split(separator: "/").last else { return nil }
      return product.rowCount.map { "\(name) (\($0))" } ?? String(name)
    }
    let pack = names.isEmpty ? "no lists" : "lists in exports/\(night.date): \(names.joined(separator: ", "))"
    return "\(ending) \(night.fileName); \(pack)"
  }
}
