/// A model's input: its name and how its values are to be read.
public struct Feature: Sendable, Hashable, Codable {
  /// A text column with more levels is no feature but a name of rows, unless said otherwise.
  public static let maximumLevelCount = 1_000

  /// The column's name.
  public var name: String
  /// The levels of a categorical feature, in the order of their codes; nil for a numeric one.
  public var levels: [String]?

  /// Makes a numeric feature, or a categorical one where `levels` are given.
  public init(_ name: String, levels: [String]? = nil) {
    self.name = name
    self.levels = levels
  }

  /// Whether the values are codes of levels rather than quantities.
  public var isCategorical: Bool { levels != nil }
}

/// Features of rows, column by column: what every learner here reads.
///
/// A value is a Double; NaN is a missing one. A categorical feature holds the position of the value among its levels;
/// a level unknown to the model is missing. Infinite values count as missing.
public struct FeatureTable: Sendable {
  /// The features, one a column.
  public let features: [Feature]
  /// The values, one array a feature, one element a row.
  public let columns: [[Double]]
  /// The number of rows.
  public let rowCount: Int

  /// Makes a table; every column must have `rowCount` values.
  public init(_ features: [Feature], _ columns: [[Double]], rowCount: Int? = nil) {
    precondition(features.count == columns.count, "one column a feature")
    let count = rowCount ?? columns.first?.count ?? 0
    precondition(columns.allSatisfy { $0.count == count }, "columns of one length")
    self.features = features
    self.columns = columns
    self.rowCount = count
  }

  /// The rows of `range`, as a table of its own.
  public func rows(_ range: Range<Int>) -> FeatureTable {
    FeatureTable(features, columns.map { Array($0[range]) }, rowCount: range.count)
  }

  /// The rows at `indices`, in their order.
  public func rows(at indices: [Int]) -> FeatureTable {
    FeatureTable(features, columns.map { column in indices.map { column[$0] } }, rowCount: indices.count)
  }

  /// The tables one after the other; all must have the same features.
  public static func concatenating(_ tables: [FeatureTable]) -> FeatureTable {
    guard let first = tables.first else { return FeatureTable([], []) }
    precondition(tables.allSatisfy { $0.features == first.features }, "tables of the same features")
    let columns = first.columns.indices.map { index in tables.flatMap { $0.columns[index] } }
    return FeatureTable(first.features, columns, rowCount: tables.reduce(0) { $0 + $1.rowCount })
  }
}
