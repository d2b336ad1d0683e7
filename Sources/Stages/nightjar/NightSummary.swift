import Calendar
import Ledger

/// The one line about a night: how it ended and which lists it holds.
struct NightSummary {
  let night: LogEntry
  let lists: [Product]
  /// What the night's scoring counted of drift; nil where nothing was scored.
  let scoring: LogEntry?

  /// The newest scoring of a night's own date.
  static func scoring(of night: LogEntry, in log: CommitLog) -> LogEntry? {
    log.state(.nightOf(night.date)).entries.last { $0.stage == "score" && $0.date == night.date }
  }

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
    return (["\(ending) \(night.fileName)", pack] + drift).joined(separator: "; ")
  }

  /// A model that sees other inputs than it was trained on is said in the one line that everybody reads.
  private var drift: [String] {
    guard let counts = scoring?.counts, let version = counts["version"] else { return [] }
    let (inputs, scores) = (counts["driftMoved"] ?? 0, counts["driftScoreMoved"] ?? 0)
    guard inputs + scores > 0 else { return [] }
    let moved = [
      inputs > 0 ? "\(inputs) \(inputs == 1 ? "input" : "inputs")" : nil, scores > 0 ? "the scores" : nil,
    ]
    return ["model \(version) has drifted: \(moved.compactMap { $0 }.joined(separator: " and "))"]
  }
}
