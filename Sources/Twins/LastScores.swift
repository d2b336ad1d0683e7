import Calendar
import Columns
import Datasets

/// What models said last of each subscription, before one moment.
///
/// They are no facts: they follow from the twins of earlier nights. Only nights before the as-of day count, so that a night's
/// own scores change nothing in its twins, and no model learns from them (`input: false`).
struct LastScores: Sendable {
  static let columns = ["subscription_id", "as_of", "churn_probability", "clv_e4"]
  /// Nights that are looked at: whoever was scored in none of them is not on the active base, and no night has to read
  /// scores of all that came before.
  static let nightCount = 7

  private static let none = "not scored in the \(nightCount) nights before"

  static let rules = [
    rule("last_churn_probability", .double, none), rule("last_clv_e4", .int64, "\(none), or without a value"),
    rule("days_since_last_score", .int32, none),
  ]

  private static func rule(_ name: String, _ type: ColumnType, _ nullMeaning: String) -> TwinRule {
    TwinRule(
      name: name, type: type, source: Dataset.scores.name, window: FieldWindow.days(nightCount).text,
      nullMeaning: nullMeaning)
  }

  /// The row of the newest score by rank; -1 where there is none.
  private let rows: [Int32]
  private let nights: [Int32]
  private let probabilities: [Double]
  private let values: TypedColumn<Int64>

  init(_ table: Table, _ index: DenseIndex, at moment: TwinMoment) throws(ColumnsError) {
    let ids = try table.int64("subscription_id").values
    nights = try table.date("as_of").values
    probabilities = try table.double("churn_probability").values
    values = try table.int64("clv_e4")
    var rows = [Int32](repeating: -1, count: ids.isEmpty ? 0 : index.count)
    for row in ids.indices where LastScores.bears(Day(rawValue: nights[row]), on: moment) {
      let rank = Int(index.rank(of: ids[row]))
      guard rank >= 0, rows[rank] < 0 || nights[Int(rows[rank])] < nights[row] else { continue }
      rows[rank] = Int32(row)
    }
    self.rows = rows
  }

  /// Whether scores of a night may be the newest of a moment.
  static func bears(_ night: Day, on moment: TwinMoment) -> Bool {
    (1...nightCount).contains(moment.asOf - night) && night <= moment.knownBy
  }

  /// The columns of some rows of the twin.
  func columns(_ scene: TwinScene) -> [String: Column] {
    func row(_ place: Int) -> Int? {
      let rank = Int(scene.ranks[place])
      return rank < rows.count && rows[rank] >= 0 ? Int(rows[rank]) : nil
    }
    return [
      "last_churn_probability": .double(scene.column(0) { row($0).map { probabilities[$0] } }),
      "last_clv_e4": .int64(scene.column(0) { row($0).flatMap { values[$0] } }),
      "days_since_last_score": .int32(scene.column(0) { row($0).map { Int32(scene.moment.age(nights[$0])) } }),
    ]
  }
}
