import Vault

/// What a feed brings: the kind decides which canonical fields there are and where the rows go (Feeds.md).
package enum FeedKind: String, CaseIterable, Sendable {
  case usage
  case usageDaily = "usage-daily"
  case bills
  case payments
  case topUps = "top-ups"
  case balances
  case tickets
  case orders
  case outages
  case subscriptions
  case numbers
  case customers
  case consents
  case products
  case unitCosts = "unit-costs"
  case contacts

  /// The fact family whose windows a delivery of this kind completes.
  var family: String { self == .usageDaily ? FeedKind.usage.rawValue : rawValue }

  /// Whether rows may say what holds in the future or held long ago: no window bounds them unless the feed says so.
  var isTimeless: Bool {
    switch self {
    case .subscriptions, .customers, .numbers, .products, .unitCosts: true
    default: false
    }
  }

  /// Whether a row belongs to the subscription that owns a number, or to a subscription named directly.
  var isOwned: Bool {
    switch self {
    case .usage, .usageDaily, .bills, .payments, .topUps, .balances, .tickets, .orders: true
    default: false
    }
  }

  /// The name of the field that says when it happened.
  var eventField: String {
    switch self {
    case .usage, .outages: "started_at"
    case .usageDaily, .payments, .topUps, .balances: "date"
    case .bills: "issued_date"
    case .tickets, .orders: "changed_at"
    case .subscriptions: "effective_date"
    case .numbers, .customers, .products, .unitCosts: "valid_from"
    case .consents: "decided_at"
    case .contacts: "contacted_at"
    }
  }
}

/// A field that a kind knows: its name in a feed's `columns`, its type and whether every row needs it.
struct CanonicalField: Sendable, Hashable {
  /// How the bytes of a field are read.
  enum FieldType: Sendable, Hashable {
    case phoneNumber
    case key(PseudonymKey.Domain)
    case counterparty
    /// The caller or the called number of a record that does not say whose call it is.
    case party
    /// A cell of the network: any bytes that name it.
    case cell
    case day
    case instant
    case count
    case duration
    case volume
    case money
    case flag
    case smallNumber(ClosedRange<Int64>)
    case enumeration([String])
    case text
    /// An ISO 639 code, with subtags after hyphens.
    case languageTag
    case textLength
    /// Only part of the record key.
    case recordKey
  }

  let name: String
  let type: FieldType
  let isRequired: Bool

  init(_ name: String, _ type: FieldType, isRequired: Bool = false) {
    self.name = name
    self.type = type
    self.isRequired = isRequired
  }
}
