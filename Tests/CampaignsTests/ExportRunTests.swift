import Calendar
import Campaigns
import Columns
import Configuration
import Datasets
import Glibc
import Ledger
import Testing
import Vault

/// A home that is ready for an export.
private final class ExportHome {
  let folder: String
  let home: Home

  init(_ world: CampaignWorld = CampaignWorld()) throws {
    var template = Array("/tmp/nightjar-campaigns-XXXXXX".utf8CString)
    folder = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
    home = Home(path: folder + "/home", keysFolder: folder + "/keys")
    _ = try HomeSetup(home).run()
    let night = CampaignWorld.night
    try commit(
      "ingest",
      [
        ("data/facts/feed=consents/date=\(night)", world.consentTable),
        ("vault/numbers", NumberAssignment.table(world.numbers)),
        ("vault/addresses", AddressBook.table(world.addresses)),
      ])
    let ids = world.actions.map(\.subscription)
    let twins = Table(
      Schema([
        ColumnField("subscription_id", .int64), ColumnField("language", .string, isNullable: true),
        ColumnField("payment_type", .string),
      ]),
      [
        .int64(TypedColumn(ids)), .string(TypedColumn(optionals: ids.map { _ in "de" }, placeholder: "")),
        .string(TypedColumn(ids.map { _ in "postpaid" })),
      ])
    try commit("twin", [("data/twins/entity=subscription/date=\(night)/shards=000-255", twins)])
    try commit("score", [("data/scores/date=\(night)", world.scores)])
    try decide(world)
  }

  deinit { try? SystemCalls.removeContents(of: folder, andItself: true) }

  func decide(_ world: CampaignWorld) throws {
    let night = CampaignWorld.night
    try commit(
      "decide",
      [("data/decisions/date=\(night)", world.decisions), ("data/assignments/date=\(night)", world.assignments)])
  }

  @discardableResult
  func commit(_ stage: String, _ tables: [(String, Table)]) throws -> LogEntry {
    let transaction = try Transaction.begin(
      home, stage: stage, date: CampaignWorld.night,
      materials: tables.map { Material(name: $0.0, digest: SHA256Digest(of: "\($0.1)")) },
      configDigest: SHA256Digest(of: ""))
    transaction.retireEarlierRuns()
    for (index, (folder, table)) in tables.enumerated() {
      let path = transaction.stagingPath("\(index)")
      try ParquetFile.write(table, to: path)
      try transaction.add(stagedPath: path, folder: folder, fileName: .digest(ext: "parquet"))
    }
    return try transaction.commit()
  }

  func run() throws -> ExportRun.Outcome { try export().run() }

  func export() throws -> ExportRun {
    func document(_ name: String, _ text: String) throws -> ConfigurationDocument {
      try ConfigurationDocument(path: name, bytes: Array(text.utf8))
    }
    let rules = ExportRun.Rules(
      offers: try document(
        "offers.yaml",
        """
        offers:
          - id: renewal
            name: Renewal
            campaign: care
            purpose: marketing
            channels: {sms: {cost: 0.04, acceptance-rate: 0.1}, email: {cost: 0.003, acceptance-rate: 0.1}}
            discount: {amount: 0.00}
            effect: {churn-reduction: 0.2}
        """),
      policy: try document(
        "policy.yaml",
        """
        suppress: [suspended]
        purposes:
          marketing: {channel-consent: true, profiling-consent: unless-withdrawn}
        budget: 1.00
        control: {universal-share: 0.05, campaign-share: 0.1, period: half-year}
        """),
      export: try document("export.yaml", "zone: Europe/Berlin\ncontact-window: {from: \"09:00\", to: \"20:00\"}\n"))
    return ExportRun(home, night: CampaignWorld.night, rules: rules, versions: ["nightjar": "test"])
  }

  var state: LiveState { get throws { try CommitLog.open(home).state(.head) } }

  func contacts() throws -> Table {
    try Table.concatenating(
      try state.products(Dataset.contacts.name).map { try ParquetFile.read(home.url($0.name)) })
  }
}

@Suite struct ExportRunTests {
  @Test func `an export commits the pack and the contacts in one entry, once`() throws {
    let scene = try ExportHome()
    guard case .published(let entry) = try scene.run() else { Issue.record("not published"); return }
    let packs = try scene.state.products(under: "exports/.packs/")
    #expect(packs.count == 6)
    #expect(packs.allSatisfy { $0.name.hasPrefix("exports/.packs/2026-11-22-") })
    #expect(entry.counts["contacts"] == 3)
    let contacts = try scene.contacts()
    #expect(try contacts.int64("person_id").values == [101, 102, 103])
    #expect(try contacts.date("known_date").values.allSatisfy { $0 == (CampaignWorld.night + 1).rawValue })
    #expect(try contacts.string("offer").values == ["renewal", "renewal", "renewal"])
    #expect(try contacts.string("outcome").validity == [false, false, false])

    guard case .alreadyDone(let again) = try scene.run() else { Issue.record("not recognised"); return }
    #expect(again == entry)
    #expect(try CommitLog.open(scene.home).entries.last == entry)
  }

  @Test func `the pack's checksums are those of the files that lie there`() throws {
    let scene = try ExportHome()
    _ = try scene.run()
    let packs = try scene.state.products(under: "exports/.packs/")
    let sums = try #require(packs.first { $0.name.hasSuffix("/SHA256SUMS") })
    let lines = String(decoding: try SystemCalls.readFile(scene.home.url(sums.name)), as: UTF8.self)
    let expected = packs.filter { $0 != sums }.map { product in
      "\(product.digest.hex)  \(product.name.split(separator: "/").last ?? "")\n"
    }
    #expect(lines == expected.joined())
  }

  @Test func `a gate that holds leaves nothing behind`() throws {
    var world = CampaignWorld()
    world.consents.removeFirst()
    let scene = try ExportHome(world)
    let before = try CommitLog.open(scene.home).entries
    let error = #expect(throws: CampaignsError.self) { try scene.run() }
    #expect(error?.code == .missingConsent)
    #expect(try CommitLog.open(scene.home).entries == before)
    #expect(try SystemCalls.names(in: scene.home.url("exports")).isEmpty)
    #expect(throws: CampaignsError.self) { try scene.export().rehearse() }
  }

  @Test func `a dry run writes nothing`() throws {
    let scene = try ExportHome()
    #expect(try scene.export().rehearse().counts["contacts"] == 3)
    #expect(try SystemCalls.names(in: scene.home.url("exports")).isEmpty)
    #expect(try SystemCalls.names(in: scene.home.url("staging")).isEmpty)
  }

  @Test func `a new decision before the night is closed replaces pack and contacts`() throws {
    let scene = try ExportHome()
    _ = try scene.run()
    try scene.decide(other())
    _ = try scene.run()
    #expect(try scene.state.products(under: "exports/.packs/").count == 6)
    #expect(try scene.contacts().int64("person_id").values == [101, 103])
  }

  @Test func `contacts of a pack that was shown stay, and are not counted twice`() throws {
    let scene = try ExportHome()
    _ = try scene.run()
    _ = try Night(scene.home, date: CampaignWorld.night).close(configDigest: SHA256Digest(of: ""), versions: [:])
    try scene.decide(other())
    _ = try scene.run()
    #expect(try scene.state.products(under: "exports/.packs/").count == 6)
    #expect(try scene.contacts().int64("person_id").values.sorted() == [101, 102, 103])
  }

  @Test func `a night without decisions is told apart from one without twins`() throws {
    let scene = try ExportHome()
    let night = CampaignWorld.night + 1
    let run = ExportRun(
      scene.home, night: night,
      rules: ExportRun.Rules(
        offers: try ConfigurationDocument(path: "o", bytes: Array("offers: []\n".utf8)),
        policy: try ConfigurationDocument(path: "p", bytes: Array("a: b\n".utf8)),
        export: try ConfigurationDocument(
          path: "e", bytes: Array("zone: UTC\ncontact-window: {from: \"09:00\", to: \"20:00\"}\n".utf8))), versions: [:]
    )
    let error = #expect(throws: CampaignsError.self) { try run.run() }
    #expect(error?.code == .missingInput)
    #expect(error?.exitStatus == 66)
  }

  /// The same night without the exploration.
  private func other() -> CampaignWorld {
    var world = CampaignWorld()
    world.actions.remove(at: 2)
    world.arms[1] = CampaignWorld.Arm(person: 102)
    return world
  }
}
