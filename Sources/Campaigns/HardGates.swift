import Calendar
import Columns
import Decisions

/// The rules that nothing may break on its way out, checked again on what was decided: consent, caps, budget, capacity.
struct HardGates: Sendable {
  let policy: Policy
  let night: Day

  /// Throws at the first contact that may not be made. Persons are named by their row among the contacts.
  func check(_ contacts: [PlannedContact], consents: ConsentRecord, history: [Table]) throws {
    for contact in contacts { try checkConsent(contact, consents) }
    try checkCaps(contacts, history)
    try checkLimits(contacts)
  }

  private func checkConsent(_ contact: PlannedContact, _ consents: ConsentRecord) throws {
    guard let purpose = policy.purposes[contact.purpose] else {
      throw CampaignsError(
        .missingConsent, "offer \(contact.offer): policy.yaml does not say what the purpose \(contact.purpose) needs")
    }
    if purpose.needsChannelConsent,
      consents.isGranted(contact.person, channel: contact.channel, purpose: "marketing") != true
    {
      throw CampaignsError(
        .missingConsent, "\(Token.person(contact.person)) has not granted \(contact.channel) for marketing")
    }
    let profiling = consents.isProfilingGranted(contact.person)
    let isAllowed =
      switch purpose.profiling {
      case .required: profiling == true
      case .unlessWithdrawn: profiling != false
      case .ignored: true
      }
    if !isAllowed {
      throw CampaignsError(
        .missingConsent, "\(Token.person(contact.person)) does not consent to profiling, which the decision used")
    }
  }

  /// Counts contacts as `Decisions` does: a window of n days holds those from the night - n + 1 on, later ones included.
  private func checkCaps(_ contacts: [PlannedContact], _ history: [Table]) throws {
    let planned = Dictionary(contacts.map { ($0.person, $0) }) { first, _ in first }
    var counts: [Int64: [Int]] = [:]
    for table in history {
      let persons = try table.int64("person_id")
      let dates = try table.date("event_date")
      let channels = try table.string("channel")
      for row in 0..<table.rowCount {
        guard let contact = planned[persons.values[row]] else { continue }
        let age = Int(night.rawValue) - Int(dates.values[row])
        for (index, cap) in policy.caps.enumerated()
        where age < cap.days && applies(cap, to: contact)
          && (cap.channel == nil || cap.channel?.rawValue == channels.values[row])
        {
          counts[contact.person, default: [Int](repeating: 0, count: policy.caps.count)][index] += 1
        }
      }
    }
    for contact in contacts {
      for (index, cap) in policy.caps.enumerated()
      where applies(cap, to: contact) && (counts[contact.person]?[index] ?? 0) + 1 > cap.contactCount {
        throw CampaignsError(
          .capExceeded,
          "\(Token.person(contact.person)) would be contacted more than \(cap.contactCount) times in \(cap.days) days")
      }
    }
  }

  private func applies(_ cap: Policy.ContactCap, to contact: PlannedContact) -> Bool {
    cap.channel == nil || cap.channel?.rawValue == contact.channel
  }

  private func checkLimits(_ contacts: [PlannedContact]) throws {
    let costE4 = contacts.reduce(0) { $0 + $1.costE4 }
    if let budgetE4 = policy.budgetE4, costE4 > budgetE4 {
      throw CampaignsError(
        .limitExceeded, "the contacts would cost \(Token.money(costE4)), the budget is \(Token.money(budgetE4))")
    }
    for channel in ContactChannel.allCases {
      let count = contacts.count { $0.channel == channel.rawValue }
      if let capacity = policy.capacities[channel.index], Int64(count) > capacity {
        throw CampaignsError(
          .limitExceeded, "\(count) contacts by \(channel.rawValue), the capacity is \(capacity)")
      }
    }
  }
}

/// How pseudonyms and money are written in files for people.
enum Token {
  /// Sixteen hexadecimal digits behind a letter, so that no spreadsheet takes them for a number.
  static func person(_ pseudonym: Int64) -> String { "p-" + hex(pseudonym) }
  static func subscription(_ pseudonym: Int64) -> String { "s-" + hex(pseudonym) }
  static func contact(_ pseudonym: Int64) -> String { "c-" + hex(pseudonym) }

  private static func hex(_ value: Int64) -> String {
    let digits = String(UInt64(bitPattern: value), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// 1/10,000 of the currency unit as a decimal number: `12.3400`.
  static func money(_ valueE4: Int64) -> String { fixed(valueE4, places: 4) }

  /// A probability in millionths: `0.045000`.
  static func probability(_ value: Double) -> String { fixed(Int64((value * 1e6).rounded()), places: 6) }

  private static func fixed(_ value: Int64, places: Int) -> String {
    let digits = String(value.magnitude)
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    return (value < 0 ? "-" : "") + padded.dropLast(places) + "." + padded.suffix(places)
  }
}
