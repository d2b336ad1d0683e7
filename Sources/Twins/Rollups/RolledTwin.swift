import Columns
import Datasets

/// The twin of another kind than subscriptions, of one moment: what its subscriptions are rolled up to, what code of its own
/// makes, and what its contacts come to.
///
/// First every slice of the subscription's twin is added, in any order; then rows can be made.
final class RolledTwin: Sendable {
  /// What its rows are, and what is known of them beside their subscriptions.
  struct Rows: Sendable {
    let count: Int
    /// The row of each row of the subscription's twin, -1 for none.
    let ofSubscriptions: [Int32]
    /// Whether a row is of subscriptions at all.
    let isRolled: @Sendable (Int) -> Bool
    /// The contacts of some rows.
    let contacts: @Sendable (Range<Int>) -> HeldEvents
    /// The columns of the rules, of some rows and their scene.
    let rules: @Sendable (Range<Int>, TwinScene) -> [String: Column]
  }

  let catalogue: TwinCatalogue
  private let rows: Rows
  private let scene: TwinScene
  /// By field; nil for those that are made otherwise.
  private let rollups: [RollupColumn?]
  private let selections: [EventSelection?]

  /// `scene` is that of the subscriptions, `contacts` their facts.
  init(
    _ catalogue: TwinCatalogue, _ rows: Rows, _ scene: TwinScene, contacts: Table
  ) throws(ColumnsError) {
    self.catalogue = catalogue
    self.rows = rows
    self.scene = scene
    rollups = catalogue.fields.map { field in
      guard case .rollup(let aggregate) = field.computation else { return nil }
      return RollupColumn(aggregate, rowCount: rows.count)
    }
    selections = try catalogue.fields.map { field throws(ColumnsError) in
      guard case .events(let aggregate) = field.computation else { return nil }
      return try EventSelection(aggregate, contacts, at: scene.moment)
    }
  }

  /// The number of rows.
  var rowCount: Int { rows.count }

  /// Adds a slice of the subscription's twin, which has `range` of its rows.
  func add(_ slice: Table, _ range: Range<Int>) throws(ColumnsError) {
    let places = RollupPlaces(rows.ofSubscriptions[range])
    for rollup in rollups { try rollup?.add(slice, at: places) }
  }

  /// The rows of a range.
  func table(_ range: Range<Int>) -> Table {
    let scene = TwinScene(rowCount: range.count, like: scene)
    let rules = rows.rules(range, scene)
    let contacts = EventFields(.contacts, rows.contacts(range), scene)
    let columns = catalogue.fields.enumerated().map { number, field -> Column? in
      switch field.computation {
      case .rule(let rule): rules[rule.name]
      case .rollup: rollups[number]?.column(range, isRolled: rows.isRolled)
      case .events: selections[number].map { contacts.column($0) }
      case .use, .relation, .ratio: nil
      }
    }
    return Table(catalogue.schema, RatioFields.filled(columns, catalogue.fields))
  }
}
