/// What a twin is of: a kind of thing with a row a night, and what its catalogue may ask for.
///
/// A new kind is a value of this type with rules of its own, and code that fills its columns.
public struct TwinEntity: Sendable, Hashable {
  /// The name: in `entity:` of the catalogue, in the names of the file and of the dataset.
  public let name: String
  /// The fields that code of their own makes.
  let rules: [TwinRule]
  /// The rules that later stages need: a catalogue has a field of each, of the rule's name. The first of them is the key and
  /// comes first.
  let needed: [TwinRule]
  /// The facts that aggregates may name; none where every field is made by a rule or is a ratio.
  let facts: [String]
  /// The subscriptions that its fields may roll up; nil where there are none.
  let rollups: RollupScope?

  /// The file, below the configuration folder.
  public var file: String { "twins/\(name).yaml" }
  /// The dataset's name.
  public var datasetName: String { "twins/\(name)" }

  /// Every kind that has twins.
  public static let all: [TwinEntity] = [subscription, customer, product, process]

  /// A subscription that lives at the end of the as-of day.
  public static let subscription = TwinEntity(
    name: "subscription", rules: TwinRule.ofSubscriptions, needed: TwinRule.neededOfSubscriptions,
    facts: FieldReader.facts, rollups: nil)

  /// A person who uses a subscription that lives at the end of the as-of day.
  public static let customer = TwinEntity(
    name: "customer", rules: CustomerRules.all, needed: CustomerRules.needed, facts: [EventFamily.contacts.rawValue],
    rollups: .some)

  /// A plan, or an offer that was made.
  public static let product = TwinEntity(
    name: "product", rules: ProductRules.all, needed: ProductRules.needed, facts: [EventFamily.contacts.rawValue],
    rollups: .maybeNone(except: "an offer"))

  /// A case that is open at the end of the as-of day, or was closed within 91 days: a ticket, an order, an onboarding.
  public static let process = TwinEntity(
    name: "process", rules: TwinRule.ofProcesses, needed: TwinRule.neededOfProcesses, facts: [], rollups: nil)
}
