import Columns
public import Ledger

/// A version's predictions for its test date beside the untreated truth of a synthetic operator: what happens if
/// nothing is done.
///
/// Rows are joined by subscription and as-of date. The tenth with the greatest predictions is compared by means: a prediction of ten per
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
    /// Mean true probability where campaigns, and whatever they did, ended with the as-of date.
    public var untreated: Double
    /// Predicted over untreated.
    public var ratio: Double
  }

  /// How far the ratio of the riskiest tenth may lie from 1.
  public static let tolerance = 0.1

  /// The comparison, group by group.
  public private(set) var rows: [Row] = []

  /// Reads the predictions of the champion of the home, or of the version of that name, and the truth at `truthPath`; throws `LearningError`,
  /// `ColumnsError` or `LedgerError`.
  public init(home: Home, version: String? = nil, truthPath: String) throws {
    let predictions = try JudgedPredictions(home: home, version: version).table
    let truth = try ParquetFile.read(truthPath, columns: ["subscription_id", "as_of", "probability_untreated_30d"])
    struct Key: Hashable {
      var subscription: Int64
      var asOf: Int32
    }
    func keys(_ table: Table) throws(ColumnsError) -> [Key] {
      zip(try table.int64("subscription_id").values, try table.date("as_of").values).map {
        Key(subscription: $0, asOf: $1)
      }
    }
    let untreated = try truth.double("probability_untreated_30d")
    let known = try keys(truth).enumerated().compactMap { row, key in untreated[row].map { (key, $0) } }
    let truths = Dictionary(known) { first, _ in first }
    let (predicted, types) = (
      try predictions.double("gradient_probability").values, try predictions.string("payment_type").values
    )
    let pairs = try keys(predictions).enumerated().compactMap { row, key in
      truths[key].map { (predicted: predicted[row], untreated: $0, type: types[row]) }
    }
    guard !pairs.isEmpty else {
      throw LearningError(
        .missingColumn,
        "the truth knows no untreated probability of the predictions' subscriptions on their day; name that day with "
          + "--truth-day, and a world with --responses")
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

  /// Whether the riskiest tenth of all is predicted within `tolerance`: the customers whom a campaign looks at first, whatever they pay by.
  public var holds: Bool { ratio("pooled").map { abs($0 - 1) <= Self.tolerance } ?? false }

  /// The ratios of the riskiest tenths in words, over all and within each payment type.
  public var ratios: String {
    ["pooled", "prepaid", "postpaid"].map { group in
      "\(group) \(ratio(group).map { FixedPoint.text($0, digits: 3) } ?? "unknown")"
    }.joined(separator: ", ")
  }

  private func ratio(_ group: String) -> Double? { rows.first { $0.group == group && $0.part != "all" }?.ratio }

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
  public var json: String { get throws { String(try ModelVersion.json(["rows": rows]).dropLast()) } }
}
