public import Columns

/// One field of a twin: a column, what it means, why it may be kept, and how it is made.
public struct TwinField: Sendable, Hashable {
  /// The heading under which the catalogue has it.
  public let group: String
  /// Name, type, whether a value may be missing, and meaning.
  public let column: ColumnField
  /// The unit of its values.
  public let unit: String
  /// The days that it looks at: a number of days, `life`, or `state` for what holds at the moment.
  public internal(set) var window: String
  /// The datasets that it comes from.
  public internal(set) var source: String
  /// What it may be used for.
  public let purposes: [FieldPurpose]
  /// Why it may be processed.
  public let basis: LegalBasis
  /// What the person must have agreed to for it to be processed: without that it is missing. Nil where the basis is another.
  public let consent: ConsentPurpose?
  /// Whether models may learn from it and read it: not from what a model said.
  public let isInput: Bool
  /// What a missing value means; empty where none is missing.
  public let nullMeaning: String
  /// How it is made.
  package let computation: FieldComputation
  /// What its values must be, where the catalogue says so.
  public internal(set) var contract: FieldContract?
  /// Whether its drift is measured.
  public internal(set) var drift = FieldDrift.measured

  /// The column's name.
  public var name: String { column.name }
  /// The datasets that it comes from, one by one.
  package var sources: [String] { source.split(separator: ", ").map(String.init) }

  /// The head of the table of fields that the article of each kind of twin has.
  public static let documentationHeader = """
    | field | type | unit | window | source | meaning | missing means | purpose | legal basis |
    |---|---|---|---|---|---|---|---|---|
    """

  /// One row of the table.
  public var documentationRow: String {
    let type = column.isNullable ? "\(column.type)?" : "\(column.type)"
    let uses = purposes.map(\.rawValue).joined(separator: ", ") + (isInput ? "" : "; no input of models")
    let cells = [
      "`\(name)`", type, unit, window, source, column.meaning, nullMeaning.isEmpty ? "–" : nullMeaning, uses,
      consent.map { "\(basis.rawValue) to \($0.rawValue)" } ?? basis.rawValue,
    ]
    return "| \(cells.joined(separator: " | ")) |"
  }
}

/// What a field may be used for.
public enum FieldPurpose: String, Sendable, Hashable, CaseIterable {
  /// To carry out the contract: bills, care, the network.
  case service
  /// To learn and score models, and to report.
  case analytics
  /// To choose whom to offer what.
  case marketing
}

/// Why a field may be processed, by the terms of the General Data Protection Regulation, article 6 (1).
public enum LegalBasis: String, Sendable, Hashable, CaseIterable {
  case contract
  case consent
  case legalObligation = "legal-obligation"
  case legitimateInterest = "legitimate-interest"
}

/// What a person agrees to, beside being contacted: the purposes of `facts/consents` that open fields.
public enum ConsentPurpose: String, Sendable, Hashable, CaseIterable {
  /// Who communicated with whom, when, how long, how much and how.
  case traffic
  /// Where the person was.
  case location
}

/// How a field is made.
package enum FieldComputation: Sendable, Hashable {
  /// By code of its own: the rule's name.
  case rule(TwinRule)
  /// From daily use.
  case use(UseAggregate)
  /// From counterparties or cells.
  case relation(RelationAggregate)
  /// From the events of a family.
  case events(EventAggregate)
  /// From the subscriptions of the row.
  case rollup(RollupAggregate)
  /// One field over another; missing where either is, or the second is not positive.
  case ratio(of: String, over: String)
}

/// The days that an aggregate looks at; they end with the as-of day and include it.
package enum FieldWindow: Sendable, Hashable {
  case days(Int)
  /// Everything that is kept.
  case life

  /// The form of documents.
  var text: String {
    switch self {
    case .days(let days): "\(days) days"
    case .life: "life"
    }
  }

  /// Whether an event of this age lies in it.
  @inline(__always) func contains(age: Int) -> Bool {
    switch self {
    case .days(let days): age >= 0 && age < days
    case .life: true
    }
  }

  /// The days that must be complete for what it says to be known.
  var knownDayCount: Int {
    switch self {
    case .days(let days): days
    case .life: Windows.longest
    }
  }
}
