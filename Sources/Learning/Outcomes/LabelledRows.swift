package import Calendar
package import Columns

/// A twin of an as-of date with what became of its rows.
package struct LabelledTwin: Sendable {
  package var twin: Table
  package var asOf: Day
  /// The outcome of each row.
  package var fates: [ChurnOutcomes.Fate]
  /// The treatment of each row.
  package var treatments: [RowTreatment]
}

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
    self.treatments = treatments
  }

  /// Takes the rows on the base out of twins, in the order of the twins.
  ///
  /// - Parameters:
  ///   - labelled: twins with the outcomes of their rows.
  ///   - features: the features to read, or nil to learn them from the rows, without `excluded`.
  package init(
    _ labelled: [LabelledTwin], features: [Feature]?, excluded: Set<String>, threads: Int
  ) throws {
    var (labels, subscriptions, asOf): ([Double], [Int64], [Day]) = ([], [], [])
    var (paymentTypes, endedOtherwise, persons): ([String], [Bool], [Int64]) = ([], [], [])
    var (parts, treatments): ([Table], [RowTreatment]) = ([], [])
    for dated in labelled {
      let base = dated.fates.indices.filter { dated.fates[$0].outcome.isOnBase }
      let part = dated.twin.rows(at: base)
      parts.append(part)
      labels += base.map { dated.fates[$0].outcome == .churned ? 1 : 0 }
      endedOtherwise += base.map { dated.fates[$0].outcome == .endedOtherwise }
      treatments += base.map { dated.treatments[$0] }
      let ids = try part.int64("subscription_id").values
      let holders = try part.int64("person_id")
      subscriptions += ids
      persons += ids.indices.map { holders[$0] ?? ids[$0] }
      paymentTypes += try part.string("payment_type").values
      asOf += [Day](repeating: dated.asOf, count: base.count)
    }
    let rows = try Table.concatenating(parts)
    table =
      if let features {
        try FeatureTable(rows, features: features, threads: threads)
      } else {
        FeatureTable(learning: rows, excluding: excluded, threads: threads)
      }
    (self.labels, self.subscriptions, self.persons, self.asOf) = (labels, subscriptions, persons, asOf)
    (self.paymentTypes, self.endedOtherwise, self.treatments) = (paymentTypes, endedOtherwise, treatments)
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
    rows.treatments = chosen(treatments)
    return rows
  }

  /// The number of rows.
  package var rowCount: Int { labels.count }
  /// The number of rows with label 1.
  package var positiveCount: Int { labels.count { $0 > 0.5 } }
}
