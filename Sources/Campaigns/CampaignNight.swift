public import Calendar
public import Columns
public import Decisions
import Ledger
public import Vault

/// Makes the campaign pack of a night: the sketch of this room.
///
///     decisions ─┐
///     assignments┴→ planned contacts → hard gates → reachability → one list a channel
///                                          │              └→ suppressed (export)   control, suppressed (decide)
///                                          └→ throws: nothing leaves
///
/// 1. `PlannedContact.read` holds every winner against the person's assignment: right day, no control, one a person.
/// 2. `HardGates` asks consents, contact caps, budget and capacities once more, of the facts and not of the twins.
/// 3. `Reachability` looks the number or address up in the vault; a number must be the subscription's own throughout the
///    contact window.
/// 4. `SendLists` and `HeldBackLists` write files whose every cell fits its column's pattern, or none at all.
///
/// Pure: tables in, bytes out; the same inputs give the same bytes.
public struct CampaignNight: Sendable {
  /// What a night's lists are made of.
  public struct Inputs: Sendable {
    /// The night.
    public var night: Day
    /// Rows of `decisions`.
    public var decisions: Table
    /// Rows of `assignments`.
    public var assignments: Table
    /// Rows of `scores`.
    public var scores: Table
    /// ISO 639-1 codes by subscription.
    public var languages: [Int64: String]
    /// Rows of `facts/consents`.
    public var consents: [Table]
    /// Rows of `facts/contacts`, without what this night's own export wrote.
    public var contacts: [Table]
    /// Who owns which number when.
    public var numbers: NumberBook
    /// Who is reached at which address.
    public var addresses: AddressBook

    /// Makes inputs.
    public init(
      night: Day, decisions: Table, assignments: Table, scores: Table, languages: [Int64: String], consents: [Table],
      contacts: [Table], numbers: NumberBook, addresses: AddressBook
    ) {
      self.night = night
      self.decisions = decisions
      self.assignments = assignments
      self.scores = scores
      self.languages = languages
      self.consents = consents
      self.contacts = contacts
      self.numbers = numbers
      self.addresses = addresses
    }
  }

  /// A channel that loses more than this share of its contacts to missing numbers or addresses is worth a warning.
  private static let alarmingUnreachableShare = 0.1

  /// Makes the pack. Throws `CampaignsError` where a gate holds, and `ColumnsError` where an input lacks a column.
  public static func pack(
    _ inputs: Inputs, catalogue: OfferCatalogue, policy: Policy, settings: ExportSettings, key: PseudonymKey
  ) throws -> CampaignPack {
    let assignments = try PersonAssignment.read(inputs.assignments, night: inputs.night)
    let planned = try PlannedContact.read(inputs.decisions, assignments, catalogue, night: inputs.night)
    let consents = try ConsentRecord(inputs.consents, of: Set(planned.map(\.person)), asOf: inputs.night)
    try HardGates(policy: policy, night: inputs.night).check(planned, consents: consents, history: inputs.contacts)

    let reachability = Reachability(
      numbers: inputs.numbers, addresses: inputs.addresses, window: settings.window(after: inputs.night))
    var rows: [String: [(contact: PlannedContact, address: String)]] = [:]
    var suppressions: [HeldBackLists.Suppression] = []
    for contact in planned.sorted(by: precedes) {
      switch try reachability.address(of: contact) {
      case .reached(let address): rows[contact.channel, default: []].append((contact, address))
      case .obstacle(let obstacle):
        suppressions.append(
          HeldBackLists.Suppression(
            subscription: contact.subscription, person: contact.person, stage: "export", offer: contact.offer,
            channel: contact.channel, reason: obstacle.rawValue))
      }
    }
    let controls = assignments.values.filter(\.isControl).sorted { $0.person < $1.person }
    suppressions += try HeldBackLists.suppressions(
      inputs.decisions, except: Set(planned.map(\.person)).union(controls.map(\.person)))
    suppressions.sort { ($0.subscription, $0.stage) < ($1.subscription, $1.stage) }

    let lists = SendLists(
      night: inputs.night, settings: settings, scores: try ScoreBook(inputs.scores, horizonDays: policy.horizonDays),
      languages: inputs.languages, contactIDs: ContactIDs(key))
    let channels = ContactChannel.allCases.map(\.rawValue).filter { channel in
      catalogue.offers.contains { $0.terms.contains { $0.channel.rawValue == channel } } || rows[channel] != nil
    }
    let heldBack = HeldBackLists(settings: settings)
    let files =
      try channels.map { try lists.file($0, rows[$0] ?? []) } + [
        try heldBack.control(controls), try heldBack.suppressed(suppressions),
      ]
    let sums = PackSums(
      contacts: channels.flatMap { rows[$0]?.map(\.contact) ?? [] }, controls: controls, suppressions: suppressions,
      channels: channels)
    let manifest = sums.manifest(night: inputs.night, files: files, window: settings.window(after: inputs.night))
    return CampaignPack(
      files + [manifest], contacts: sums.contacts, counts: sums.counts, warnings: warnings(planned, suppressions))
  }

  /// The order of a list: what the allocation valued most comes first.
  private static func precedes(_ a: PlannedContact, _ b: PlannedContact) -> Bool {
    (b.pricedValueE4, b.valueE4, a.subscription) < (a.pricedValueE4, a.valueE4, b.subscription)
  }

  private static func warnings(
    _ planned: [PlannedContact], _ suppressions: [HeldBackLists.Suppression]
  ) -> [String] {
    ContactChannel.allCases.compactMap { channel in
      let plannedCount = planned.count { $0.channel == channel.rawValue }
      let lostCount = suppressions.count { $0.stage == "export" && $0.channel == channel.rawValue }
      guard Double(lostCount) > alarmingUnreachableShare * Double(plannedCount) else { return nil }
      return "\(lostCount) of \(plannedCount) contacts by \(channel.rawValue) have no usable number or address; "
        + "see suppressed.csv"
    }
  }
}
