import Calendar
import Columns
import Ledger
import Parallelism

/// Rows from which a version learned nothing, with its probabilities: the predictions of its test date.
struct HeldOutRows: Sendable {
  /// A row's name.
  struct Key: Hashable, Sendable {
    var subscription: Int64
    var asOf: Day
  }

  let keys: [Key]
  let paymentTypes: [String]
  let labels: [Double]
  /// Of the version whose rows these are.
  let probabilities: [Double]
  /// How much each row counts, 0 where a contact may have changed its outcome; nil where all count alike.
  let weights: [Double]?

  /// Takes rows as training has them, with their `judgingWeights`.
  init(_ rows: LabelledRows, probabilities: [Double], weights: [Double]?) {
    keys = zip(rows.subscriptions, rows.asOf).map { Key(subscription: $0, asOf: $1) }
    paymentTypes = rows.paymentTypes
    labels = rows.labels
    self.probabilities = probabilities
    self.weights = weights
  }

  /// Reads the predictions of a version. Those from before rows had weights count alike.
  ///
  /// - Throws: `missingModel` or `damagedModel`.
  init(_ version: ModelVersion, home: Home) throws(LearningError) {
    do {
      try self.init(version.table("predictions", home: home))
    } catch let error as LearningError {
      throw error
    } catch {
      throw HeldOutRows.damaged(version)
    }
    guard Set(keys).count == keys.count, labels.allSatisfy({ $0 == 0 || $0 == 1 }),
      probabilities.allSatisfy({ $0 >= 0 && $0 <= 1 }),
      weights?.allSatisfy({ $0 >= 0 && $0.isFinite }) ?? true
    else { throw HeldOutRows.damaged(version) }
  }

  private static func damaged(_ version: ModelVersion) -> LearningError {
    LearningError(.damagedModel, "the predictions of \(version.label) are not what their format says")
  }

  private init(_ table: Table) throws(ColumnsError) {
    keys = zip(try table.int64("subscription_id").values, try table.date("as_of").values).map {
      Key(subscription: $0, asOf: Day(rawValue: $1))
    }
    paymentTypes = try table.string("payment_type").values
    labels = try table.int32("label").values.map { Double($0) }
    probabilities = try table.double("gradient_probability").values
    let weights = table["weight"] == nil ? nil : try table.double("weight").values
    self.weights = weights?.allSatisfy { $0 == 1 } ?? true ? nil : weights
  }

  /// The dates of the rows, ascending.
  var dates: [Day] { Set(keys.map(\.asOf)).sorted() }

  /// What another version says of these rows; nil of a row that it does not know.
  ///
  /// Where its own held-out rows are of the same dates, its predictions of these, so that neither has learned from them. Else its
  /// model in use, on the twins of the dates.
  func probabilities(
    of other: ModelVersion, home: Home, threads: Int, twins: ([Day]) throws -> [Table]
  ) throws -> (values: [Double?], isInUse: Bool) {
    let own = try HeldOutRows(other, home: home)
    if own.dates == dates {
      let known = Dictionary(uniqueKeysWithValues: zip(own.keys, own.probabilities))
      return (keys.map { known[$0] }, false)
    }
    let models = try other.load(home: home)
    var known: [Key: Double] = [:]
    for (day, twin) in zip(dates, try twins(dates)) {
      let wanted = Set(keys.filter { $0.asOf == day }.map(\.subscription))
      let subscriptions = try twin.int64("subscription_id").values
      let chosen = subscriptions.indices.filter { wanted.contains(subscriptions[$0]) }
      let rows = twin.rows(at: chosen)
      let scored = models.gradientScores(
        try TreatmentHandling.untreated(rows, features: models.gradient.features, threads: threads),
        paymentTypes: try rows.string("payment_type").values, threads: WorkerThreads(count: threads))
      for (row, probability) in zip(chosen, scored.probabilities) {
        known[Key(subscription: subscriptions[row], asOf: day)] = probability
      }
    }
    return (keys.map { known[$0] }, true)
  }
}
