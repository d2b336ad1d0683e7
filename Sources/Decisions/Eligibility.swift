import Columns
import Parallelism

/// Finds, for each subscription, offer and channel, the first rule that refuses it.
///
/// The order of the rules is the order of `ReasonCode`, except that conditions come after the states in which nothing is
/// sold: who the person is, state of the subscription, conditions of policy and offer, score, consent to profiling, caps
/// on all channels, rest of the offer; then for each channel consent and cap.
struct Eligibility: Sendable {
  private let base: Population
  private let catalogue: OfferCatalogue
  private let policy: Policy
  private let load: ContactLoad
  private let reasonTable: ReasonTable

  /// By row: the refusal that holds for every offer, or `pending`.
  private let stateRefusals: [ReasonCode]
  /// By offer and row: the first condition that fails, or `pending`.
  private let conditionRefusals: [[ReasonCode]]
  /// By row: consent to profiling; missing where never asked for.
  private let profilingConsents: TypedColumn<Bool>
  /// By `ContactChannel.index` and row.
  private let channelConsents: [TypedColumn<Bool>]
  /// By row, in 1/10,000 of the currency unit.
  private let monthlyFees: TypedColumn<Int64>

  init(
    base: Population, catalogue: OfferCatalogue, policy: Policy, load: ContactLoad, reasonTable: ReasonTable
  ) throws {
    self.base = base
    self.catalogue = catalogue
    self.policy = policy
    self.load = load
    self.reasonTable = reasonTable
    stateRefusals = try Self.stateRefusals(base, policy)
    conditionRefusals = try Self.conditionRefusals(base, catalogue, policy, reasonTable)
    profilingConsents = try base.flags("consent_profiling")
    channelConsents = try ContactChannel.allCases.map { try base.flags("consent_\($0.rawValue)") }
    monthlyFees = try base.amounts("monthly_fee_e4")
  }

  /// Considers every offer for every subscription; chunks of rows run on `threads`, results are in row order.
  func consider(threads: Int) throws -> ConsideredActions {
    let chunks = try WorkerThreads(count: threads).mapChunks(rowCount: base.rowCount, chunkRowCount: 8_192) { rows in
      var actions = ConsideredActions()
      for row in rows {
        for offer in 0..<catalogue.offers.count { consider(row, offer, into: &actions) }
      }
      return actions
    }
    var all = ConsideredActions()
    for chunk in chunks { all.append(contentsOf: chunk) }
    return all
  }

  private func consider(_ row: Int, _ offerIndex: Int, into actions: inout ConsideredActions) {
    let offer = catalogue.offers[offerIndex]
    if let refusal = refusal(row, offerIndex, offer) {
      actions.append(row: row, offer: offerIndex, term: -1, refusal: refusal)
      return
    }
    guard let probability = base.churnProbability[row], let clvE4 = base.clvE4[row],
      let discountE4 = ActionValue.discountE4(offer.discount, monthlyFeeE4: monthlyFees[row])
    else { return }  // refused above as no-score or unknown-fee
    let person = Int(base.persons[row])
    let needsConsent = policy.purposes[offer.purpose]?.needsChannelConsent ?? true
    for (index, terms) in offer.terms.enumerated() {
      let channel = terms.channel.index
      if needsConsent, channelConsents[channel][row] != true {
        actions.append(row: row, offer: offerIndex, term: index, refusal: .noConsent)
      } else if load.isChannelCapped[channel][person] {
        actions.append(row: row, offer: offerIndex, term: index, refusal: .channelCap)
      } else {
        let value = ActionValue(
          terms: terms, churnReduction: offer.churnReduction, discountE4: discountE4, churnProbability: probability,
          clvE4: clvE4)
        actions.append(row: row, offer: offerIndex, term: index, value: value)
      }
    }
  }

  /// The first rule that refuses the offer on every channel, or nil.
  private func refusal(_ row: Int, _ offerIndex: Int, _ offer: Offer) -> ReasonCode? {
    if stateRefusals[row] != .pending { return stateRefusals[row] }
    let condition = conditionRefusals[offerIndex][row]
    if condition != .pending { return condition }
    guard let probability = base.churnProbability[row], (0...1).contains(probability), base.clvE4[row] != nil else {
      return .noScore
    }
    if case .feeShare = offer.discount, monthlyFees[row] == nil { return .unknownFee }
    switch policy.purposes[offer.purpose]?.profiling ?? .required {
    case .required: if profilingConsents[row] != true { return .noProfilingConsent }
    case .unlessWithdrawn: if profilingConsents[row] == false { return .noProfilingConsent }
    case .ignored: break
    }
    let person = Int(base.persons[row])
    if load.isCapped[person] { return .contactCap }
    if load.isResting[offerIndex][person] { return .offerRest }
    return nil
  }

  private static func stateRefusals(_ base: Population, _ policy: Policy) throws -> [ReasonCode] {
    let status = try base.texts("status")
    let inNotice = try base.flags("is_in_notice")
    let openTickets = try base.counts("ticket_open_count")
    let refusesSuspended = policy.suppressions.contains(.suspended)
    let refusesNotice = policy.suppressions.contains(.inNotice)
    let refusesComplaint = policy.suppressions.contains(.openComplaint)
    return (0..<base.rowCount).map { row in
      if base.persons[row] < 0 { return .noPerson }
      if refusesSuspended, status.values[row] != "active" { return .suspended }
      if refusesNotice, inNotice.values[row] { return .inNotice }
      guard refusesComplaint else { return .pending }
      guard let openCount = openTickets[row] else {
        return policy.refusesUnknownComplaint ? .unknownComplaint : .pending
      }
      return openCount > 0 ? .openComplaint : .pending
    }
  }

  private static func conditionRefusals(
    _ base: Population, _ catalogue: OfferCatalogue, _ policy: Policy, _ reasonTable: ReasonTable
  ) throws -> [[ReasonCode]] {
    var columns: [String: Column] = [:]
    func column(_ field: String) throws -> Column {
      if let known = columns[field] { return known }
      guard let column = base.column(field) else {
        throw DecisionsError(.badInput, "neither twins nor scores have the column \(field) that a condition names")
      }
      columns[field] = column
      return column
    }
    func refuse(_ refusals: inout [ReasonCode], unless condition: Condition) throws {
      let satisfied = condition.satisfied(by: try column(condition.field))
      let code = reasonTable.notEligible(condition.field)
      for row in 0..<refusals.count where !satisfied[row] && refusals[row] == .pending { refusals[row] = code }
    }
    var common = [ReasonCode](repeating: .pending, count: base.rowCount)
    for condition in policy.conditions { try refuse(&common, unless: condition) }
    return try catalogue.offers.map { offer in
      var refusals = common
      for condition in offer.conditions { try refuse(&refusals, unless: condition) }
      return refusals
    }
  }
}
