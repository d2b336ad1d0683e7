public import Columns
public import Configuration
import Datasets
public import Ledger

/// The fields of a twin, as `Pipelines/twins/*.yaml` declares them (`Twins.docc/FieldCatalogue.md`).
public struct TwinCatalogue: Sendable {
  /// Every field, in the order of the columns.
  public let fields: [TwinField]
  /// The digest of the file.
  let digest: SHA256Digest
  /// What is kept of daily use for these fields.
  package let usePlan: UsagePlan
  /// When drift is worth a warning.
  public let driftLimits: DriftLimits

  /// The file of subscriptions, below the configuration folder.
  public static let subscriptionFile = "twins/subscription.yaml"

  /// The catalogue as a material of the entries that it shapes.
  public var material: Material { Material(name: TwinCatalogue.subscriptionFile, digest: digest) }

  /// The columns, in order.
  public var schema: Schema { Schema(fields.map(\.column)) }

  init(_ fields: [TwinField], digest: SHA256Digest, driftLimits: DriftLimits) {
    self.driftLimits = driftLimits
    self.fields = fields
    self.digest = digest
    usePlan = UsagePlan(fields.map(\.computation))
  }

  /// Reads the catalogue at `path`. Throws everything that is wrong with it at once, each fault as file:line:column.
  public static func load(path: String) throws(ConfigurationError) -> TwinCatalogue {
    try TwinCatalogue(try ConfigurationDocument.load(path: path))
  }

  /// The columns that the fields need of a family of events.
  func eventColumns(_ family: EventFamily) -> [String] {
    let asked = eventAggregates.filter { $0.family == family }.flatMap(\.columns)
    var columns: [String] = []
    for column in family.columns + asked where !columns.contains(column) { columns.append(column) }
    return columns
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

  private var eventAggregates: [EventAggregate] {
    fields.compactMap { field in if case .events(let aggregate) = field.computation { aggregate } else { nil } }
  }
}
