package import Calendar
package import Ledger

/// The sketch of the room: which versions there are, which of them scores, and how it came to that.
///
/// 1. A version comes from an entry of `nightjar-train`. It is a challenger; the entry says whether the rule of
///    `models/registry.yaml` made it champion (`PromotionRule`, `VersionTrial`, `PromotionDecision`).
/// 2. An act, an entry of `nightjar-train promote` or `rollback`, makes a version champion by hand (`PromotionAct`).
/// 3. The champion of a night is what the newest of these entries says, by night and then by number: the registry holds no
///    state beside the log, so it is as whole and as durable as the log.
/// 4. Each version keeps how its inputs were distributed (`InputReference`); each night of scoring is compared with the
///    champion's (`InputDrift`).
public struct ModelRegistry: Sendable {
  /// The stage of the entries that promote and roll back.
  public static let actStage = "promotion"
  static let trainStage = "train"

  /// What a version is.
  public enum Status: String, Sendable, Hashable, Codable {
    /// It scores.
    case champion
    /// It was trained, and has not been champion.
    case challenger
    /// It was champion, until another took its place.
    case former
    /// It was champion, until it was rolled back.
    case rolledBack = "rolled-back"
  }

  /// A step of the history: who became champion, when, by which entry.
  package struct Step: Sendable, Hashable {
    package var number: Int
    package var night: Day
    package var entry: LogEntry
  }

  /// Every version, ascending.
  package let versions: [ModelVersion]
  /// The champions that a rollback may return to, the present one last.
  package private(set) var champions: [Step] = []
  private var left: [Int: Status] = [:]

  /// Folds the entries of a view.
  ///
  /// - Parameter limit: an entry; it and what follows it do not count: what that entry itself saw.
  package init(_ state: LiveState, before limit: LogEntry? = nil) {
    versions = ModelVersion.all(state)
    let known = Set(versions.map(\.number))
    let entries = state.entries.filter { entry in
      let isEarlier = limit.map { (entry.date, entry.sequence) < ($0.date, $0.sequence) } ?? true
      return isEarlier && [ModelRegistry.actStage, ModelRegistry.trainStage].contains(entry.stage)
    }
    for entry in entries.sorted(by: { ($0.date, $0.sequence) < ($1.date, $1.sequence) }) {
      if entry.stage == ModelRegistry.trainStage {
        // Before there were champions, the newest version was the one that scored.
        guard let number = entry.counts["version"].map({ Int($0) }), entry.counts["promoted"] ?? 1 == 1 else {
          continue
        }
        push(number, entry)
      } else if let number = entry.counts["champion"].map({ Int($0) }) {
        if entry.counts["rolledBack"] != nil { pop(to: number, entry) } else { push(number, entry) }
      }
    }
    champions.removeAll { !known.contains($0.number) }
  }

  private mutating func push(_ number: Int, _ entry: LogEntry) {
    if let last = champions.last, last.number != number { left[last.number] = .former }
    left[number] = nil
    champions.append(Step(number: number, night: entry.date, entry: entry))
  }

  private mutating func pop(to number: Int, _ entry: LogEntry) {
    guard let target = champions.lastIndex(where: { $0.number == number }) else { return push(number, entry) }
    for step in champions[(target + 1)...] { left[step.number] = .rolledBack }
    champions.removeSubrange(target...)
    left[number] = nil
    champions.append(Step(number: number, night: entry.date, entry: entry))
  }

  /// The newest night that did more than an act: an act of a later night does not hold yet. nil of an empty log.
  static func newestNight(_ state: LiveState) -> Day? {
    state.entries.filter { $0.stage != actStage }.map(\.date).max()
  }

  /// What the newest night knows; everything of a log without nights.
  static func stateOfNewestNight(_ log: CommitLog) -> LiveState {
    let head = log.state(.head)
    return newestNight(head).map { log.state(.knownBy($0)) } ?? head
  }

  /// The version that scores; nil where none has passed.
  package var champion: ModelVersion? { champions.last.flatMap { step in version(step.number) } }

  /// The newest version that has not been champion, and is newer than the champion.
  package var challenger: ModelVersion? {
    versions.last { status($0) == .challenger && $0.number > champion?.number ?? 0 }
  }

  /// The champion before the present one: where a rollback leads.
  package var predecessor: ModelVersion? {
    champions.last { $0.number != champions.last?.number }.flatMap { version($0.number) }
  }

  /// What a version is.
  package func status(_ version: ModelVersion) -> Status {
    version.number == champions.last?.number ? .champion : left[version.number] ?? .challenger
  }

  /// The version of a number.
  package func version(_ number: Int) -> ModelVersion? { versions.first { $0.number == number } }

  /// The version that a person names: `v0002`, `churn/v0002`, `2`, `champion` or `challenger`.
  package func version(named name: String) throws(LearningError) -> ModelVersion {
    let found: ModelVersion? =
      switch name {
      case "champion": champion
      case "challenger": challenger
      default: versions.first { [$0.label, ModelVersion.name($0.number), String($0.number)].contains(name) }
      }
    guard let found else {
      let known = versions.isEmpty ? "none" : versions.map { ModelVersion.name($0.number) }.joined(separator: ", ")
      throw LearningError(.unknownVersion, "there is no version '\(name)' of the churn model; there are: \(known)")
    }
    return found
  }
}
