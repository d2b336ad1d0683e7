import Calendar
import Ledger

/// The one line about a night: how it ended and which lists it holds.
struct NightSummary {
  private let lists: [Product]
  private let night: LogEntry

  init(_ home: Home, _ night: LogEntry) throws {
    let prefix = "exports/.packs/\(night.date)-"
    lists = try CommitLog.open(home).state(.nightOf(night.date)).products.filter { $0.name.hasPrefix(prefix) }
    self.night = night
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
