import Calendar
public import Columns

/// Contacts that count against the caps: those made, and those withheld from controls.
///
/// A withheld action counts as if it had been made. Otherwise controls, never rested by a cap, would win night after
/// night and fill the allocation with people to whom nothing is sent, and they would cease to be like the treated.
public struct ContactRecord: Sendable, Hashable {
  /// The persons.
  public var personIDs: [Int64] = []
  /// The days of contact, as days since 1970-01-01.
  public var days: [Int32] = []
  /// The channels; any text.
  public var channels: [String] = []
  /// The keys of the offers, or nil.
  public var offers: [String?] = []

  /// Makes an empty record.
  public init() {}

  /// The number of contacts.
  public var count: Int { personIDs.count }

  /// Adds one contact.
  public mutating func append(personID: Int64, day: Int32, channel: String, offer: String?) {
    personIDs.append(personID)
    days.append(day)
    channels.append(channel)
    offers.append(offer)
  }

  /// Adds the rows of the dataset `facts/contacts`.
  public mutating func append(contacts table: Table) throws(ColumnsError) {
    let persons = try table.int64("person_id")
    let dates = try table.date("event_date")
    let channel = try table.string("channel")
    let offer = try table.string("offer")
    for row in 0..<table.rowCount {
      append(
        personID: persons.values[row], day: dates.values[row], channel: channel.values[row], offer: offer[row])
    }
  }

  /// Adds the withheld actions among the rows of the dataset `assignments`, on the day on which they would have been done:
  /// the one after the night, as contacts made are recorded.
  public mutating func append(assignments table: Table) throws(ColumnsError) {
    let persons = try table.int64("person_id")
    let dates = try table.date("as_of")
    let isWithheld = try table.bool("is_withheld")
    let channel = try table.string("channel")
    let offer = try table.string("offer")
    for row in 0..<table.rowCount where isWithheld.values[row] {
      guard let channel = channel[row] else { continue }
      append(personID: persons.values[row], day: dates.values[row] + 1, channel: channel, offer: offer[row])
    }
  }
}

/// For each person, whether another contact is allowed. Reads are O(1).
struct ContactLoad: Sendable {
  /// Whether a cap on all channels is used up, by person.
  private(set) var isCapped: [Bool]
  /// Whether a cap of a channel is used up, by `channel.index` and person.
  private(set) var isChannelCapped: [[Bool]]
  /// Whether the offer was made too recently, by offer and person.
  private(set) var isResting: [[Bool]]

  /// Counts the contacts of `personIDs` (ascending) within the policy's windows ending with `night`.
  ///
  /// A window of n days holds contacts from `night` - n + 1 on; contacts dated after the night count too, since they
  /// are lists already handed over. O(contacts · caps).
  init(personIDs: [Int64], offerIDs: [String], contacts: ContactRecord, policy: Policy, night: Day) {
    let positions = Dictionary(uniqueKeysWithValues: personIDs.enumerated().map { ($1, $0) })
    let offers = Dictionary(uniqueKeysWithValues: offerIDs.enumerated().map { ($1, $0) })
    let none = [Bool](repeating: false, count: personIDs.count)
    var counts = [[Int32]](
      repeating: [Int32](repeating: 0, count: personIDs.count), count: policy.caps.count)
    isCapped = none
    isChannelCapped = [[Bool]](repeating: none, count: ContactChannel.count)
    isResting = [[Bool]](repeating: none, count: offerIDs.count)

    for row in 0..<contacts.count {
      let age = Int(night.rawValue) - Int(contacts.days[row])
      guard age < policy.historyDays, let person = positions[contacts.personIDs[row]] else { continue }
      for (index, cap) in policy.caps.enumerated()
      where age < cap.days && (cap.channel == nil || cap.channel?.rawValue == contacts.channels[row]) {
        counts[index][person] += 1
      }
      if age < policy.offerRestDays, let offer = contacts.offers[row].flatMap({ offers[$0] }) {
        isResting[offer][person] = true
      }
    }
    for (index, cap) in policy.caps.enumerated() {
      for person in 0..<personIDs.count where Int(counts[index][person]) >= cap.contactCount {
        if let channel = cap.channel {
          isChannelCapped[channel.index][person] = true
        } else {
          isCapped[person] = true
        }
      }
    }
  }
}
