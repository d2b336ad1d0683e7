import Calendar
import Campaigns
import Columns
import Datasets
import Decisions
import Ledger
import Vault

/// A small night that passes every gate, to be broken in one place.
struct CampaignWorld {
  struct Action {
    var subscription: Int64
    var person: Int64?
    var offer = "renewal"
    var channel = "sms"
    var isEligible = true
    var isWinner = false
    var reason = "lower-value"
    var valueE4: Int64 = 50_000
    var costE4: Int64 = 400
  }

  struct Arm {
    var person: Int64
    var subscription: Int64?
    var arm = "none"
    var offer: String?
    var channel: String?
    var isWithheld = false
    var asOf = CampaignWorld.night
  }

  static let night = Day("2026-11-22")!

  var actions: [Action]
  var arms: [Arm]
  var consents: [(person: Int64, instant: Int64, channel: String, purpose: String, isGranted: Bool)]
  var contacts: [(person: Int64, date: Day, channel: String)] = []
  var numbers: [NumberAssignment]
  var addresses: [AddressBook.Row]
  var policy = Policy()
  var offerID = "renewal"
  var settings = ExportSettings(zone: .utc, fromMinute: 480, toMinute: 1_140, endsWithCarriageReturn: false)

  /// Six subscriptions: 1 and 2 get a message, 3 a mail; 4 is universal control, 5 campaign control, 6 loses.
  init() {
    actions = [
      Action(subscription: 1, person: 101, isWinner: true, reason: "winner", valueE4: 70_000),
      Action(subscription: 1, person: 101, channel: "email", valueE4: 60_000),
      Action(subscription: 2, person: 102, isWinner: true, reason: "explored", valueE4: -1_234),
      Action(subscription: 3, person: 103, channel: "email", isWinner: true, reason: "winner", valueE4: 80_000),
      Action(subscription: 4, person: 104, reason: "universal-control"),
      Action(subscription: 5, person: 105, reason: "campaign-control"),
      Action(subscription: 6, person: 106, offer: "bonus", isEligible: false, reason: "no-consent"),
      Action(subscription: 6, person: 106, reason: "budget", valueE4: 10_000),
      Action(subscription: 7, person: nil, isEligible: false, reason: "no-person"),
    ]
    arms = [
      Arm(person: 101, subscription: 1, arm: "treated", offer: "renewal", channel: "sms"),
      Arm(person: 102, subscription: 2, arm: "explored", offer: "renewal", channel: "sms"),
      Arm(person: 103, subscription: 3, arm: "treated", offer: "renewal", channel: "email"),
      Arm(person: 104, arm: "universal-control"),
      Arm(person: 105, subscription: 5, arm: "campaign-control", offer: "renewal", channel: "sms", isWithheld: true),
      Arm(person: 106),
    ]
    consents = [101, 102, 103, 104, 105, 106].map { ($0, 1, "any", "marketing", true) }
    numbers = (1...7).map { CampaignWorld.assignment(491_511_230_000 + UInt64($0), Int64($0)) }
    addresses = [CampaignWorld.address(103, "anna.b+tag@example.org")]
    policy.purposes = ["marketing": Policy.Purpose(needsChannelConsent: true, profiling: .unlessWithdrawn)]
    policy.budgetE4 = 10_000
    policy.caps = [Policy.ContactCap(days: 7, contactCount: 1)]
  }

  static func assignment(_ number: UInt64, _ subscription: Int64, from: Int64 = 0, to: Int64? = nil)
    -> NumberAssignment
  {
    NumberAssignment(
      number: number, subscription: subscription, validFrom: from, validTo: to, knownDate: night, delivery: 0,
      file: "numbers.csv", line: subscription)
  }

  static func address(_ person: Int64, _ email: String) -> AddressBook.Row {
    AddressBook.Row(
      person: person, email: email, validFrom: night, knownDate: night, file: "customers.csv", line: person)
  }

  var catalogue: OfferCatalogue {
    OfferCatalogue(
      [offerID, "bonus"].map { id in
        Offer(
          id: id, campaign: "care", purpose: "marketing",
          terms: [
            Offer.Terms(.sms, costE4: 400, acceptanceRate: 0.1), Offer.Terms(.email, costE4: 30, acceptanceRate: 0.1),
          ], discount: .amount(0), churnReduction: 0.2)
      })
  }

  var decisions: Table {
    let count = actions.count
    func optional(_ values: [Int64?]) -> Column { .int64(TypedColumn(optionals: values, placeholder: 0)) }
    return Table(
      Dataset.decisions.schema,
      [
        .int64(TypedColumn(actions.map(\.subscription))), optional(actions.map(\.person)),
        .date(TypedColumn([Int32](repeating: CampaignWorld.night.rawValue, count: count))),
        .string(TypedColumn(actions.map(\.offer))), .string(TypedColumn(actions.map(\.channel))),
        .bool(TypedColumn(actions.map(\.isEligible))), .bool(TypedColumn(actions.map(\.isWinner))),
        .string(TypedColumn(actions.map(\.reason))),
        optional(actions.map { $0.isEligible ? $0.valueE4 : nil }),
        optional(actions.map { $0.isEligible ? $0.costE4 : nil }),
        optional(actions.map { $0.isEligible ? $0.valueE4 - $0.costE4 : nil }),
      ])
  }

  var assignments: Table {
    let count = arms.count
    func optional(_ values: [String?]) -> Column { .string(TypedColumn(optionals: values, placeholder: "")) }
    return Table(
      Dataset.assignments.schema,
      [
        .int64(TypedColumn(arms.map(\.person))),
        .int64(TypedColumn(optionals: arms.map(\.subscription), placeholder: 0)),
        .date(TypedColumn(arms.map(\.asOf.rawValue))), .string(TypedColumn(arms.map(\.arm))),
        optional(arms.map(\.offer)), optional(arms.map(\.channel)), optional(arms.map { $0.offer.map { _ in "care" } }),
        .bool(TypedColumn(arms.map(\.isWithheld))), .double(TypedColumn([Double](repeating: 0.045, count: count))),
        .double(TypedColumn([Double](repeating: 0.5, count: count))),
        .string(TypedColumn([String](repeating: "2026-H2", count: count))),
      ])
  }

  var scores: Table {
    let count = 10
    let ids = (1...Int64(count)).map { $0 }
    func reason(_ text: String?) -> Column {
      .string(TypedColumn(optionals: [String?](repeating: text, count: count), placeholder: ""))
    }
    return Table(
      Schema([
        ColumnField("subscription_id", .int64), ColumnField("horizon_days", .int32),
        ColumnField("churn_probability", .double), ColumnField("reason_1", .string, isNullable: true),
        ColumnField("reason_2", .string, isNullable: true), ColumnField("reason_3", .string, isNullable: true),
      ]),
      [
        .int64(TypedColumn(ids)), .int32(TypedColumn([Int32](repeating: 30, count: count))),
        .double(TypedColumn(ids.map { 0.9 - Double($0) / 100 })), reason("bill_shock"), reason("ticket_count_28d"),
        reason(nil),
      ])
  }

  var consentTable: Table {
    let day = CampaignWorld.night.rawValue
    func all(_ value: Int32) -> Column { .date(TypedColumn([Int32](repeating: value, count: consents.count))) }
    return Table(
      Dataset.consents.schema,
      [
        .int64(TypedColumn(consents.map(\.person))), all(day), all(day),
        .int64(TypedColumn([Int64](repeating: 0, count: consents.count))),
        .timestamp(TypedColumn(consents.map(\.instant))), .string(TypedColumn(consents.map(\.channel))),
        .string(TypedColumn(consents.map(\.purpose))), .bool(TypedColumn(consents.map(\.isGranted))),
        .string(TypedColumn(optionals: consents.map { _ in nil }, placeholder: "")),
      ])
  }

  var contactTable: Table {
    Table(
      Schema([
        ColumnField("person_id", .int64), ColumnField("event_date", .date), ColumnField("channel", .string),
      ]),
      [
        .int64(TypedColumn(contacts.map(\.person))), .date(TypedColumn(contacts.map(\.date.rawValue))),
        .string(TypedColumn(contacts.map(\.channel))),
      ])
  }

  static let key = PseudonymKey(bytes: [UInt8](repeating: 7, count: 32))!

  func pack() throws -> CampaignPack {
    var book = NumberBook()
    _ = book.add(numbers)
    return try CampaignNight.pack(
      CampaignNight.Inputs(
        night: CampaignWorld.night, decisions: decisions, assignments: assignments, scores: scores,
        languages: [1: "de"], consents: [consentTable], contacts: [contactTable], numbers: book,
        addresses: AddressBook(addresses)),
      catalogue: catalogue, policy: policy, settings: settings, key: CampaignWorld.key)
  }
}

extension CampaignPack {
  /// The text of a file.
  func text(_ name: String) -> String {
    files.first { $0.name == name }.map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
  }

  /// The rows of a list, cells by column name.
  func rows(_ name: String) -> [[String: String]] {
    let lines = text(name).split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    guard let header = lines.first else { return [] }
    return lines.dropFirst().map { line in
      Dictionary(uniqueKeysWithValues: zip(header, line).map { (String($0), String($1)) })
    }
  }
}
