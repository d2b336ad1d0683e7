public import Calendar
import Columns
public import Configuration
import Datasets
public import Ledger

/// The stage `nightjar-decide`: from the twins, scores and contacts of a night to one entry of the log.
public struct DecisionRun: Sendable {
  /// How a run ended.
  public enum Outcome: Sendable {
    /// The log holds this very work already.
    case alreadyDone(LogEntry)
    /// The entry that was committed.
    case published(LogEntry)
  }

  private let home: Home
  private let night: Day
  private let offers: ConfigurationDocument
  private let policy: ConfigurationDocument
  private let threads: Int
  private let versions: [String: String]

  /// Plans the decisions of a night; the caller holds the run lock when it calls `run`.
  public init(
    _ home: Home, night: Day, offers: ConfigurationDocument, policy: ConfigurationDocument, threads: Int,
    versions: [String: String]
  ) {
    self.home = home
    self.night = night
    self.offers = offers
    self.policy = policy
    self.threads = threads
    self.versions = versions
  }

  /// Decides and returns the counts and warnings, writing nothing.
  public func rehearse() throws -> (counts: [String: Int64], warnings: [String]) {
    let log = try CommitLog.open(home)
    let outcome = try decide(log, DecisionSources(log.state(.knownBy(night)), night: night, rules: try rules(log)))
    return (outcome.counts, outcome.warnings)
  }

  /// Decides and commits. Throws `DecisionsError`, `ConfigurationError`, `LedgerError` and `ColumnsError`; nothing new is
  /// visible then.
  public func run() throws -> Outcome {
    let log = try CommitLog.open(home)
    let sources = DecisionSources(log.state(.knownBy(night)), night: night, rules: try rules(log))
    let materials =
      sources.materials + [
        Material(name: "offers.yaml", digest: SHA256Digest(of: offers.bytes)),
        Material(name: "policy.yaml", digest: SHA256Digest(of: policy.bytes)),
      ]
    let transaction = try Transaction.begin(
      home, stage: "decide", date: night, materials: materials,
      configDigest: SHA256Digest(of: materials.suffix(2).map { "\($0.digest.hex) \($0.name)\n" }.joined()),
      versions: versions)
    if let done = transaction.alreadyDone { return .alreadyDone(done) }
    let outcome = try decide(log, sources)
    transaction.retireEarlierRuns()
    for (dataset, table) in [(Dataset.decisions, outcome.decisions), (Dataset.assignments, outcome.assignments)] {
      let path = transaction.stagingPath("\(dataset.name).parquet")
      try ParquetFile.write(table, to: path)
      try transaction.add(
        stagedPath: path, folder: "\(dataset.folder)/date=\(night)", fileName: .digest(ext: "parquet"),
        rowCount: Int64(table.rowCount))
    }
    return .published(try transaction.commit(counts: outcome.counts, warnings: outcome.warnings))
  }

  private func decide(_ log: CommitLog, _ sources: DecisionSources) throws -> DecisionNight.Outcome {
    try DecisionNight.decide(
      try sources.read(home), catalogue: sources.rules.catalogue, policy: sources.rules.policy,
      key: try ControlKey.ofHome(log), threads: threads)
  }

  /// Reads the configuration against the fields that the night's twins have.
  private func rules(_ log: CommitLog) throws -> DecisionRules {
    guard let twins = log.state(.knownBy(night)).products("twins/subscription", where: ["date": "\(night)"]).first
    else {
      throw DecisionsError(.missingInput, "there are no twins of \(night); run nightjar-twin --date \(night)")
    }
    return try DecisionRules(
      offers: offers, policy: policy, twinSchema: try ParquetFile.schema(of: home.url(twins.name)))
  }
}

/// The catalogue and the policy of a night.
struct DecisionRules: Sendable {
  let catalogue: OfferCatalogue
  let policy: Policy

  /// Reads both files; whatever is wrong with either is reported at once.
  init(offers: ConfigurationDocument, policy: ConfigurationDocument, twinSchema: Schema) throws(ConfigurationError) {
    var problems: [ConfigurationError.Problem] = []
    var readPolicy: Policy?
    do throws(ConfigurationError) {
      readPolicy = try Policy.read(policy, twinSchema: twinSchema)
    } catch {
      problems += error.problems
    }
    do throws(ConfigurationError) {
      let purposes = readPolicy.map { Array($0.purposes.keys) } ?? []
      catalogue = try OfferCatalogue.read(offers, twinSchema: twinSchema, purposes: purposes)
    } catch {
      throw ConfigurationError(problems + error.problems)
    }
    guard let readPolicy else { throw ConfigurationError(problems) }
    self.policy = readPolicy
  }
}

extension ControlKey {
  /// The control key of a home: SHA-256 over a label and the digest of the pseudonym key that entry 1 of the log recorded.
  ///
  /// It needs no vault, stays the same for the whole life of the home, is the same in a home rebuilt around the same
  /// pseudonym key, and cannot be computed by those who see lists only (`Decisions.docc/Controls.md`).
  static func ofHome(_ log: CommitLog) throws(DecisionsError) -> ControlKey {
    let pseudonymKey = log.entries.first?.materials.first { $0.name == "vault/pseudonym.key" }
    guard let pseudonymKey else {
      throw DecisionsError(
        .missingControlKey, "entry 1 of the log does not name vault/pseudonym.key: make the home with nightjar init")
    }
    return ControlKey(SHA256Digest(of: "nightjar control key 1\n\(pseudonymKey.digest.hex)").bytes)
  }
}
