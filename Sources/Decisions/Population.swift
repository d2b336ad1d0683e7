import Columns

/// The subscriptions of a night with their twins, scores and persons, ordered by subscription.
struct Population: Sendable {
  /// One a row, ascending, unique.
  let subscriptionIDs: [Int64]
  /// One a row: a position in `personIDs`, or -1 where the person is unknown.
  let persons: [Int32]
  /// The persons, ascending, unique.
  let personIDs: [Int64]
  /// Probability of churn within the horizon if nothing is done; missing without a score.
  let churnProbability: TypedColumn<Double>
  /// Lifetime value in 1/10,000 of the currency unit; missing without a score.
  let clvE4: TypedColumn<Int64>
  private let twins: Table
  private let twinRows: [Int32]
  private let scores: Table
  private let scoreRows: [Int32]

  var rowCount: Int { subscriptionIDs.count }

  /// The fields of the score that conditions may name beside those of the twin.
  static let scoreFields = [
    ColumnField("churn_probability", .double, "Probability of churn within the horizon."),
    ColumnField("clv_e4", .int64, isNullable: true, "Lifetime value."),
    ColumnField("margin_e4", .int64, isNullable: true, "Expected margin per 30 days."),
  ]

  /// The columns of the twins that every night needs; conditions may name more.
  static let twinColumns =
    [
      "subscription_id", "person_id", "status", "is_in_notice", "ticket_open_count", "monthly_fee_e4",
      "consent_profiling",
    ] + ContactChannel.allCases.map { "consent_\($0.rawValue)" }

  /// Joins twins and scores; the order of their rows does not matter.
  ///
  /// Scores of another horizon are left out; scores without a twin are ignored. O(n log n).
  init(twins: Table, scores: Table, horizonDays: Int?) throws {
    let twinIDs = try twins.int64("subscription_id").values
    let twinRows = try Self.ascendingRows(twinIDs, "the twins")
    let ids = twinRows.map { twinIDs[Int($0)] }
    let scoreRows = try Self.rows(of: ids, in: scores, horizonDays: horizonDays)

    let personColumn = gathered(try twins.int64("person_id"), twinRows, placeholder: 0)
    let personIDs = Array(Set((0..<ids.count).compactMap { personColumn[$0] })).sorted()
    let positions = Dictionary(uniqueKeysWithValues: personIDs.enumerated().map { ($1, Int32($0)) })

    self.twins = twins
    self.twinRows = twinRows
    self.scores = scores
    self.scoreRows = scoreRows
    self.personIDs = personIDs
    subscriptionIDs = ids
    persons = (0..<ids.count).map { row in personColumn[row].flatMap { positions[$0] } ?? -1 }
    churnProbability = gathered(try scores.double("churn_probability"), scoreRows, placeholder: 0)
    clvE4 = gathered(try scores.int64("clv_e4"), scoreRows, placeholder: 0)
  }

  /// The column of a twin or score field, a value a row; nil where neither has it.
  func column(_ name: String) -> Column? {
    if let column = twins[name] { return gathered(column, twinRows) }
    guard Self.scoreFields.contains(where: { $0.name == name }) else { return nil }
    return scores[name].map { gathered($0, scoreRows) }
  }

  /// The flags of a twin field.
  func flags(_ name: String) throws -> TypedColumn<Bool> {
    gathered(try twins.bool(name), twinRows, placeholder: false)
  }

  /// The texts of a twin field.
  func texts(_ name: String) throws -> TypedColumn<String> {
    gathered(try twins.string(name), twinRows, placeholder: "")
  }

  /// The small integers of a twin field.
  func counts(_ name: String) throws -> TypedColumn<Int32> { gathered(try twins.int32(name), twinRows, placeholder: 0) }

  /// The amounts of a twin field.
  func amounts(_ name: String) throws -> TypedColumn<Int64> {
    gathered(try twins.int64(name), twinRows, placeholder: 0)
  }

  /// The rows of `ids` in ascending order of their value.
  private static func ascendingRows(_ ids: [Int64], _ what: String) throws(DecisionsError) -> [Int32] {
    let rows = (0..<Int32(ids.count)).sorted { ids[Int($0)] < ids[Int($1)] }
    for (a, b) in zip(rows, rows.dropFirst()) where ids[Int(a)] == ids[Int(b)] {
      throw DecisionsError(.badInput, "\(what) hold a subscription twice")
    }
    return rows
  }

  /// For each of `ids` its row in `scores`, or -1.
  private static func rows(of ids: [Int64], in scores: Table, horizonDays: Int?) throws -> [Int32] {
    let scoreIDs = try scores.int64("subscription_id").values
    let horizons = try scores.int32("horizon_days").values
    if horizonDays == nil, let first = horizons.first, horizons.contains(where: { $0 != first }) {
      throw DecisionsError(.badInput, "the scores have several horizons; name one in policy.yaml as horizon-days")
    }
    let wanted = (0..<Int32(scoreIDs.count)).filter { horizonDays == nil || Int(horizons[Int($0)]) == horizonDays }
    if wanted.isEmpty, !scoreIDs.isEmpty {
      throw DecisionsError(.badInput, "no score has the horizon of policy.yaml's horizon-days")
    }
    let ordered = try ascendingRows(wanted.map { scoreIDs[Int($0)] }, "the scores").map { wanted[Int($0)] }
    var rows = [Int32](repeating: -1, count: ids.count)
    var next = 0
    for (row, id) in ids.enumerated() {
      while next < ordered.count, scoreIDs[Int(ordered[next])] < id { next += 1 }
      if next < ordered.count, scoreIDs[Int(ordered[next])] == id { rows[row] = ordered[next] }
    }
    return rows
  }
}

/// The values of `column` at `rows`; missing where the row is -1.
private func gathered<Value>(_ column: TypedColumn<Value>, _ rows: [Int32], placeholder: Value) -> TypedColumn<Value> {
  var values: [Value] = []
  values.reserveCapacity(rows.count)
  var validity: [Bool]? = column.validity != nil || rows.contains(-1) ? [] : nil
  for row in rows {
    values.append(row < 0 ? placeholder : column.values[Int(row)])
    validity?.append(row >= 0 && column.isValid(Int(row)))
  }
  return TypedColumn(values, validity: validity)
}

/// The rows of a column of any type, as above.
private func gathered(_ column: Column, _ rows: [Int32]) -> Column {
  switch column {
  case .int32(let column): .int32(gathered(column, rows, placeholder: 0))
  case .int64(let column): .int64(gathered(column, rows, placeholder: 0))
  case .double(let column): .double(gathered(column, rows, placeholder: 0))
  case .bool(let column): .bool(gathered(column, rows, placeholder: false))
  case .date(let column): .date(gathered(column, rows, placeholder: 0))
  case .timestamp(let column): .timestamp(gathered(column, rows, placeholder: 0))
  case .string(let column): .string(gathered(column, rows, placeholder: ""))
  }
}
