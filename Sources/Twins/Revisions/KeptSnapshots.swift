import Calendar
import Ledger

/// The snapshots of twins before a night that are kept, and which entries of the log they were compared with already.
///
/// A snapshot was made of the entries that its run saw. Later nights compared it with what they saw, and wrote down what
/// that changed. So tonight only the entries that none of them saw matter: those since the last twin night, unless a night
/// was caught up or run again.
struct KeptSnapshots: Sendable {
  /// A count that the entry of every run has that compared the snapshots before it.
  static let countName = "revisedSnapshots"

  /// What a run saw: the entries of nights up to its own that stood before it in the log.
  struct Sight: Sendable, Hashable {
    let night: Day
    let sequence: Int

    func covers(_ entry: LogEntry) -> Bool { entry.date <= night && entry.sequence < sequence }
    func covers(_ other: Sight) -> Bool { other.night <= night && other.sequence <= sequence }
  }

  /// Snapshots that were compared with the same entries.
  struct Group: Sendable {
    /// What was seen, without what another one saw as well.
    let sights: [Sight]
    /// The runs that made the snapshots, ascending by night.
    var runs: [LogEntry]

    /// Whether an entry was seen.
    func covers(_ entry: LogEntry) -> Bool { sights.contains { $0.covers(entry) } }
    /// The last day that some snapshot looked at.
    var lastDay: Day { runs.last?.date ?? Day(rawValue: .min) }
  }

  /// The groups, by what they saw.
  let groups: [Group]

  /// Finds the snapshots of nights before `night` that are live in a view.
  init(_ state: LiveState, before night: Day) {
    let live = Set(state.products(SubscriptionTwin.name).compactMap { TwinSources.date($0.name) })
    var newest: [Day: LogEntry] = [:]
    for entry in state.entries where entry.stage == "twin" && entry.date < night { newest[entry.date] = entry }
    let runs = newest.values.sorted { $0.date < $1.date }
    let later = runs.filter { $0.counts[KeptSnapshots.countName] != nil }
      .map { Sight(night: $0.date, sequence: $0.sequence) }
    var groups: [[Sight]: [LogEntry]] = [:]
    for run in runs where live.contains(run.date) {
      let own = Sight(night: run.date, sequence: run.sequence)
      let sights = [own] + later.filter { $0.night > own.night && $0.sequence > own.sequence }
      groups[KeptSnapshots.greatest(sights), default: []].append(run)
    }
    self.groups = groups.map { Group(sights: $0, runs: $1) }.sorted {
      ($0.lastDay, $0.runs[0].date) < ($1.lastDay, $1.runs[0].date)
    }
  }

  /// Those that no other one covers, the latest night first.
  private static func greatest(_ sights: [Sight]) -> [Sight] {
    var kept: [Sight] = []
    for sight in sights.sorted(by: { ($0.night, $0.sequence) > ($1.night, $1.sequence) })
    where !kept.contains(where: { $0.covers(sight) }) {
      kept.append(sight)
    }
    return kept
  }
}
