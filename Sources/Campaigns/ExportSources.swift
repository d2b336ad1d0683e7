import Calendar
import Columns
import Datasets
import Decisions
import Ledger
import Vault

/// The files that a night's lists depend on, and how they are read.
struct ExportSources: Sendable {
  static let stage = "export"

  let night: Day
  private let decisions: [Product]
  private let assignments: [Product]
  private let scores: [Product]
  private let twins: [Product]
  private let consents: [Product]
  private let contacts: [Product]
  private let vault: [Product]

  /// Chooses the files of the night in a state of the log. Contacts that this night's own export wrote are left out.
  init(_ state: LiveState, night: Day) {
    self.night = night
    func ofNight(_ dataset: String) -> [Product] { state.products(dataset, where: ["date": "\(night)"]) }
    func upToNight(_ dataset: String) -> [Product] {
      state.products(dataset).filter { product in
        product.partition["date"].flatMap { Day($0) }.map { $0 <= night } ?? true
      }
    }
    let own = Set(ExportSources.entries(state, night).flatMap { $0.products.map(\.name) })
    decisions = ofNight(Dataset.decisions.name)
    assignments = ofNight(Dataset.assignments.name)
    scores = ofNight(Dataset.scores.name)
    twins = ofNight("twins/subscription")
    consents = upToNight(Dataset.consents.name)
    contacts = upToNight(Dataset.contacts.name).filter { !own.contains($0.name) }
    vault = state.products(under: "vault/numbers/") + state.products(under: "vault/addresses/")
  }

  /// The export entries of a night.
  static func entries(_ state: LiveState, _ night: Day) -> [LogEntry] {
    state.entries.filter { $0.stage == stage && $0.date == night }
  }

  /// Everything that is read, for the log.
  var materials: [Material] {
    (decisions + assignments + scores + twins + consents + contacts + vault).map(Material.init)
  }

  /// The fields that the night's twins have, against which the configuration is read.
  func twinSchema(_ home: Home) throws -> Schema {
    guard let twin = twins.first else { throw missing("twins", "twin") }
    return try ParquetFile.schema(of: home.url(twin.name))
  }

  /// Reads everything.
  func read(_ home: Home, _ state: LiveState) throws -> CampaignNight.Inputs {
    guard !decisions.isEmpty, !assignments.isEmpty else { throw missing("decisions", "decide") }
    guard !scores.isEmpty else { throw missing("scores", "score") }
    func tables(_ products: [Product], _ columns: [String]? = nil) throws -> [Table] {
      try products.map { try ParquetFile.read(home.url($0.name), columns: columns) }
    }
    var languages: [Int64: String] = [:]
    for table in try tables(twins, ["subscription_id", "language"]) {
      let subscriptions = try table.int64("subscription_id").values
      let language = try table.string("language")
      for row in 0..<table.rowCount { languages[subscriptions[row]] = language[row] }
    }
    return CampaignNight.Inputs(
      night: night, decisions: try Table.concatenating(try tables(decisions)),
      assignments: try Table.concatenating(try tables(assignments)),
      scores: try Table.concatenating(
        try tables(
          scores, ["subscription_id", "horizon_days", "churn_probability", "reason_1", "reason_2", "reason_3"])),
      languages: languages, consents: try tables(consents),
      contacts: try tables(contacts, ["person_id", "event_date", "channel"]),
      numbers: try NumberBook.load(home, state), addresses: try AddressBook.load(home, state, asOf: night))
  }

  private func missing(_ what: String, _ stage: String) -> CampaignsError {
    CampaignsError(.missingInput, "there are no \(what) of \(night); run nightjar-\(stage) --date \(night)")
  }
}
