import Configuration

/// Within how many days a case is to be closed, by kind and category: the section `targets` of `twins/process.yaml`.
///
/// A target without a category holds for every category of its kind that has none of its own; without any, the target is
/// missing.
struct TargetTimes: Sendable, Hashable {
  /// The longest target, in days: the estimates keep a number a day up to it.
  static let longestDays = 365

  private struct Key: Hashable {
    let kind: ProcessKind
    let category: String?
  }

  private var days: [Key: Int] = [:]

  /// No targets.
  init() {}

  /// Reads the targets, a row each; records every fault.
  init(_ reader: NodeReader) {
    var lines: [Key: Int] = [:]
    let names = ProcessKind.allCases.map(\.name)
    for (row, key, days) in reader.mappings(
      in: "targets",
      { row -> (NodeReader, Key?, Int) in
        let name = row.enumeration("kind", of: names)
        let category = row.optionalString("category")
        let days = row.int("days", in: 1...TargetTimes.longestDays)
        guard let kind = ProcessKind(name: name) else { return (row, nil, days) }
        if let category, !kind.categories.contains(category) {
          row.report(
            "category",
            "'\(category)' is no category of \(name): \(kind.categories.joined(separator: ", "))")
        }
        return (row, Key(kind: kind, category: category), days)
      })
    {
      guard let key else { continue }
      if let line = lines[key] {
        row.report("kind", "the target of \(key.kind.name) is given twice; the first stands in line \(line)")
      }
      lines[key] = row.location.line
      self.days[key] = days
    }
  }

  /// The target of a case in days, or nil where none is given.
  func days(_ kind: ProcessKind, _ category: String) -> Int? {
    days[Key(kind: kind, category: category)] ?? days[Key(kind: kind, category: nil)]
  }

  /// The longest target that is given, in days; 0 without any.
  var longest: Int { days.values.max() ?? 0 }
}

extension ProcessKind {
  /// The categories that cases of the kind can have.
  var categories: [String] {
    switch self {
    case .onboarding: ["prepaid", "postpaid", "unknown"]
    case .order: ["new-line", "plan-change", "device", "port-in", "other"]
    case .ticket: ["network", "billing", "device", "service", "cancellation", "other"]
    }
  }
}
