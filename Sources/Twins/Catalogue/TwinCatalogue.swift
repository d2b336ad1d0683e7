public import Columns
public import Configuration
public import Datasets
public import Ledger

/// The fields of a twin, as `Pipelines/twins/*.yaml` declares them (`Twins.docc/FieldCatalogue.md`).
public struct TwinCatalogue: Sendable {
  /// What the twin is of.
  public let entity: TwinEntity
  /// Every field, in the order of the columns.
  public let fields: [TwinField]
  /// The digest of the file.
  let digest: SHA256Digest
  /// What is kept of daily use for these fields.
  package let usePlan: UsagePlan
  /// When drift is worth a warning.
  public let driftLimits: DriftLimits
  /// Within how many days cases are to be closed; none but for processes.
  let targets: TargetTimes

  /// The file of subscriptions, below the configuration folder.
  public static let subscriptionFile = TwinEntity.subscription.file

  /// The catalogue as a material of the entries that it shapes.
  public var material: Material { Material(name: entity.file, digest: digest) }

  /// The columns, in order.
  public var schema: Schema { Schema(fields.map(\.column)) }

  /// The dataset that it lays out.
  public var dataset: Dataset { Dataset(entity.datasetName, schema) }

  init(
    _ entity: TwinEntity, _ fields: [TwinField], targets: TargetTimes = TargetTimes(), digest: SHA256Digest,
    driftLimits: DriftLimits
  ) {
    self.driftLimits = driftLimits
    self.entity = entity
    self.fields = fields
    self.targets = targets
    self.digest = digest
    usePlan = UsagePlan(fields.map(\.computation))
  }

  /// Reads the catalogue at `path`; what it rolls up are fields of `subscriptions`. Throws everything that is wrong with it at once, each fault as file:line:column.
  public static func load(
    path: String, of entity: TwinEntity = .subscription, over subscriptions: TwinCatalogue? = nil
  ) throws(ConfigurationError) -> TwinCatalogue {
    try TwinCatalogue(try ConfigurationDocument.load(path: path), of: entity, over: subscriptions)
  }

  /// The fields that no model may learn from.
  public var barredFields: Set<String> { Set(fields.filter { !$0.isInput }.map(\.name)) }

  /// The same file without the fields that no model may learn from, but for those that later stages need: twins of it have
  /// no such column, and are made without reading what those fields come from.
  public var ofInputs: TwinCatalogue {
    let kept = fields.filter { field in field.isInput || entity.needed.contains { $0.name == field.name } }
    return TwinCatalogue(entity, kept, targets: targets, digest: digest, driftLimits: driftLimits)
  }

  /// Whether some field says what a model said before.
  var asksForScores: Bool { fields.contains { $0.source == Dataset.scores.name } }

  /// The aggregates of counterparties and cells, each once.
  var relationAggregates: [RelationAggregate] {
    var found: [RelationAggregate] = []
    for case .relation(let aggregate) in fields.map(\.computation) where !found.contains(aggregate) {
      found.append(aggregate)
    }
    return found
  }

  /// The columns that the fields need of a family of events, with those that other catalogues need.
  func eventColumns(_ family: EventFamily, and others: [TwinCatalogue] = []) -> [String] {
    let ofOffers = family == .contacts && others.contains { $0.entity == .product } ? ["offer"] : []
    let asked =
      ofOffers + (eventAggregates + others.flatMap(\.eventAggregates)).filter { $0.family == family }.flatMap(\.columns)
    var columns: [String] = []
    for column in family.columns + asked where !columns.contains(column) { columns.append(column) }
    return columns
  }

  /// The columns of a family that some field names.
  func namedColumns(of family: EventFamily) -> Set<String> {
    Set(eventAggregates.filter { $0.family == family }.flatMap(\.namedColumns))
  }

  /// The days before the moment in which a ticket was opened whose words some field asks for.
  var textDayCount: Int {
    eventAggregates.filter(\.isLearned).map { $0.window == .life ? TextModel.dayCount : Windows.longest }.max() ?? 0
  }

  /// Whether some field looks at every event of a family that is kept.
  func looksAtLife(of family: EventFamily) -> Bool {
    eventAggregates.contains { $0.family == family && $0.window == .life }
  }

  /// The windows in days of the fields of a family, ascending.
  func windowLengths(_ family: String) -> [Int] {
    let lengths = fields.compactMap { field -> Int? in
      guard field.sources.contains("facts/\(family)"), field.window.hasSuffix(" days") else { return nil }
      return Int(field.window.dropLast(" days".count))
    }
    return Set(lengths).sorted()
  }

  /// The aggregates of events, field by field.
  var eventAggregates: [EventAggregate] {
    fields.compactMap { field in if case .events(let aggregate) = field.computation { aggregate } else { nil } }
  }
}
