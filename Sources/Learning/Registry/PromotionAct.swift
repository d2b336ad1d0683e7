public import Calendar
public import Ledger

/// A person makes a version champion, or takes the present champion back: one commit, as whole as any other.
public struct PromotionAct: Sendable {
  /// What is asked.
  public enum Request: Sendable, Hashable {
    /// Make the version of this name champion.
    case promote(String)
    /// Return to the champion before the present one.
    case rollback
  }

  /// How an act ended.
  public enum Outcome: Sendable {
    /// It is so already: by the entry, or because the version is champion.
    case alreadyDone(String)
    /// The entry that was committed.
    case published(LogEntry, summary: String)
  }

  /// The file `act-….json`: who made which version champion, and why.
  package struct Record: Sendable, Hashable, Codable {
    package var formatVersion = 1
    /// promote or rollback.
    package var act: String
    /// The champion from this night on.
    package var version: String
    /// The champion until then; absent where there was none.
    package var previous: String?
    package var night: String
    package var by: String
    package var why: String
    /// What the rule had made of the version when it was trained; absent of a version without decision.
    package var ruleVerdict: String?
    /// The number of the act, from 1.
    package var number: Int
  }

  /// Where acts lie.
  package static let folder = ModelVersion.folder + "/acts"
  /// Longer texts of --by and --why are refused.
  public static let textLimit = 500

  private let home: Home
  private let night: Day
  private let request: Request
  private let by: String
  private let why: String
  private let versions: [String: String]

  /// Plans an act that holds from `night` on.
  ///
  /// - Throws: `invalidAct` where `by` or `why` is empty, too long, or holds control characters.
  public init(
    _ home: Home, night: Day, request: Request, by: String, why: String, versions: [String: String]
  ) throws(LearningError) {
    for (name, text) in [("--by", by), ("--why", why)] {
      guard text.contains(where: { !$0.isWhitespace }), text.utf8.count <= PromotionAct.textLimit,
        text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
      else {
        throw LearningError(
          .invalidAct, "\(name) wants a text of at most \(PromotionAct.textLimit) bytes in one line: it is recorded")
      }
    }
    (self.home, self.night, self.request) = (home, night, request)
    (self.by, self.why, self.versions) = (by, why, versions)
  }

  /// What a run would do, in one line; throws as it would.
  public func plan() throws -> String {
    switch try target(CommitLog.open(home).state(.knownBy(night))) {
    case .done(let sentence): sentence
    case .change(let version, let previous):
      "a run would make \(version.label) champion in place of \(previous?.label ?? "none")"
    }
  }

  /// Commits the act; throws before anything is visible.
  public func run() throws -> Outcome {
    let log = try CommitLog.open(home)
    let state = log.state(.knownBy(night))
    switch try target(state) {
    case .done(let sentence): return .alreadyDone(sentence)
    case .change(let version, let previous):
      let (verdict, unread) = try verdict(version)
      let warnings =
        warnings(version, previous, verdict, newest: ModelRegistry.newestNight(log.state(.head))) + unread
      let number = log.entries.count { $0.stage == ModelRegistry.actStage } + 1
      let record = Record(
        act: verb, version: version.label, previous: previous?.label, night: night.description, by: by, why: why,
        ruleVerdict: verdict?.rawValue, number: number)
      let text = try ModelVersion.json(record)
      // What the act depends on is in its record.
      let transaction = try Transaction.begin(
        home, stage: ModelRegistry.actStage, date: night, materials: version.products.map { Material($0) },
        configDigest: SHA256Digest(of: text), versions: versions)
      if let done = transaction.alreadyDone { return .alreadyDone("\(done.fileName) holds this act") }
      let path = transaction.stagingPath("act.json")
      try ModelVersion.write(text, to: path)
      try transaction.add(stagedPath: path, folder: PromotionAct.folder, fileName: .role("act", ext: "json"))
      var counts = ["champion": Int64(version.number), "act": Int64(number)]
      if let previous { counts[request == .rollback ? "rolledBack" : "previous"] = Int64(previous.number) }
      let entry = try transaction.commit(counts: counts, warnings: warnings)
      return .published(
        entry, summary: "\(version.label) is champion in place of \(previous?.label ?? "none"), by \(entry.fileName)")
    }
  }

  private var verb: String {
    switch request {
    case .promote: "promote"
    case .rollback: "rollback"
    }
  }

  private enum Target {
    case done(String)
    case change(ModelVersion, previous: ModelVersion?)
  }

  private func target(_ state: LiveState) throws -> Target {
    let registry = ModelRegistry(state)
    switch request {
    case .promote(let name):
      let version = try registry.version(named: name)
      guard version != registry.champion else { return .done("\(version.label) is champion already") }
      return .change(try readable(version), previous: registry.champion)
    case .rollback:
      // Running a rollback again, after a crash, must not roll back twice.
      if let last = try newestAct(state), last.act == verb, last.night == night.description, last.by == by,
        last.why == why
      {
        return .done("this rollback is done: \(last.version) is champion; another one has words of its own in --why")
      }
      guard let champion = registry.champion, let predecessor = registry.predecessor else {
        throw LearningError(.unknownVersion, "there is no champion before the present one to return to")
      }
      return .change(try readable(predecessor), previous: champion)
    }
  }

  /// The version, where a night can score with its files; throws what they lack.
  private func readable(_ version: ModelVersion) throws -> ModelVersion {
    do {
      _ = try ScoringFiles(version, home: home)
    } catch let error as LearningError {
      throw LearningError(error.code, "\(version.label) cannot become champion: \(error.message)")
    }
    return version
  }

  private func newestAct(_ state: LiveState) throws -> Record? {
    let acts = state.entries.filter { $0.stage == ModelRegistry.actStage }
    guard let newest = acts.max(by: { ($0.date, $0.sequence) < ($1.date, $1.sequence) }) else { return nil }
    return try PromotionAct.record(newest, home: home)
  }

  /// What the rule said of a version, and a warning where that cannot be read: no night needs it to score.
  private func verdict(
    _ version: ModelVersion
  ) throws(LearningError) -> (PromotionDecision.Verdict?, warnings: [String]) {
    do {
      return (try version.decision(home: home)?.verdict, [])
    } catch {
      guard [.missingModel, .damagedModel, .olderFormat].contains(error.code) else { throw error }
      return (nil, ["what the rule said of \(version.label) cannot be read: \(error.message)"])
    }
  }

  /// A promotion against the rule, and an act of a far night, are allowed, and seen.
  private func warnings(
    _ version: ModelVersion, _ previous: ModelVersion?, _ verdict: PromotionDecision.Verdict?, newest: Day?
  ) -> [String] {
    var warnings: [String] = []
    if case .promote = request, let verdict, [.held, .refused].contains(verdict) {
      warnings.append(
        "\(version.label) is promoted by hand though the rule has \(verdict.rawValue) it; its decision file says why")
    }
    // The night that comes next is what acts are for.
    if let newest, night > newest + 1 {
      warnings.append(
        "\(version.label) is champion from \(night) on, and \(previous?.label ?? "none") until then: the newest night is \(newest)"
      )
    }
    return warnings
  }
}
