/// Why an action won or was refused. `Decisions.docc/Reasons.md` explains every code.
public struct ReasonCode: RawRepresentable, Hashable, Sendable, Comparable {
  /// The position in the table of codes; conditions follow the fixed codes.
  public var rawValue: UInt16

  /// Makes a code from its position.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// Orders by position, which is the order in which refusals are looked for.
  public static func < (a: ReasonCode, b: ReasonCode) -> Bool { a.rawValue < b.rawValue }

  // Refusals by policy: the action is not eligible.
  static let noPerson = ReasonCode(rawValue: 0)
  static let suspended = ReasonCode(rawValue: 1)
  static let inNotice = ReasonCode(rawValue: 2)
  static let openComplaint = ReasonCode(rawValue: 3)
  static let unknownComplaint = ReasonCode(rawValue: 4)
  static let noScore = ReasonCode(rawValue: 5)
  static let unknownFee = ReasonCode(rawValue: 6)
  static let noProfilingConsent = ReasonCode(rawValue: 7)
  static let contactCap = ReasonCode(rawValue: 8)
  static let offerRest = ReasonCode(rawValue: 9)
  static let noConsent = ReasonCode(rawValue: 10)
  static let channelCap = ReasonCode(rawValue: 11)
  // Refusals of eligible actions.
  static let universalControl = ReasonCode(rawValue: 12)
  static let notDrawn = ReasonCode(rawValue: 13)
  static let negativeValue = ReasonCode(rawValue: 14)
  static let belowMinimumValue = ReasonCode(rawValue: 15)
  static let lowerValue = ReasonCode(rawValue: 16)
  static let budget = ReasonCode(rawValue: 17)
  static let capacity = ReasonCode(rawValue: 18)
  static let campaignControl = ReasonCode(rawValue: 19)
  // Chosen.
  static let explored = ReasonCode(rawValue: 20)
  static let winner = ReasonCode(rawValue: 21)

  /// Eligible, not yet settled.
  static let pending = ReasonCode(rawValue: 22)
  /// The first code of a failed condition: `not-eligible:<field>`.
  static let firstCondition: UInt16 = 23

  /// The names of the fixed codes, by position.
  public static let fixedNames = [
    "no-person", "suspended", "in-notice", "open-complaint", "unknown-complaint", "no-score", "unknown-fee",
    "no-profiling-consent", "contact-cap", "offer-rest", "no-consent", "channel-cap", "universal-control", "not-drawn",
    "negative-value", "below-minimum-value", "lower-value", "budget", "capacity", "campaign-control", "explored",
    "winner", "pending",
  ]

  /// Whether an action with this code passed policy and consent.
  var isEligible: Bool { self >= .universalControl && rawValue < Self.firstCondition }
  /// Whether the action is to be done.
  var isWinner: Bool { self == .winner || self == .explored }
}

/// The names of all codes of a night: the fixed ones and one for each field that a condition names.
struct ReasonTable: Sendable {
  let names: [String]
  private let codes: [String: ReasonCode]

  init(conditionFields: some Sequence<String>) {
    let fields = Set(conditionFields).sorted()
    names = ReasonCode.fixedNames + fields.map { "not-eligible:\($0)" }
    codes = Dictionary(
      uniqueKeysWithValues: fields.enumerated().map { index, field in
        (field, ReasonCode(rawValue: ReasonCode.firstCondition + UInt16(index)))
      })
  }

  /// The code of a failed condition on `field`, which must be one of the table's.
  func notEligible(_ field: String) -> ReasonCode { codes[field] ?? .pending }

  func name(_ code: ReasonCode) -> String { names[Int(code.rawValue)] }
}
