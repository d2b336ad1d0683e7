public import Calendar
import Columns
import Datasets
public import Ledger

/// A night's scores beside the untreated truth of a synthetic operator: what happens if nothing is done.
///
/// Rows are joined by subscription. The tenth with the greatest predictions is compared by means: a prediction of ten per
/// cent is right where ten in a hundred would leave who are not contacted.
public struct UntreatedComparison: Sendable {
  /// A group of rows, all or a payment type.
  public struct Row: Sendable, Hashable, Codable {
    /// pooled, prepaid or postpaid.
    public var group: String
    /// all, or the tenth with the greatest predictions within the group.
    public var part: String
    /// Rows with a score and a truth.
    public var rows: Int
    /// Mean predicted probability.
    public var predicted: Double
    /// Mean true probability where contacts never did anything.
    public var untreated: Double
    /// Predicted over untreated.
    public var ratio: Double
  }

  /// How far the ratio of the riskiest tenth may lie from 1.
  public static let tolerance = 0.1

  /// The comparison, group by group.
  public private(set) var rows: [Row] = []

  /// Reads the scores of `night` and the truth at `truthPath`; throws `LearningError`, `ColumnsError` or `LedgerError`.
  public init(home: Home, night: Day, truthPath: String) throws {
    let products = try CommitLog.open(home).state(.head).products(Dataset.scores.name, where: ["date": "\(night)"])
    guard !products.isEmpty else {
      throw LearningError(.missingModel, "there are no scores of \(night): run nightjar-score --date \(night) first")
    }
    let truth = try ParquetFile.read(
      truthPath, columns: ["subscription_id", "as_of", "payment_type", "probability_30d"])
    let (ids, days) = (try truth.int64("subscription_id").values, try truth.date("as_of").values)
    let (types, probabilities) = (try truth.string("payment_type").values, try truth.double("probability_30d").values)
    var positions: [Int64: Int] = [:]
    for row in ids.indices where days[row] == night.rawValue { positions[ids[row]] = row }
    var pairs: [(predicted: Double, untreated: Double, type: String)] = []
    for product in products {
      let scores = try ParquetFile.read(home.url(product.name), columns: ["subscription_id", "churn_probability"])
      for (id, predicted) in zip(
        try scores.int64("subscription_id").values, try scores.double("churn_probability").values)
      {
        if let row = positions[id] { pairs.append((predicted, probabilities[row], types[row])) }
      }
    }
    guard !pairs.isEmpty else {
      throw LearningError(
        .missingColumn, "the truth knows none of the scored subscriptions on \(night); name that day with --truth-day")
    }
    for group in ["pooled", "prepaid", "postpaid"] {
      // Ascending subscriptions within a score, so that ties do not depend on anything else.
      let chosen = pairs.filter { group == "pooled" || $0.type == group }
      let order = chosen.indices.sorted { (chosen[$1].predicted, $0) < (chosen[$0].predicted, $1) }
      add(group, "all", chosen)
      add(group, "top tenth", order.prefix(chosen.count / 10).map { chosen[$0] })
    }
  }

  private mutating func add(
    _ group: String, _ part: String, _ pairs: [(predicted: Double, untreated: Double, type: String)]
  ) {
    guard !pairs.isEmpty else { return }
    let count = Double(pairs.count)
    let predicted = pairs.reduce(0.0) { $0 + $1.predicted } / count
    let untreated = pairs.reduce(0.0) { $0 + $1.untreated } / count
    rows.append(
      Row(
        group: group, part: part, rows: pairs.count, predicted: predicted, untreated: untreated,
        ratio: predicted / untreated))
  }

  /// Whether the riskiest tenth of all is predicted within `tolerance`.
  public var holds: Bool {
    rows.first { $0.group == "pooled" && $0.part != "all" }.map { abs($0.ratio - 1) <= Self.tolerance } ?? false
  }

  /// A table in text.
  public var lines: [String] {
    let header = ["group", "part", "rows", "predicted", "untreated", "ratio"]
    let cells = rows.map { row in
      [
        row.group, row.part, "\(row.rows)", FixedPoint.text(row.predicted, digits: 4),
        FixedPoint.text(row.untreated, digits: 4), FixedPoint.text(row.ratio, digits: 3),
      ]
    }
    return ([header] + cells).map { line in
      line.map { $0 + String(repeating: " ", count: max(1, 11 - $0.count)) }.joined()
    }
  }

  /// The rows as JSON with sorted keys.
  public var json: String { get throws { try ModelVersion.json(["rows": rows]) } }
}
