import Calendar
import Columns
import Ledger

/// The trial of a version that a night has just trained: its own floors, and the champion on the same held-out rows.
struct ChallengerTrial {
  let rule: PromotionRule
  let home: Home
  let night: Day
  let horizonDays: Int
  /// Fields that no model may read.
  let barredFields: Set<String>
  let threads: Int

  /// Judges the version.
  ///
  /// - Parameters:
  ///   - schema: of twins.
  ///   - twins: makes the twins of dates, each as known then.
  func decision(
    of label: String, rows: LabelledRows, probabilities: [Double], leakage: LeakageGuard.Finding,
    champion: ModelVersion?, schema: Schema, twins: ([Day]) throws -> [Table]
  ) throws -> PromotionDecision {
    let held = HeldOutRows(rows, probabilities: probabilities)
    let own = PromotionDecision.CandidateRows(probabilities: probabilities, labels: rows.labels, dates: held.dates)
    guard let champion else {
      return PromotionDecision(
        rule, version: label, night: night, rows: own, leakage: leakage, champion: nil, trial: nil)
    }
    if let reason = try incapacity(champion, schema) {
      // It could not score tonight either, so that the floors alone decide.
      return PromotionDecision(
        rule, version: label, night: night, rows: own, leakage: leakage, champion: nil, trial: nil,
        notes: ["\(champion.label) was champion and is not compared: \(reason)"])
    }
    let trial = try VersionTrial(
      champion: champion, challenger: held, label: label, horizonDays: horizonDays, confidence: rule.confidence,
      home: home, threads: threads, twins: twins)
    return PromotionDecision(
      rule, version: label, night: night, rows: own, leakage: leakage, champion: champion.label, trial: trial)
  }

  /// Why the champion cannot read today's twins; nil where it can.
  private func incapacity(_ champion: ModelVersion, _ schema: Schema) throws -> String? {
    let models = try champion.load(home: home)
    let further = try champion.loadFurther(home: home)
    let features = models.gradient.features + models.logistic.features + further.flatMap(\.gradient.features)
    if let name = features.map(\.name).first(where: barredFields.contains) {
      return "it reads '\(name)', which is barred from models"
    }
    let readable = Result { () throws(LearningError) in
      for read in [models.gradient.features] + further.map(\.gradient.features) {
        _ = try TreatmentHandling.untreated(Table(empty: schema), features: read, threads: 1)
      }
    }
    guard case .failure(let error) = readable else { return nil }
    guard error.code == .missingColumn else { throw error }
    return error.message
  }
}
