/// A model's input: its name and how its values are to be read.
public struct Feature: Sendable, Hashable, Codable {
  /// A text column with more levels is no feature but a name of rows, unless said otherwise.
  public static let maximumLevelCount = 1_000

  /// The column's name.
  public var name: String
  /// The levels of a categorical feature, in the order of their codes; nil for a numeric one.
  public var levels: [String]?
  /// Whether the levels are numbers or flags of a pandas frame: a text is then one of them by what it means, not only as it stands.
  public var hasLevelsByValue = false

  /// The column's name and the levels: no learner here learns levels by value.
  private enum CodingKeys: String, CodingKey { case name, levels }

  /// Makes a numeric feature, or a categorical one where `levels` are given.
  public init(_ name: String, levels: [String]? = nil, hasLevelsByValue: Bool = false) {
    self.name = name
    self.levels = levels
    self.hasLevelsByValue = hasLevelsByValue
  }

  /// Whether the values are codes of levels rather than quantities.
  public var isCategorical: Bool { levels != nil }
}

/// Features of rows, column by column: what every learner here reads.
///
/// A value is a Double; NaN is a missing one. A categorical feature holds the position of the value among its levels;
/// a level unknown to the model is missing. Trees compare infinite values as they are; to the logistic learner they are
/// missing.
public struct FeatureTable: Sendable {
  /// The features, one a column.
  public let features: [Feature]
  /// The number of rows.
  public let rowCount: Int
  /// The columns as they are kept.
  let kept: [FeatureColumn]

  /// The values, one array a feature, one element a row. Whoever wants some rows of a column asks `withValues`.
  public var columns: FeatureColumns { FeatureColumns(kept: kept) }

  /// Makes a table; every column must have `rowCount` values.
  public init(_ features: [Feature], _ columns: [[Double]], rowCount: Int? = nil) {
    self.init(features, keeping: columns.map { FeatureColumn($0) }, rowCount: rowCount)
  }

  /// Makes a table of columns as they are kept.
  public init(_ features: [Feature], keeping columns: [FeatureColumn], rowCount: Int? = nil) {
    precondition(features.count == columns.count, "one column a feature")
    let count = rowCount ?? columns.first?.count ?? 0
    precondition(columns.allSatisfy { $0.count == count }, "columns of one length")
    self.features = features
    kept = columns
    self.rowCount = count
  }

  /// The rows of `range`, as a table of its own.
  public func rows(_ range: Range<Int>) -> FeatureTable {
    FeatureTable(features, keeping: kept.map { $0.rows(range) }, rowCount: range.count)
  }

  /// The rows at `indices`, in their order.
  public func rows(at indices: [Int]) -> FeatureTable {
    FeatureTable(features, keeping: kept.map { $0.rows(at: indices) }, rowCount: indices.count)
  }

  /// The first features alone.
  func prefix(_ count: Int) -> FeatureTable {
    FeatureTable(Array(features.prefix(count)), keeping: Array(kept.prefix(count)), rowCount: rowCount)
  }

  /// The table with further features behind its own.
  func adding(_ others: [Feature], _ columns: [[Double]]) -> FeatureTable {
    FeatureTable(features + others, keeping: kept + columns.map { FeatureColumn(narrowing: $0) }, rowCount: rowCount)
  }

  /// The tables one after the other; all must have the same features.
  public static func concatenating(_ tables: [FeatureTable]) -> FeatureTable {
    guard let first = tables.first else { return FeatureTable([], []) }
    precondition(tables.allSatisfy { $0.features == first.features }, "tables of the same features")
    let columns = first.kept.indices.map { index in FeatureColumn.concatenating(tables.map { $0.kept[index] }) }
    return FeatureTable(first.features, keeping: columns, rowCount: tables.reduce(0) { $0 + $1.rowCount })
  }
}
