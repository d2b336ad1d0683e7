import Calendar
import Ledger
import Vault

/// A delivery of an earlier night whose rows were derived again.
struct RederivedFile: Sendable {
  /// What it brings now.
  var result: FileResult
  /// Its feed.
  var feed: Int
  /// The night that took it: its rows are known since then.
  var night: Day
}

/// What tonight changes in what earlier nights took: files that are superseded, and deliveries that are derived again
/// from their kept bytes, under the feeds and the number book of tonight.
struct HistoryRevision {
  let home: Home
  let state: LiveState
  let folder: FeedFolder
  /// Rows that were repaired.
  let repairs: Repairs
  /// Deliveries that another file replaces.
  var superseded: [TakenDelivery] = []
  /// Deliveries whose rows are to be derived again, and why.
  var affected: [SHA256Digest: IntakeFile.Rederivation] = [:]

  /// What cannot be derived again, though it should be.
  private var warnings: [String] = []

  init(home: Home, state: LiveState, folder: FeedFolder, repairs: Repairs) {
    self.home = home
    self.state = state
    self.folder = folder
    self.repairs = repairs
  }

  /// Takes deliveries whose rows have another owner by a late number assignment. One that is no longer kept stays as it
  /// was, with a warning: the assignment itself is right, and must not wait for a delivery that will not come back.
  mutating func add(_ deliveries: [TakenDelivery]) {
    let gone = Set(superseded)
    for delivery in deliveries where !gone.contains(delivery) {
      let file = delivery.file
      if let reason = reasonToStay(delivery) {
        warnings.append(
          "\(file.feed): \(file.name) of \(delivery.night) has rows of numbers that were assigned late, and stays as it "
            + "was: \(reason)")
      } else {
        affected[file.sha256] = .numbers
      }
    }
  }

  private func reasonToStay(_ delivery: TakenDelivery) -> String? {
    let vault = KeptDeliveries(home)
    if case .lost(let loss) = vault.find(delivery.file.sha256) { return loss.rawValue }
    // Parts that change owner change what later deliveries add to their sessions.
    guard let feed = folder.feeds.first(where: { $0.name == delivery.file.feed }), feed.sessions != nil else {
      return nil
    }
    for dependent in KeyHistory.dependents(of: delivery, in: state, home, feed: feed) {
      if case .lost(let loss) = vault.find(dependent.file.sha256) {
        return "\(dependent.file.name) of \(dependent.night) has parts of its sessions: \(loss.rawValue)"
      }
    }
    return nil
  }

  /// What came of it.
  struct Outcome: Sendable {
    /// The deliveries whose rows go.
    var withdrawal = Withdrawal()
    /// Those of them that another file replaces.
    var superseded = Withdrawal()
    /// The rows that come instead, in the order in which the deliveries were taken.
    var rederived: [RederivedFile] = []
    /// The record keys in force, by feed, where they changed.
    var keys: [String: KeyHistory] = [:]
    /// What a person should know.
    var warnings: [String] = []
  }

  /// Derives again whatever has to be.
  func run(_ tonight: NightContext) throws -> Outcome {
    var outcome = Outcome()
    outcome.warnings = warnings
    // By delivery, not by digest: two quiet days share one.
    let gone = Set(superseded)
    let names = Set(superseded.map(\.file.feed)).union(
      state.deliveries.filter { affected[$0.file.sha256] != nil }.map(\.file.feed))
    for index in folder.feeds.indices where names.contains(folder.feeds[index].name) {
      let feed = folder.feeds[index]
      func derive(
        _ delivery: TakenDelivery, _ reason: IntakeFile.Rederivation, _ seen: inout RecordKeySet
      ) throws -> FileResult {
        let context = NightContext(
          night: delivery.night, key: tonight.key, book: tonight.book, repairs: repairs, learned: tonight.learned,
          spill: tonight.spill, rejectLimit: tonight.rejectLimit)
        var result = try KeptReading(home: home, feed: feed, index: index, context: context).read(delivery, &seen)
        result.intake.rederivation = reason
        result.intake.superseded = delivery.file.superseded
        outcome.rederived.append(RederivedFile(result: result, feed: index, night: delivery.night))
        return result
      }
      if feed.recordKey != nil {
        var history = try KeyHistory(home, state, feed: feed)
        var sessions = SessionHistory(home, state, feed: feed)
        _ = try history.revise(superseded: gone, affected: affected, sessions: &sessions, derive: derive)
        outcome.keys[feed.name] = history
      } else {
        var seen = RecordKeySet()
        for delivery in state.deliveries where delivery.file.feed == feed.name {
          if let reason = affected[delivery.file.sha256] { _ = try derive(delivery, reason, &seen) }
        }
      }
    }
    if let missing = names.subtracting(folder.feeds.map(\.name)).min() {
      throw IngestError(
        .notDerivable, "the feed '\(missing)' is not configured, so its deliveries cannot be derived again")
    }
    let again = Set(outcome.rederived.map(\.result.intake.sha256))
    outcome.superseded = Withdrawal(superseded)
    outcome.withdrawal = Withdrawal(
      state.deliveries.filter { gone.contains($0) || again.contains($0.file.sha256) })
    return outcome
  }
}

/// Reads a kept delivery as the night that took it did.
struct KeptReading {
  let home: Home
  let feed: Feed
  let index: Int
  let context: NightContext

  func read(_ delivery: TakenDelivery, _ seen: inout RecordKeySet) throws(IngestError) -> FileResult {
    let file = delivery.file
    let named = "\(file.feed): \(file.name) of \(delivery.night)"
    switch KeptDeliveries(home).find(file.sha256) {
    case .lost(let loss):
      throw IngestError(.notDerivable, "\(named) has to be derived again, but \(loss.rawValue)")
    case .found(let path):
      guard var reading = reading(delivery, at: path) else {
        throw IngestError(.notDerivable, "\(named) cannot be read where it is kept")
      }
      if let refusal = try KeptReading.run(&reading, &seen) {
        throw IngestError(
          .notDerivable,
          "\(named) has to be derived again, but under the feeds in force it is refused: \(refusal.message) "
            + "[\(refusal.code)]")
      }
      return reading.result
    }
  }

  /// Reads a delivery for its records alone; throws a sentence about the delivery where that cannot be.
  func trace(_ delivery: TakenDelivery, _ trace: RecordTrace) throws(IngestError) -> RecordTrace {
    switch KeptDeliveries(home).find(delivery.file.sha256) {
    case .lost(let loss): throw IngestError(.notDerivable, loss.rawValue)
    case .found(let path):
      guard var reading = reading(delivery, at: path) else {
        throw IngestError(.notDerivable, "it cannot be read where it is kept")
      }
      reading.trace = trace
      var seen = RecordKeySet()
      if let refusal = try KeptReading.run(&reading, &seen) {
        throw IngestError(
          .notDerivable, "under the feeds in force it is refused: \(refusal.message) [\(refusal.code)]")
      }
      return reading.trace ?? trace
    }
  }

  private func reading(_ delivery: TakenDelivery, at path: String) -> FileReading? {
    guard let stamp = FileStamp(path) else { return nil }
    var task = FileTask(
      file: DeliveredFile(path: path, name: delivery.file.name), feed: index, sha256: delivery.file.sha256, stamp: stamp
    )
    task.isTakenBefore = true
    return FileReading(task, feed: feed, context: context)
  }

  private static func run(
    _ reading: inout FileReading, _ seen: inout RecordKeySet
  ) throws(IngestError) -> FileRefusal? {
    do { try reading.read(seen: &seen) } catch let error as IngestError { throw error } catch {
      return error as? FileRefusal ?? FileRefusal("unreadable", "it cannot be read")
    }
    return nil
  }
}
