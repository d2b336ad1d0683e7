import Calendar
import ElementaryFunctions
import Parallelism

/// The probability of being treated, given what the twin of the as-of date shows.
///
/// Two small gradient models: of an effect carried over from before, and of contacts in the window for those without
/// one. Contacts of other tools come without the probability by which they were chosen, so it is fitted for all alike.
/// Rows of one half of the customers are weighted by models of the other half.
///
/// A leaver of the third day was hardly at risk of a contact, and a weight for the whole window would count such leavers too
/// often. So a row counts for as long as it was watched: it stayed uncontacted with probability (1 − q)^(n·A(t)), where
/// A(t) is the share of the window's contacts, as they came over its days at that as-of date, that would have come before
/// the event of day t, and q the chance of one in the n-th part of them.
package struct TreatmentPropensity: Sendable {
  /// n: parts of the window's contacts so small that a second one in the same part does not matter.
  private static let partCount = 30.0
  /// A learner must have some weight for a row; this one says nothing.
  private static let leastWeight = 1e-3
  /// A chance of some per cent is known well enough from so many rows: more would only take longer.
  package static let greatestRowCount = 200_000

  /// Small and slow enough to be calibrated on rows that it has not seen.
  private static var parameters: GradientBoosting.Parameters {
    var parameters = GradientBoosting.Parameters()
    parameters.treeCount = 150
    parameters.leafCount = 12
    parameters.learningRate = 0.1
    parameters.minimumLeafRowCount = 200
    parameters.earlyStoppingRounds = 0
    return parameters
  }

  /// 1 / P(untreated for as long as the row was watched), one a row.
  ///
  /// - Throws: `cannotTrain` where rows are too many for a learner.
  static func weights(_ rows: LabelledRows, threads: WorkerThreads) throws(LearningError) -> [Double] {
    let exposures = exposures(rows.treatments, asOf: rows.asOf)
    let halves = CustomerGroups(heldOutPercent: 50)
    let sides = rows.persons.map { halves.isHeldOut($0) }
    var weights = [Double](repeating: 1, count: rows.rowCount)
    for side in [false, true] {
      let own = sides.indices.filter { sides[$0] == side }
      let other = thinned(sides.indices.filter { sides[$0] != side })
      let table = rows.table.rows(at: own)
      let before = try carriedOver(rows, other, threads)?.rawScores(table, threads: threads)
      let within = try contacted(rows, other, exposures, threads)?.rawScores(table, threads: threads)
      for (index, row) in own.enumerated() {
        // −ln(1 − p) of a logistic p of raw score s is ln(1 + e^s).
        let parts = partCount * exposures[row].watched
        weights[row] = exponential(
          (before.map { softplus($0[index]) } ?? 0) + parts * (within.map { softplus($0[index]) } ?? 0))
      }
    }
    return weights
  }

  /// Every n-th row, with the least n that leaves `greatestRowCount` at most; pseudonyms order rows by chance.
  package static func thinned(_ rows: [Int]) -> [Int] {
    guard let last = rows.indices.last else { return rows }
    return stride(from: 0, through: last, by: last / greatestRowCount + 1).map { rows[$0] }
  }

  /// The model of effects carried over; nil where none, or nothing else, is there.
  private static func carriedOver(
    _ rows: LabelledRows, _ chosen: [Int], _ threads: WorkerThreads
  ) throws(LearningError) -> BoostedModel? {
    let labels = chosen.map { rows.treatments[$0].isCarriedOver ? 1.0 : 0 }
    guard labels.contains(1), labels.contains(0) else { return nil }
    return try GradientBoosting(parameters: parameters).fit(
      rows.table.rows(at: chosen), labels: labels, threads: threads
    ).model
  }

  /// The model of q: each row without effects from before is a 0 for every part that it was watched, and, where a contact
  /// ended that, a 1 besides.
  private static func contacted(
    _ rows: LabelledRows, _ chosen: [Int], _ exposures: [Exposure], _ threads: WorkerThreads
  ) throws(LearningError) -> BoostedModel? {
    let fresh = chosen.filter { !rows.treatments[$0].isCarriedOver }
    let reached = fresh.filter { rows.treatments[$0].contactedAfterDays != nil }
    guard !reached.isEmpty, reached.count < fresh.count else { return nil }
    let zeros = fresh.map { max(leastWeight, partCount * exposures[$0].uncontacted) }
    return try GradientBoosting(parameters: parameters).fit(
      rows.table.rows(at: fresh + reached), labels: fresh.map { _ in 0 } + reached.map { _ in 1 },
      weights: zeros + reached.map { _ in 1 }, threads: threads
    ).model
  }

  /// Shares of the window's contacts, by the time at which they came.
  private struct Exposure {
    /// Up to the event, or the end of the window: A(t).
    var watched = 0.0
    /// Up to the first contact, where that came before; half of its own day's.
    var uncontacted = 0.0
  }

  /// The cumulative hazard of a first contact, as a share of the window's; each as-of date by itself, since contacts keep to
  /// days of the week.
  private static func exposures(_ treatments: [RowTreatment], asOf: [Day]) -> [Exposure] {
    let lastDay = treatments.map(\.watchedDays).max() ?? 0
    var cumulative: [Day: [Double]] = [:]
    for date in Set(asOf) {
      var (atRisk, contacts) = ([Int](repeating: 0, count: lastDay + 1), [Int](repeating: 0, count: lastDay + 1))
      for row in treatments.indices where asOf[row] == date && !treatments[row].isCarriedOver {
        let treatment = treatments[row]
        if let day = treatment.contactedAfterDays { contacts[day] += 1 }
        var day = 1
        while day <= lastDay, treatment.isAtRisk(on: day) {
          atRisk[day] += 1
          day += 1
        }
      }
      var sums = [Double](repeating: 0, count: lastDay + 1)
      for day in stride(from: 1, through: lastDay, by: 1) {
        let hazard = atRisk[day] > 0 ? min(0.99, Double(contacts[day]) / Double(atRisk[day])) : 0
        sums[day] = sums[day - 1] - naturalLogarithm(1 - hazard)
      }
      cumulative[date] = sums
    }
    return treatments.indices.map { row in
      guard let sums = cumulative[asOf[row]], let total = sums.last, total > 0 else { return Exposure() }
      let treatment = treatments[row]
      let watched = sums[max(0, treatment.watchedDays - (treatment.hasEvent ? 1 : 0))] / total
      let contacted = treatment.contactedAfterDays.map { (sums[$0 - 1] + sums[$0]) / 2 / total }
      return Exposure(watched: watched, uncontacted: contacted ?? watched)
    }
  }
}
