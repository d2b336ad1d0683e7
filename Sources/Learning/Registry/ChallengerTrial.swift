import Calendar
import Columns
import Ledger

/// The trial of a version that a night has just trained: its own floors, and the champion on the same held-out rows.
struct ChallengerTrial {
  let rule: PromotionRule
  let home: Home
  let night: Day
  /// What leaving means to the version.
  let label: VersionLabel
  /// Of twins.
  let schema: Schema
  /// Fields that no model may read.
  let barredFields: Set<String>
  let threads: Int

  /// Judges the version of the name `version`, whose held-out rows these are. A champion that cannot be read, or cannot read the twins, is
  /// not compared: the floors alone decide, and a note says why.
  ///
  /// - Parameter twins: makes the twins of dates, each as known then.
  func decision(
    of version: String, rows: HeldOutRows, leakage: LeakageGuard.Finding, champion: ModelVersion?,
    twins: ([Day]) throws -> [Table]
  ) throws -> PromotionDecision {
    func decision(_ trial: VersionTrial?, notes: [String] = []) -> PromotionDecision {
      PromotionDecision(
        rule, version: version, night: night, rows: .init(rows), leakage: leakage, champion: champion?.label,
        trial: trial, notes: notes)
    }
    guard let champion else { return decision(nil) }
    func withoutTrial(_ reason: String) -> PromotionDecision {
      decision(nil, notes: ["\(champion.label) was champion and is not compared: \(reason)"])
    }
    // One that cannot score tonight is no measure for another.
    if let reason = try champion.incapacity(home: home, schema: schema, barredFields: barredFields) {
      return withoutTrial(reason)
    }
    do {
      return decision(
        try VersionTrial(
          champion: champion, challenger: rows, name: version, label: label, confidence: rule.confidence, home: home,
          threads: threads, twins: twins))
    } catch let error as LearningError where ModelVersion.unreadable.contains(error.code) {
      return withoutTrial(error.message)
    }
  }
}
