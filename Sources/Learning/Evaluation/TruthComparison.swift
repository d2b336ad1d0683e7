import Columns
public import Ledger

/// A version's predictions for its test date, beside the truth of a synthetic operator.
///
/// Rows are joined by subscription and as-of date. Each model, and the best probability that an observer of the deliveries
/// could state, is evaluated against the labels: pooled and within each payment type. The claims are what a model must
/// hold to be of use: better than chance within each type, the gradient model better than the logistic one, and
/// probabilities that mean what they say.
public struct TruthComparison: Sendable {
  /// A source of probabilities within a group of rows.
  public struct Row: Sendable, Hashable, Codable {
    /// gradient, logistic, best observable or true.
    public var source: String
    /// pooled, prepaid or postpaid.
    public var group: String
    /// The metrics.
    public var evaluation: Evaluation
  }

  /// A sentence about the rows that holds or does not.
  public struct Claim: Sendable, Hashable, Codable {
    /// The sentence.
    public var text: String
    /// Whether it holds.
    public var holds: Bool
  }

  /// The metrics, group by group.
  public private(set) var rows: [Row] = []
  /// The claims.
  public private(set) var claims: [Claim] = []
  /// The rows of predictions without a truth of the same day: on the operator's books, but not on its active base.
  public private(set) var unmatchedRowCount = 0

  /// Reads the predictions of the champion of the home, or of the version of that name, and the truth at `truthPath`; throws `LearningError`,
  /// `ColumnsError` or `LedgerError`.
  public init(home: Home, version: String? = nil, truthPath: String) throws {
    let predictions = try JudgedPredictions(home: home, version: version).table
    let truth = try ParquetFile.read(
      truthPath, columns: ["subscription_id", "as_of", "best_observable_30d", "probability_30d"])
    try compare(predictions, truth)
  }

  private mutating func compare(_ predictions: Table, _ truth: Table) throws {
    struct Key: Hashable {
      var subscription: Int64
      var asOf: Int32
    }
    let truthSubscriptions = try truth.int64("subscription_id").values
    let truthDays = try truth.date("as_of").values
    var positions: [Key: Int] = [:]
    for row in truthSubscriptions.indices {
      positions[Key(subscription: truthSubscriptions[row], asOf: truthDays[row])] = row
    }
    let subscriptions = try predictions.int64("subscription_id").values
    let days = try predictions.date("as_of").values
    let types = try predictions.string("payment_type").values
    let labels = try predictions.int32("label").values.map(Double.init)
    let joined = subscriptions.indices.compactMap { row in
      positions[Key(subscription: subscriptions[row], asOf: days[row])].map { (row: row, truth: $0) }
    }
    unmatchedRowCount = subscriptions.count - joined.count
    guard !joined.isEmpty else {
      throw LearningError(
        .missingColumn,
        "the truth knows none of the predictions' subscriptions on their day; name that day with --truth-day")
    }
    let gradient = try predictions.double("gradient_probability").values
    let logistic = try predictions.double("logistic_probability").values
    let observable = try truth.double("best_observable_30d").values
    let probability = try truth.double("probability_30d").values
    for group in ["pooled", "prepaid", "postpaid"] {
      let chosen = joined.filter { group == "pooled" || types[$0.row] == group }
      let truths = chosen.map { labels[$0.row] }
      for (source, values) in [
        ("gradient", chosen.map { gradient[$0.row] }), ("logistic", chosen.map { logistic[$0.row] }),
        ("best observable", chosen.map { observable[$0.truth] }), ("true", chosen.map { probability[$0.truth] }),
      ] {
        rows.append(
          Row(source: source, group: group, evaluation: Evaluation(probabilities: values, labels: truths)))
      }
    }
    claims = makeClaims()
  }

  private func evaluation(_ source: String, _ group: String) -> Evaluation? {
    rows.first { $0.source == source && $0.group == group }?.evaluation
  }

  private func makeClaims() -> [Claim] {
    var claims: [Claim] = []
    for group in ["prepaid", "postpaid"] {
      for source in ["gradient", "logistic"] {
        let found = evaluation(source, group)
        let floor = found.flatMap(TruthComparison.chanceBound)
        let holds = floor.map { (found?.auc ?? 0) > $0 } ?? false
        claims.append(
          Claim(
            text:
              "\(source) beats chance within \(group): AUC above \(TruthComparison.text(floor)), two standard errors over 0.5",
            holds: holds))
      }
    }
    for group in ["pooled", "prepaid", "postpaid"] {
      let ahead = (evaluation("gradient", group)?.auc ?? 0) - (evaluation("logistic", group)?.auc ?? 1)
      claims.append(
        Claim(text: "gradient beats logistic, \(group): AUC ahead by \(TruthComparison.text(ahead))", holds: ahead > 0))
    }
    for source in ["gradient", "logistic"] {
      let slope = evaluation(source, "pooled")?.calibrationSlope
      claims.append(
        Claim(
          text: "calibration slope of \(source) between 0.8 and 1.2: \(TruthComparison.text(slope))",
          holds: slope.map { (0.8...1.2).contains($0) } ?? false))
    }
    return claims
  }

  /// The AUC that chance stays below in 39 of 40 samples: 0.5 and two standard errors of the rank-sum under no effect.
  private static func chanceBound(_ evaluation: Evaluation) -> Double? {
    let positives = Double(evaluation.positiveCount)
    let negatives = Double(evaluation.rowCount) - positives
    guard positives > 0, negatives > 0 else { return nil }
    return 0.5 + 2 * ((positives + negatives + 1) / (12 * positives * negatives)).squareRoot()
  }
}

// What people and machines read.
extension TruthComparison {
  /// A table in text, then the claims.
  public var lines: [String] {
    var lines = ["group     source           rows     leavers  AUC     lift 10 %  log loss  slope"]
    for row in rows {
      let metrics = row.evaluation
      let cells: [(String, Int)] = [
        (row.group, 10), (row.source, 17), ("\(metrics.rowCount)", 9), ("\(metrics.positiveCount)", 9),
        (TruthComparison.text(metrics.auc), 8), (TruthComparison.text(metrics.liftTopDecile), 11),
        (TruthComparison.text(metrics.logLoss), 10), (TruthComparison.text(metrics.calibrationSlope), 0),
      ]
      lines.append(cells.map { $0 + String(repeating: " ", count: max(0, $1 - $0.count)) }.joined())
    }
    return lines + claims.map { "\($0.holds ? "holds" : "FAILS")  \($0.text)" }
  }

  /// Rows and claims as one JSON object with sorted keys.
  public var json: String {
    get throws {
      struct Report: Encodable {
        var rows: [Row]
        var claims: [Claim]
        var unmatchedRows: Int
      }
      return String(
        try ModelVersion.json(Report(rows: rows, claims: claims, unmatchedRows: unmatchedRowCount)).dropLast())
    }
  }

  /// A number with four digits behind the point.
  private static func text(_ value: Double?) -> String {
    guard let value else { return "–" }
    let scaled = Int((abs(value) * 10_000).rounded())
    let fraction = String(scaled % 10_000)
    return (value < 0 && scaled > 0 ? "-" : "") + "\(scaled / 10_000)."
      + String(repeating: "0", count: 4 - fraction.count) + fraction
  }
}
