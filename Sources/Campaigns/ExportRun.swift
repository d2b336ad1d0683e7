public import Calendar
import Columns
public import Configuration
import Datasets
import Decisions
public import Ledger
import Vault

/// The stage `nightjar-export`: from a night's decisions and the vault to one entry of the log, with the pack and the
/// contacts that it causes. `nightjar run` shows the pack as `exports/<date>` when the night is closed (VisibleNames.md).
public struct ExportRun: Sendable {
  /// How a run ended.
  public enum Outcome: Sendable {
    /// The log holds this very work already.
    case alreadyDone(LogEntry)
    /// The entry that was committed.
    case published(LogEntry)
  }

  /// What an operator edits: the rules again, since every gate is checked again.
  public struct Rules: Sendable {
    let offers: ConfigurationDocument
    let policy: ConfigurationDocument
    let export: ConfigurationDocument

    /// Names the three files.
    public init(offers: ConfigurationDocument, policy: ConfigurationDocument, export: ConfigurationDocument) {
      self.offers = offers
      self.policy = policy
      self.export = export
    }

    var materials: [Material] {
      [("export.yaml", export), ("offers.yaml", offers), ("policy.yaml", policy)].map {
        Material(name: $0.0, digest: SHA256Digest(of: $0.1.bytes))
      }
    }
  }

  private let home: Home
  private let night: Day
  private let rules: Rules
  private let versions: [String: String]

  /// Plans the lists of a night; the caller holds the run lock when it calls `run`.
  public init(_ home: Home, night: Day, rules: Rules, versions: [String: String]) {
    self.home = home
    self.night = night
    self.rules = rules
    self.versions = versions
  }

  /// Makes the pack and returns it, writing nothing.
  public func rehearse() throws -> CampaignPack {
    let state = try CommitLog.open(home).state(.knownBy(night))
    return try pack(ExportSources(state, night: night), state).pack
  }

  /// Makes the pack and commits it with its contacts. Throws `CampaignsError` and whatever its inputs throw; nothing new
  /// is visible then.
  public func run() throws -> Outcome {
    let log = try CommitLog.open(home)
    let state = log.state(.knownBy(night))
    let sources = ExportSources(state, night: night)
    let transaction = try Transaction.begin(
      home, stage: ExportSources.stage, date: night, materials: sources.materials + rules.materials,
      configDigest: SHA256Digest(of: rules.materials.map { "\($0.digest.hex) \($0.name)\n" }.joined()),
      versions: versions)
    if let done = transaction.alreadyDone { return .alreadyDone(done) }

    let (pack, settings) = try pack(sources, state)
    let handedOver = contactsHandedOver(log)
    transaction.retire(
      ExportSources.entries(state, night).flatMap(\.products).filter { !handedOver.contains($0) })
    for file in pack.files {
      let path = transaction.stagingPath(file.name)
      // Lists hold numbers and addresses: for the owner and the group of the campaign team.
      try SystemCalls.writeFile(path, file.bytes, mode: 0o640)
      try transaction.add(
        stagedPath: path, folder: "exports/.packs/\(night)-\(pack.digest.hex.prefix(16))", fileName: .plain(file.name),
        rowCount: file.rowCount)
    }
    try addContacts(pack, settings, handedOver, transaction)
    return .published(try transaction.commit(counts: pack.counts, warnings: pack.warnings))
  }

  private func pack(
    _ sources: ExportSources, _ state: LiveState
  ) throws -> (pack: CampaignPack, settings: ExportSettings) {
    let settings = try ExportSettings.read(rules.export)
    let schema = try sources.twinSchema(home)
    let policy = try Policy.read(rules.policy, twinSchema: schema)
    let catalogue = try OfferCatalogue.read(rules.offers, twinSchema: schema, purposes: policy.purposes.keys)
    let key = try PseudonymKey.load(home)
    let pack = try CampaignNight.pack(
      try sources.read(home, state), catalogue: catalogue, policy: policy, settings: settings, key: key)
    return (pack, settings)
  }

  /// The contact files of packs of this night that a closed night has shown: they may have been sent, so they stay.
  private func contactsHandedOver(_ log: CommitLog) -> Set<Product> {
    let shown = Set(ExportSources.entries(log.state(.night), night).flatMap(\.products))
    return Set(log.state(.head).products(Dataset.contacts.name).filter(shown.contains))
  }

  private func addContacts(
    _ pack: CampaignPack, _ settings: ExportSettings, _ handedOver: Set<Product>, _ transaction: Transaction
  ) throws {
    let ledger = ContactLedger(night: night, window: settings.window(after: night), pack: pack)
    let recorded = try ContactLedger.identities(
      try handedOver.map { try ParquetFile.read(home.url($0.name), columns: ["person_id", "channel", "offer"]) })
    let contacts = ledger.table(pack.contacts, except: recorded)
    guard contacts.rowCount > 0 else { return }
    let path = transaction.stagingPath("contacts.parquet")
    try ParquetFile.write(contacts, to: path)
    try transaction.add(
      stagedPath: path, folder: "\(Dataset.contacts.folder)/date=\(ledger.date)", fileName: .digest(ext: "parquet"),
      rowCount: Int64(contacts.rowCount))
  }
}
