package import Calendar
import Columns

/// Rows of the active base at one or several as-of dates, with features and labels.
package struct LabelledRows: Sendable {
  /// The features.
  package var table: FeatureTable
  /// 1 where the row churned within the horizon, else 0.
  package var labels: [Double]
  /// The subscription of each row.
  package var subscriptions: [Int64]
  /// The person who holds it; where that is not known, the subscription stands for one.
  package var persons: [Int64]
  /// The as-of date of each row.
  package var asOf: [Day]
  /// The payment type of each row.
  package var paymentTypes: [String]
  /// Whether the row ended by another cause within the horizon.
  package var endedOtherwise: [Bool]
  /// Whether the row ended within the horizon by a cause that is no competing one.
  package var endedByWill: [Bool]
  /// Whether contacts may have changed the outcome of each row.
  package var treatments: [RowTreatment]

  /// Puts rows of one as-of date together that come from elsewhere; a row is a customer of its own.
  package init(
    _ table: FeatureTable, labels: [Double], asOf: Day, paymentTypes: [String], treatments: [RowTreatment]
  ) {
    self.table = table
    self.labels = labels
    subscriptions = labels.indices.map(Int64.init)
    persons = subscriptions
    self.asOf = [Day](repeating: asOf, count: labels.count)
    self.paymentTypes = paymentTypes
    endedOtherwise = [Bool](repeating: false, count: labels.count)
    endedByWill = endedOtherwise
    self.treatments = treatments
  }

  /// Labels rows of the active base at one as-of date.
  ///
  /// - Parameters:
  ///   - standing: who the rows are.
  ///   - fates: what became of them.
  init(
    _ table: FeatureTable, _ standing: Table, _ fates: [ChurnOutcomes.Fate], _ history: ChurnHistory, asOf: Day
  ) throws(ColumnsError) {
    self.table = table
    labels = fates.map { $0.outcome == .churned ? 1 : 0 }
    subscriptions = try standing.int64("subscription_id").values
    let holders = try standing.int64("person_id")
    persons = subscriptions.indices.map { [subscriptions] row in holders[row] ?? subscriptions[row] }
    paymentTypes = try standing.string("payment_type").values
    endedOtherwise = fates.map { $0.outcome == .endedOtherwise }
    endedByWill = fates.map(\.hasEndedByWill)
    treatments = try history.treatments(of: standing, fates, asOf: asOf)
    self.asOf = [Day](repeating: asOf, count: fates.count)
  }

  /// Rows one behind the other; all must have the same features.
  init(concatenating parts: [LabelledRows]) {
    table = .concatenating(parts.map(\.table))
    labels = parts.flatMap(\.labels)
    subscriptions = parts.flatMap(\.subscriptions)
    persons = parts.flatMap(\.persons)
    asOf = parts.flatMap(\.asOf)
    paymentTypes = parts.flatMap(\.paymentTypes)
    endedOtherwise = parts.flatMap(\.endedOtherwise)
    endedByWill = parts.flatMap(\.endedByWill)
    treatments = parts.flatMap(\.treatments)
  }

  /// The rows at `indices`, in their order.
  package func rows(at indices: [Int]) -> LabelledRows {
    func chosen<Value>(_ values: [Value]) -> [Value] { indices.map { values[$0] } }
    var rows = self
    rows.table = table.rows(at: indices)
    rows.labels = chosen(labels)
    rows.subscriptions = chosen(subscriptions)
    rows.persons = chosen(persons)
    rows.asOf = chosen(asOf)
    rows.paymentTypes = chosen(paymentTypes)
    rows.endedOtherwise = chosen(endedOtherwise)
    rows.endedByWill = chosen(endedByWill)
    rows.treatments = chosen(treatments)
    return rows
  }

  /// The number of rows.
  package var rowCount: Int { labels.count }
  /// The number of rows with label 1.
  package var positiveCount: Int { labels.count { $0 > 0.5 } }
}
