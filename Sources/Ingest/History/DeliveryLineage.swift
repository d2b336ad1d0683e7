public import Calendar
public import Columns
public import Datasets
public import Ledger
import Parallelism
import Vault

/// Finds the records that facts were made of, by reading the kept deliveries again (Lineage.md): promise 9.
///
/// A delivery is read as the night that took it did, under the feeds in force, with the numbers, repairs and record keys
/// that a night knew. That needs the key of the vault. Nothing is written, and no value of a number comes out: positions, and
/// what each record added.
public struct DeliveryLineage: Sendable {
  /// Facts of one dataset, with all of its columns.
  public struct FactSet: Sendable {
    /// The dataset.
    public let dataset: Dataset
    /// The facts.
    public let facts: Table

    /// Names some facts.
    public init(_ dataset: Dataset, _ facts: Table) {
      self.dataset = dataset
      self.facts = facts
    }
  }

  /// Where a fact came from.
  public struct Origin: Sendable {
    /// The delivery; nil where none that counts brought it.
    public var delivery: TakenDelivery?
    /// The records that made it, in the order of the delivery.
    public var records: [DeliveryRecord] = []
    /// Why its records cannot be told, or not for certain; nil where they are all there.
    public var problem: String?
  }

  private let home: Home
  private let state: LiveState
  private let folder: FeedFolder
  private let threads: Int
  /// What rows are read with, or why they cannot be.
  private let secrets: Result<Secrets, Obstacle>

  private struct Secrets: Sendable {
    let key: PseudonymKey
    let book: NumberBook
    let repairs: Repairs
    let learned: LearnedNumbers
  }

  private struct Obstacle: Error {
    let text: String
  }

  /// Prepares to ask what a night knew. Throws where the log or a feed cannot be read; a vault that cannot be opened is told
  /// fact by fact.
  public init(_ home: Home, configuration: String, knownBy night: Day, threads: Int) throws {
    self.home = home
    self.threads = threads
    folder = try FeedFolder.load(configuration: configuration)
    let state = try CommitLog.open(home).state(.knownBy(night))
    self.state = state
    do {
      let key = try PseudonymKey.load(home)
      secrets = .success(
        Secrets(
          key: key, book: try NumberBook.load(home, state), repairs: try Repairs(home, state, key),
          learned: LearnedNumbers(key)))
    } catch let error as VaultError where error.code == .missingKey {
      secrets = .failure(Obstacle(text: "the key of the vault cannot be read"))
    } catch {
      secrets = .failure(Obstacle(text: "the vault cannot be read: \(error)"))
    }
  }

  /// The origin of every fact, set by set in the order of its rows. Each delivery is read once. O(records of the deliveries).
  public func origins(of sets: [FactSet]) throws -> [[Origin]] {
    var wanted: [Int64: [FactPlace]] = [:]
    for (number, set) in sets.enumerated() {
      for (row, delivery) in try set.facts.int64("delivery_id").values.enumerated() {
        wanted[delivery, default: []].append(FactPlace(set: number, row: row))
      }
    }
    let deliveries = wanted.sorted { $0.key < $1.key }
    let found = try WorkerThreads(count: threads).map(taskCount: deliveries.count) { number in
      try trace(deliveries[number].value, in: sets, delivery: deliveries[number].key)
    }
    var origins = sets.map { [Origin](repeating: Origin(), count: $0.facts.rowCount) }
    for (delivery, found) in zip(deliveries, found) {
      for (place, origin) in zip(delivery.value, found) { origins[place.set][place.row] = origin }
    }
    return origins
  }

  /// A fact of a set.
  private struct FactPlace: Sendable {
    var set: Int
    var row: Int
  }

  private func trace(_ places: [FactPlace], in sets: [FactSet], delivery id: Int64) throws -> [Origin] {
    func all(_ delivery: TakenDelivery?, _ problem: String) -> [Origin] {
      places.map { _ in Origin(delivery: delivery, problem: problem) }
    }
    guard let taken = state.deliveries.first(where: { $0.file.sha256.head63 == id }) else {
      return all(
        nil, "no delivery that counts brought it: a stage of this home made it, or another delivery replaced it")
    }
    guard let index = folder.feeds.firstIndex(where: { $0.name == taken.file.feed }) else {
      return all(taken, "its feed is not configured")
    }
    let secrets: Secrets
    switch self.secrets {
    case .success(let found): secrets = found
    case .failure(let obstacle): return all(taken, obstacle.text)
    }
    let context = NightContext(
      night: taken.night, key: secrets.key, book: secrets.book, repairs: secrets.repairs, learned: secrets.learned,
      spill: .unbounded)
    let feed = folder.feeds[index]
    // Set by set: two of them may ask for the same fact, and one of use for its counterparties.
    let groups = Dictionary(grouping: places.indices, by: { places[$0].set }).sorted { $0.key < $1.key }.map {
      (places: $0.value, facts: sets[$0.key].facts.rows(at: $0.value.map { places[$0].row }))
    }
    let outcome: Result<RecordTrace, Obstacle>
    do throws(IngestError) {
      let reading = KeptReading(home: home, feed: feed, index: index, context: context)
      outcome = .success(try reading.trace(taken, try wanted(groups.map(\.facts), taken, feed)))
    } catch { outcome = .failure(Obstacle(text: error.message)) }
    switch outcome {
    case .failure(let obstacle): return all(taken, obstacle.text)
    case .success(let trace):
      var origins = all(taken, "")
      for group in groups {
        for (place, found) in zip(group.places, try match(group.facts, trace, feed, taken)) {
          origins[place] = Origin(delivery: taken, records: found.records, problem: found.problem)
        }
      }
      return origins
    }
  }

  private func match(
    _ facts: Table, _ trace: RecordTrace, _ feed: Feed, _ delivery: TakenDelivery
  ) throws -> [RecordMatch.Found] {
    if let meeting = RecordMatch.Meeting(facts.schema) {
      return try RecordMatch.origins(of: meeting, facts, trace.entries)
    }
    if feed.sessions != nil { return try SessionMatch(home, state, feed, delivery).origins(of: facts, trace) }
    return trace.facts == nil
      ? try RecordMatch.origins(ofUse: facts, trace.entries) : try RecordMatch.origins(ofRows: facts, trace)
  }

  /// What is looked for in a delivery.
  private func wanted(_ facts: [Table], _ delivery: TakenDelivery, _ feed: Feed) throws(IngestError) -> RecordTrace {
    do {
      var wanted = RecordTrace.Wanted()
      if feed.kind.isOwned { wanted.owners = Set(try facts.flatMap { try $0.int64("subscription_id").values }) }
      // A part of a session bears on other days than its own.
      if feed.sessions == nil { wanted.days = Set(try facts.flatMap { try $0.date("event_date").values }) }
      return RecordTrace(wanted, keys: try keys(of: delivery, feed), kind: feed.kind)
    } catch { throw IngestError(.notDerivable, "what is remembered of it cannot be read: \(error)") }
  }

  /// The record keys that a delivery owns; nil where none of its records repeated one, or they are remembered no longer.
  private func keys(of delivery: TakenDelivery, _ feed: Feed) throws -> Set<UInt64>? {
    guard feed.recordKey != nil, delivery.file.duplicateCount > 0 else { return nil }
    let id = delivery.file.sha256.head63
    var keys: Set<UInt64> = []
    let products = state.products(
      Dataset.recordKeys.name, where: ["from": feed.name, "date": delivery.night.description])
    for product in products {
      try ParquetFile.forEachBatch(of: home.url(product.name), columns: ["delivery_id", "key"]) { batch in
        for (owner, key) in zip(try batch.int64("delivery_id").values, try batch.int64("key").values) where owner == id
        {
          keys.insert(UInt64(bitPattern: key))
        }
      }
    }
    return keys.isEmpty && delivery.file.acceptedCount > 0 ? nil : keys
  }
}
