public import Calendar
public import Columns
public import Datasets
public import Ledger

/// Which facts count for a field of one subscription's twin: the first step from a value to the lines that it came from.
///
/// Facts are chosen by the code that makes the field, from the rows of the subscription alone: those that the snapshot's night
/// saw, that hold (of several rows on one event the newest), and that lie in the field's window.
public struct FieldFacts: Sendable {
  /// The facts of one dataset that count.
  public struct Source: Sendable {
    /// The field that they count for: of a ratio, the one above or below.
    public let fieldName: String
    /// The dataset.
    public let dataset: Dataset
    /// The days that count.
    public let window: String
    /// Which of them count, for a person; empty where all do.
    public let condition: String
    /// The columns that are measured; empty where the fact as a whole counts.
    public let measures: [String]
    /// The facts, all columns, in the order of their days.
    public let facts: Table
    /// What each is worth to the field; nil where that is no number.
    public let contributions: [Int64]?
    /// Whether the contributions add up to the field's value.
    public let addsUp: Bool

    /// What the contributions add up to; nil where there are none.
    public var total: Int64? { contributions?.reduce(0, &+) }

    /// What a record of daily use with these measures, in the order of `Dataset.usageMeasures`, is worth to the field.
    public func contribution(ofUse values: [Int64]) -> Int64 {
      zip(Dataset.usageMeasures, values).reduce(0) { measures.contains($1.0) ? $0 &+ $1.1 : $0 }
    }

    /// Whether a record of daily use has any of what is measured.
    public func takes(ofUse values: [Int64]) -> Bool {
      zip(Dataset.usageMeasures, values).contains { $1 != 0 && measures.contains($0) }
    }
  }

  /// The score that a field takes over.
  public struct Score: Sendable, Hashable {
    /// The night of the score.
    public let night: Day
    /// The version of the model.
    public let model: String
    /// The file, below the home.
    public let file: String
  }

  /// The subscription.
  public let subscriptionID: Int64
  /// The night of the snapshot.
  public let night: Day
  /// The field.
  public let field: TwinField
  /// Its value as text; nil where it is missing.
  public let value: String?
  /// What the person of the subscription has not agreed to, so that the field is missing and its facts are not told.
  public let withheldFor: ConsentPurpose?
  /// The facts, dataset by dataset.
  public let sources: [Source]
  /// The score of an earlier night that the value is of; nil for fields of facts, and where there is none.
  public let score: Score?

  /// Finds the facts of a field for a subscription: in the twins of `night`, or in the newest.
  ///
  /// Reads the rows of the subscription in every fact file of the field. Throws `TwinError` where there is no such twin or field,
  /// `ColumnsError` and `LedgerError` for files that cannot be read.
  public init(
    _ home: Home, _ catalogue: TwinCatalogue, subscription: Int64, field name: String, night: Day?
  ) throws {
    guard let field = catalogue.fields.first(where: { $0.name == name }) else {
      throw TwinError(.unknownField, "the catalogue has no field '\(name)': 'nightjar-twin fields' lists them")
    }
    let card = try TwinCard(home, catalogue, subscription: subscription, night: night)
    guard let item = card.items.first(where: { $0.name == name }) else {
      throw TwinError(.missingTwin, "the twins of \(card.night) were made without the field '\(name)'")
    }
    subscriptionID = subscription
    self.night = card.night
    self.field = field
    value = item.value
    let state = try CommitLog.open(home).state(.knownBy(card.night))
    let facts = try SubscriptionFacts(home, state, subscription: subscription, night: card.night)
    withheldFor = try field.consent.flatMap { try facts.isGranted($0) ? nil : $0 }
    sources = withheldFor == nil ? try FieldFacts.sources(of: field, catalogue, facts) : []
    score =
      field.sources == [Dataset.scores.name] ? try FieldFacts.score(home, state, subscription, facts.moment) : nil
  }

  /// The newest score of a subscription before a moment.
  private static func score(
    _ home: Home, _ state: LiveState, _ id: Int64, _ moment: TwinMoment
  ) throws -> Score? {
    let files = state.products(Dataset.scores.name).compactMap { product in
      TwinSources.date(product.name).map { (night: $0, name: product.name) }
    }
    for file in files.filter({ LastScores.bears($0.night, on: moment) }).sorted(by: { $0.night > $1.night }) {
      let table = try ParquetFile.read(
        home.url(file.name), columns: ["subscription_id", "model"], whereMayBe: id, in: "subscription_id")
      let models = try table.string("model").values
      guard let row = try table.int64("subscription_id").values.firstIndex(of: id) else { continue }
      return Score(night: file.night, model: models[row], file: file.name)
    }
    return nil
  }

  private static func sources(
    of field: TwinField, _ catalogue: TwinCatalogue, _ facts: SubscriptionFacts
  ) throws -> [Source] {
    switch field.computation {
    case .use(let aggregate): [try facts.source(field, aggregate)]
    case .events(let aggregate): [try facts.source(field, aggregate)]
    case .relation(let aggregate) where aggregate.function.isOfOutages:
      try facts.sources(ofOutages: field, aggregate)
    case .relation(let aggregate): [try facts.source(field, aggregate)]
    // Subscriptions are rolled up, they do not roll up.
    case .rollup: []
    case .rule(let rule): try facts.sources(field, rule)
    case .ratio(let above, let below):
      try [above, below].flatMap { name in
        try catalogue.fields.first { $0.name == name }.map { try sources(of: $0, catalogue, facts) } ?? []
      }
    }
  }
}
