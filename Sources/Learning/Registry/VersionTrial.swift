package import Calendar
import Columns
import Ledger

/// Two versions side by side on the held-out rows of the one whose test date is later.
package struct VersionTrial: Sendable {
  /// The metrics.
  package let comparison: PairedComparison
  /// The dates of the rows.
  package let dates: [Day]
  /// Rows that one of the two does not know; they are left out.
  package let unmatchedRowCount: Int
  /// What a reader must know of the rows.
  package let notes: [String]
  /// That leaving means something else to the one than to the other, so that only the order of their scores can be compared; nil where it
  /// does not.
  package let labelDifference: String?

  /// Puts `challenger`, whose rows these are, beside `champion`.
  ///
  /// - Parameters:
  ///   - name: the challenger's.
  ///   - label: what leaving means to it.
  ///   - twins: makes the twins of dates, each as known then.
  init(
    champion: ModelVersion, challenger rows: HeldOutRows, name: String, label: VersionLabel, confidence: Double,
    home: Home, threads: Int, twins: ([Day]) throws -> [Table]
  ) throws {
    let (values, isInUse) = try rows.probabilities(of: champion, home: home, threads: threads, twins: twins)
    let other = try VersionLabel(champion, home: home)
    self.init(
      rows, champion: values, challenger: rows.probabilities, confidence: confidence,
      notes: try VersionTrial.notes(
        held: name, other: champion, isInUse: isInUse, dates: rows.dates, other.horizonDays, home),
      labelDifference: VersionTrial.difference((champion.label, other), (name, label)))
  }

  /// Puts any two versions side by side; the first plays the champion.
  init(
    _ champion: ModelVersion, _ challenger: ModelVersion, confidence: Double, home: Home, threads: Int,
    twins: ([Day]) throws -> [Table]
  ) throws {
    let label = try VersionLabel(challenger, home: home)
    let (own, others) = (try HeldOutRows(challenger, home: home), try HeldOutRows(champion, home: home))
    guard let newest = own.dates.last, let other = others.dates.last, other > newest else {
      try self.init(
        champion: champion, challenger: own, name: challenger.label, label: label, confidence: confidence, home: home,
        threads: threads, twins: twins)
      return
    }
    let (values, isInUse) = try others.probabilities(of: challenger, home: home, threads: threads, twins: twins)
    self.init(
      others, champion: others.probabilities, challenger: values, confidence: confidence,
      notes: try VersionTrial.notes(
        held: champion.label, other: challenger, isInUse: isInUse, dates: others.dates, label.horizonDays, home),
      labelDifference: VersionTrial.difference(
        (champion.label, try VersionLabel(champion, home: home)), (challenger.label, label)))
  }

  /// A trial of metrics that are there already.
  package init(_ comparison: PairedComparison, dates: [Day], notes: [String], labelDifference: String? = nil) {
    (self.comparison, self.dates, self.notes) = (comparison, dates, notes)
    self.labelDifference = labelDifference
    unmatchedRowCount = 0
  }

  private init(
    _ rows: HeldOutRows, champion: [Double?], challenger: [Double?], confidence: Double, notes: [String],
    labelDifference: String?
  ) {
    let known = rows.keys.indices.filter { champion[$0] != nil && challenger[$0] != nil }
    comparison = PairedComparison(
      champion: known.map { champion[$0] ?? 0 }, challenger: known.map { challenger[$0] ?? 0 },
      labels: known.map { rows.labels[$0] }, paymentTypes: known.map { rows.paymentTypes[$0] },
      weights: rows.weights.map { weights in known.map { weights[$0] } }, confidence: confidence)
    dates = rows.dates
    unmatchedRowCount = rows.keys.count - known.count
    self.notes = notes
    self.labelDifference = labelDifference
  }

  private static func difference(
    _ champion: (name: String, label: VersionLabel), _ challenger: (name: String, label: VersionLabel)
  ) -> String? {
    champion.label.difference(from: challenger.label).map {
      "\(champion.name) and \(challenger.name) have labels that differ (\($0)): only the order of their scores is compared"
    }
  }

  /// The version without held-out rows of these dates plays with its model in use, which may have seen what came after them, by labels of
  /// its own horizon.
  private static func notes(
    held: String, other: ModelVersion, isInUse: Bool, dates: [Day], _ horizonDays: Int, _ home: Home
  ) throws -> [String] {
    guard isInUse, let first = dates.first else { return [] }
    let parts = try other.decoded(RecordedMetrics.self, "metrics", home: home)
    let learned = (parts.deployedTrain.asOf + parts.deployedValidation.asOf).compactMap { Day($0) }.max()
    guard let learned, learned + horizonDays > first else { return [] }
    return [
      "\(other.label) has learned from labels up to \(learned + horizonDays), the rows are of \(first): it may look better "
        + "than it is, beside \(held), which has learned from none of them"
    ]
  }
}
