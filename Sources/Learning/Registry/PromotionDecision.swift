package import Calendar
import Ledger

/// What the rule made of a new version: the file `decision-….json`.
package struct PromotionDecision: Sendable, Hashable, Codable {
  /// What became of the version.
  package enum Verdict: String, Sendable, Hashable, Codable {
    /// It is champion.
    case promoted
    /// Every condition holds; a person promotes it.
    case ready
    /// A condition beside the champion fails; it stays challenger.
    case held
    /// A floor fails; it stays challenger.
    case refused
  }

  package var formatVersion = 1
  package var version: String
  package var night: String
  package var verdict: Verdict
  /// The version that was champion, compared or not; absent where there was none.
  package var champion: String?
  package var mode: PromotionRule.Mode
  package var conditions: [PromotionCondition]
  /// Both on the same rows; absent where there was no champion that could be compared.
  package var comparison: PairedComparison?
  /// The dates of the rows.
  package var heldOutDates: [String]
  /// What a reader must know of the comparison.
  package var notes: [String]
  /// That leaving means something else to the champion, so that only the order of scores is compared and a person promotes; absent where
  /// it does not.
  package var labelDifference: String?

  /// Judges a new version.
  ///
  /// - Parameters:
  ///   - champion: the champion's name; nil where there is none.
  ///   - trial: the two side by side; nil where the champion could not be compared, for the reason of `notes`.
  package init(
    _ rule: PromotionRule, version: String, night: Day, rows: CandidateRows, leakage: LeakageGuard.Finding,
    champion: String?, trial: VersionTrial?, notes: [String] = []
  ) {
    self.version = version
    self.night = night.description
    self.champion = champion
    mode = rule.mode
    heldOutDates = rows.dates.map(\.description)
    labelDifference = trial?.labelDifference
    self.notes = [labelDifference].compactMap(\.self) + (trial?.notes ?? []) + notes
    comparison = trial?.comparison
    let floors = rule.floors(rows.side, eventCount: rows.eventCount, singleFeatureAUC: leakage.strongest?.auc)
    let beside = trial.map { rule.conditions($0.comparison, ofOrderAlone: $0.labelDifference != nil) } ?? []
    conditions = floors + beside
    if floors.contains(where: { $0.state == .fails }) {
      verdict = .refused
    } else if beside.contains(where: { $0.state == .fails }) {
      verdict = .held
    } else {
      // Where there is no champion nothing is scored: the first version that passes takes an empty place.
      let isOfNight = rule.mode == .automatic && labelDifference == nil
      verdict = champion == nil || isOfNight ? .promoted : .ready
    }
  }

  /// A new version's own held-out rows, in sums.
  package struct CandidateRows: Sendable {
    package var side: PairedComparison.Side
    package var eventCount: Int
    package var dates: [Day]

    package init(probabilities: [Double], labels: [Double], dates: [Day]) {
      side = .init(probabilities: probabilities, labels: labels)
      eventCount = labels.count { $0 > 0.5 }
      self.dates = dates
    }

    /// Of the rows that count.
    init(_ rows: HeldOutRows) {
      let counted = rows.labels.indices.filter { rows.weights?[$0] ?? 1 > 0 }
      side = .init(
        probabilities: counted.map { rows.probabilities[$0] }, labels: counted.map { rows.labels[$0] },
        weights: rows.weights.map { weights in counted.map { weights[$0] } })
      eventCount = counted.count { rows.labels[$0] > 0.5 }
      dates = rows.dates
    }
  }

  /// Whether the version is champion by this.
  package var isPromoted: Bool { verdict == .promoted }

  /// The conditions that fail.
  package var failures: [PromotionCondition] { conditions.filter { $0.state == .fails } }

  /// One line: what became of the version, and why.
  package var summary: String {
    switch verdict {
    case .promoted: champion.map { "it takes the place of \($0) as champion" } ?? "it is champion, in no other's place"
    case .ready: "it passes the rule and waits for nightjar-train promote \(name)"
    case .held: "it stays challenger beside \(champion ?? "none"): \(reasons)"
    case .refused: "it stays challenger, below the floors: \(reasons)"
    }
  }

  /// What a person should know: also why a champion could not be compared, or in order alone, but not what else limits a comparison.
  package var warnings: [String] {
    let notes = comparison == nil ? notes : [labelDifference].compactMap(\.self)
    guard !isPromoted else { return notes }
    let without = champion == nil ? "; no version is champion, so nothing can be scored" : ""
    return ["\(version): \(summary)\(without)"] + notes
  }

  private var name: String { version.split(separator: "/").last.map(String.init) ?? version }

  private var reasons: String { failures.map { "\($0.text) (\($0.name))" }.joined(separator: "; ") }
}
