public import Calendar
import Columns
import Datasets
public import Ledger

/// What a night said of its own twin, for a person to read.
public struct QualityReport: Sendable {
  /// Drift from which on the report lists a field, warned of or not.
  static let listedAbove = 0.1

  /// The days of a family or feed.
  public struct Days: Sendable {
    /// The name.
    public let name: String
    /// Whether it is a family of facts, rather than a feed.
    public let isFamily: Bool
    /// Days of the last 91 that are complete, or that a delivery covers.
    public let knownCount: Int
    /// Days on which something that was expected has not come; of a feed, days without a delivery, ascending.
    public let missing: [Day]
  }

  /// The night.
  public let night: Day
  /// The entry that made it.
  public let entry: LogEntry
  /// Families, then feeds.
  public let days: [Days]
  /// Every field, in the order of the catalogue.
  package let verdicts: [FieldVerdict]

  /// Reads what the night, or the newest one that has twins, published. Throws `TwinError` where there is nothing, and `ColumnsError`
  /// and `LedgerError` for files that cannot be read.
  public init(_ home: Home, night: Day?) throws {
    let state = try CommitLog.open(home).state(night.map { .knownBy($0) } ?? .head)
    let files = state.products(Dataset.twinQuality.name)
    guard let found = night ?? files.compactMap({ TwinSources.date($0.name) }).max() else {
      throw TwinError(.missingTwin, "no night has said anything of its twins: run nightjar-twin first")
    }
    func read(_ dataset: Dataset) throws -> (Product, Table) {
      guard let file = state.products(dataset.name, where: ["date": "\(found)"]).first else {
        throw TwinError(.missingTwin, "\(found) has no \(dataset.name): run nightjar-twin --date \(found) first")
      }
      return (file, try ParquetFile.read(home.url(file.name)))
    }
    let (file, quality) = try read(.twinQuality)
    guard let entry = state.entries.last(where: { entry in entry.products.contains { $0.name == file.name } }) else {
      throw TwinError(.missingTwin, "no entry made \(file.name)")
    }
    self.night = found
    self.entry = entry
    verdicts = try (0..<quality.rowCount).map { try FieldVerdict(quality, row: $0) }
    days = try QualityReport.days(try read(.twinCompleteness).1)
  }

  /// The contracts that were broken, one line a field.
  public var breaches: [String] { verdicts.compactMap(\.breach) }

  /// The fields with a drift above 0.1, the furthest first: name, index, and whether the night warned.
  public var drifted: [(field: String, psi: Double, isWarned: Bool)] {
    NightQuality.byDrift(verdicts.filter { $0.psi ?? 0 > QualityReport.listedAbove })
      .map { ($0.field, $0.psi ?? 0, $0.hasDrifted) }
  }

  /// How many fields there are of each state of drift.
  public var driftStates: [String: Int] {
    Dictionary(grouping: verdicts, by: \.drift.rawValue).mapValues(\.count)
  }

  /// The report as lines.
  public var lines: [String] {
    var lines = ["twins of \(night), \(entry.fileName)", "", "completeness of the last \(Windows.longest) days"]
    let width = days.map(\.name.count).max() ?? 0
    for days in days {
      let name = days.name + String(repeating: " ", count: width - days.name.count)
      let what = days.isFamily ? "complete" : "delivered"
      lines.append("  \(name)  \(days.knownCount) \(what)\(QualityReport.text(days))")
    }
    lines += ["", "contracts"] + (breaches.isEmpty ? ["  none is broken"] : breaches.map { "  \($0)" })
    let states = driftStates.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    lines += ["", "drift: \(states)"]
    lines += drifted.map { "  \($0.field) \(NightQuality.indexText($0.psi))\($0.isWarned ? ", warned of" : "")" }
    return lines
  }

  private static func text(_ days: Days) -> String {
    // The newest ones are those that cut windows short.
    let limit = 5
    guard !days.missing.isEmpty else { return "" }
    let named = days.missing.suffix(limit).reversed().map { "\($0)" }.joined(separator: ", ")
    let what = days.isFamily ? "missing" : "without"
    return ", \(days.missing.count) \(what): \(named)\(days.missing.count > limit ? ", …" : "")"
  }

  private static func days(_ table: Table) throws(ColumnsError) -> [Days] {
    let dates = try table.date("event_date").values
    let (families, feeds) = (try table.string("family"), try table.string("feed"))
    let states = try table.string("state").values
    var result: [Days] = []
    var row = 0
    while row < table.rowCount {
      let (family, feed) = (families[row], feeds[row])
      var known = 0
      var missing: [Day] = []
      while row < table.rowCount, families[row] == family, feeds[row] == feed {
        switch states[row] {
        case "complete", "delivered": known += 1
        case "missing", "none": missing.append(Day(rawValue: dates[row]))
        default: break
        }
        row += 1
      }
      result.append(
        Days(name: family ?? feed ?? "", isFamily: family != nil, knownCount: known, missing: missing))
    }
    return result
  }
}
