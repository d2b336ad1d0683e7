public import Calendar
public import Ledger

/// Every version with what became of it: the answer of `nightjar-train models`.
public struct ModelListing: Sendable {
  /// One version.
  package struct Row: Sendable, Hashable, Codable {
    package var version: String
    package var status: ModelRegistry.Status
    package var trained: String
    /// The night from which on the champion scores.
    package var since: String?
    /// The night beyond the newest from which on it will be champion, by an act.
    package var from: String?
    /// promoted, ready, held or refused; absent of a version from before there was a rule.
    package var verdict: String?
    /// The conditions that failed, by name.
    package var failed: [String]
    package var testAsOf: [String]
    package var testEvents: Int?
    package var auc: Double?
    package var logLoss: Double?
    package var calibrationSlope: Double?
    package var id: String
    /// What the version's files do not say, and which of them are damaged or missing; absent where they say all.
    package var note: String?
    /// Whether a file is damaged or missing.
    package var isDamaged: Bool?
  }

  /// One act, with who and why.
  package let acts: [PromotionAct.Record]
  /// The versions, ascending.
  package let rows: [Row]

  /// Lists what a night knows, or everything, with who scores in the newest night; throws where the record of an act is not what the log or
  /// its format says.
  public init(_ home: Home, knownBy night: Day?) throws {
    let log = try CommitLog.open(home)
    let state = log.state(night.map { .knownBy($0) } ?? .head)
    let last = ModelRegistry(state)
    let newest = night ?? ModelRegistry.newestNight(state)
    let registry = newest.map { ModelRegistry(log.state(.knownBy($0))) } ?? last
    let (present, final) = (registry.champions.last, last.champions.last)
    let coming = final?.number == present?.number ? nil : final
    rows = last.versions.map { version in
      let status = registry.status(version)
      var row = Row(
        version: version.label, status: status, trained: version.entry.date.description,
        since: status == .champion ? present?.night.description : nil,
        from: version.number == coming?.number ? coming?.night.description : nil, failed: [], testAsOf: [],
        id: version.entry.key.hex)
      row.fill(from: version, home: home)
      return row
    }
    acts = try state.entries.filter { $0.stage == ModelRegistry.actStage }
      .sorted { ($0.date, $0.sequence) < ($1.date, $1.sequence) }.map { try PromotionAct.record($0, home: home) }
  }

  /// One line for people.
  public var summary: String {
    let champion = rows.first { $0.status == .champion }.map { "\($0.version) is champion" } ?? "no champion"
    return "\(rows.count) \(rows.count == 1 ? "version" : "versions"), \(champion)"
  }

  /// A line a version under a heading, then a line an act.
  public var lines: [String] {
    var lines = TextTable.lines(
      [["version", "status", "trained", "since", "verdict", "test date", "leavers", "AUC", "log loss", "slope"]]
        + rows.map { row in
          [
            row.version, row.status.rawValue, row.trained, row.since ?? row.from.map { "from \($0)" } ?? "-",
            row.verdict ?? "-",
            row.testAsOf.joined(separator: ","), row.testEvents.map(String.init) ?? "-", TextTable.number(row.auc),
            TextTable.number(row.logLoss), TextTable.number(row.calibrationSlope),
          ]
        })
    lines += rows.filter { !$0.failed.isEmpty }.map { "\($0.version) failed \($0.failed.joined(separator: ", "))" }
    lines += rows.compactMap { row in row.note.map { "note: \($0)" } }
    lines += acts.map { act in
      "\(act.night) \(act.act) \(act.version) in place of \(act.previous ?? "none") by \(act.by): \(act.why)"
    }
    return lines
  }

  /// What a person should know: files that are damaged or missing, and acts that do not hold yet.
  public var warnings: [String] {
    rows.compactMap { $0.isDamaged == true ? $0.note : nil }
      + rows.compactMap { row in
        row.from.map {
          "\(row.version) is champion from \($0) on: no night has come so far, and \(championName) scores"
        }
      }
  }

  private var championName: String { rows.first { $0.status == .champion }?.version ?? "none" }

  /// Versions and acts as one JSON object with sorted keys.
  public var json: String {
    get throws {
      struct Answer: Encodable {
        var acts: [PromotionAct.Record]
        var versions: [Row]
      }
      return String(try ModelVersion.json(Answer(acts: acts, versions: rows)).dropLast())
    }
  }
}

extension ModelListing.Row {
  /// Fills in what the version's files say. One that lacks a key, is damaged or missing does not hide the others: a note says so.
  fileprivate mutating func fill(from version: ModelVersion, home: Home) {
    var faults: [LearningError] = []
    func reading<Value>(_ read: () throws(LearningError) -> Value) -> Value? {
      do {
        return try read()
      } catch {
        // What metrics and decision lack is told once.
        if !faults.contains(error) { faults.append(error) }
        return nil
      }
    }
    let metrics = reading { () throws(LearningError) in
      try version.decoded(RecordedMetrics.self, "metrics", home: home)
    }
    if let metrics {
      let pooled = metrics.gradient.pooled
      (testAsOf, testEvents) = (metrics.test.asOf, metrics.test.positives)
      (auc, logLoss, calibrationSlope) = (pooled.auc, pooled.logLoss, pooled.calibrationSlope)
    }
    let decision = reading { () throws(LearningError) in try version.decision(home: home) }
    if let decision = decision ?? nil { (verdict, failed) = (decision.verdict.rawValue, decision.failures.map(\.name)) }
    for product in version.products {
      _ = reading { () throws(LearningError) in try version.bytes(of: product, home: home) }
    }
    guard !faults.isEmpty else { return }
    note = faults.map(\.message).joined(separator: "; ")
    isDamaged = faults.contains { $0.code != .olderFormat } ? true : nil
  }
}

/// Columns of text, each as wide as its widest cell.
enum TextTable {
  static func lines(_ rows: [[String]]) -> [String] {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      let cells = row.enumerated().map { index, cell in
        index == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[index] - cell.count)
      }
      return cells.joined(separator: "  ")
    }
  }

  /// A number with four digits behind the point.
  static func number(_ value: Double?) -> String { value.map { FixedPoint.text($0, digits: 4) } ?? "-" }
}
