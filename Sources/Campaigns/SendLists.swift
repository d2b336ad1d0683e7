import Calendar
import Decisions
import Vault

/// The lists that a channel's tool loads in the morning: one file a channel, one row a person, no control among them.
struct SendLists: Sendable {
  let night: Day
  let settings: ExportSettings
  let scores: ScoreBook
  let languages: [Int64: String]
  let contactIDs: ContactIDs

  /// The version of the columns; it changes with them.
  static let schemaVersion = "1"
  /// The status of a row that is to be sent, after HCL Unica: campaign send.
  static let contactStatus = "CSD"

  private static func rules(_ channel: String) -> [ListFile.ColumnRule] {
    [
      .init("schema_version", .count), .init("contact_id", .key), .init("campaign_id", .key), .init("offer_id", .key),
      .init("channel", .key), channel == "email" ? .init("email", .address) : .init("msisdn", .number),
      .init("language", .optional(.key)), .init("priority", .count), .init("earliest_send_at", .instant),
      .init("latest_send_at", .instant), .init("contact_status", .key), .init("reason_code_1", .optional(.key)),
      .init("reason_code_2", .optional(.key)), .init("reason_code_3", .optional(.key)),
      .init("score_decile", .optional(.count)), .init("expected_value", .decimal), .init("cost", .decimal),
    ]
  }

  /// Writes the list of a channel; `rows` are its contacts with their addresses, in order of priority.
  func file(_ channel: String, _ rows: [(contact: PlannedContact, address: String)]) throws(CampaignsError)
    -> CampaignPack.File
  {
    var list = ListFile("\(channel).csv", SendLists.rules(channel), lineEnd: settings.lineEnd)
    let window = settings.window(after: night)
    let (from, to) = (window.text(window.from), window.text(window.to))
    for (index, row) in rows.enumerated() {
      let contact = row.contact
      let score = scores[contact.subscription]
      let reasons = (score?.reasons ?? []) + ["", "", ""]
      try list.append([
        SendLists.schemaVersion, contactIDs.token(contact, night: night), contact.campaign, contact.offer,
        contact.channel, row.address, languages[contact.subscription] ?? "", String(index + 1), from, to,
        SendLists.contactStatus, reasons[0], reasons[1], reasons[2], score.map { String($0.decile) } ?? "",
        Token.money(contact.valueE4), Token.money(contact.costE4),
      ])
    }
    return list.file
  }
}

/// Names of contacts for the outside: they link a response to its contact, but neither to a person nor to other nights.
struct ContactIDs: Sendable {
  private let key: PseudonymKey

  init(_ key: PseudonymKey) { self.key = key }

  func token(_ contact: PlannedContact, night: Day) -> String {
    let text = "\(night) \(contact.person) \(contact.channel) \(contact.offer)"
    return Token.contact(key.pseudonym(PseudonymKey.Domain(rawValue: "contact"), text))
  }
}
