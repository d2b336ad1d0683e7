import Columns
import Configuration

/// How rows of contacted customers teach a model of what happens if nothing is done: <doc:DoNothingDecision>.
public struct TreatmentHandling: Sendable, Hashable {
  /// What becomes of treated rows.
  public enum Method: String, Sendable, Hashable, CaseIterable {
    /// They are left out, and each other row stands for those like it: weight 1 / P(untreated for as long as it was watched).
    case weighted
    /// They are left out.
    case excluded
    /// They teach, with two features that say that they were treated; scores are taken with both at none.
    case covariate
    /// They teach like all others: scores are then under whatever was done.
    case ignored
  }

  /// What becomes of treated rows.
  public var method = Method.weighted
  /// Days for which a contact before the as-of date may change what comes after it.
  public var carryOverDays = 28
  /// No row stands for more rows than this.
  public var greatestWeight = 20.0

  /// Makes the default.
  public init() {}

  /// The features of `covariate`; no twin has such fields.
  static let covariates = [Feature("treatment_carried_over"), Feature("treatment_contacted")]

  /// The features of a model from a twin; what says that somebody was treated is none.
  static func untreated(_ twin: Table, features: [Feature], threads: Int) throws(LearningError) -> FeatureTable {
    let known = features.filter { !covariates.contains($0) }
    return untreated(try FeatureTable(twin, features: known, threads: threads), features)
  }

  /// The rows without the covariates, which stand behind all other features: what a night shows of its customers.
  static func observed(_ table: FeatureTable) -> FeatureTable {
    let count = table.features.count { !covariates.contains($0) }
    return count < table.features.count ? table.prefix(count) : table
  }

  /// The rows with whatever covariates the model has at none; they stand behind all other features.
  package static func untreated(_ table: FeatureTable, _ features: [Feature]) -> FeatureTable {
    guard features.count > table.features.count else { return table }
    let none = [Double](repeating: 0, count: table.rowCount)
    return table.adding(covariates, covariates.map { _ in none })
  }
}

extension TreatmentHandling {
  /// Reads the mapping `treatment`.
  init(_ reader: NodeReader) {
    self.init()
    method = reader.enumeration("rows", as: Method.self) ?? method
    carryOverDays = reader.int("carry-over-days", in: 0...365)
    greatestWeight = reader.double("greatest-weight", in: 1...1_000)
  }
}
