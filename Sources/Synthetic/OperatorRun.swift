import Calendar
import Columns
import Delivery
import Parallelism
public import Vault

/// Makes a synthetic operator and writes what its systems deliver.
///
/// This is the sketch of the room. Towns live through the run (`Town`), in parallel; what they deliver is compressed
/// town by town and laid behind each other in the order of the towns, so the bytes do not depend on the threads. The
/// first arrival folder holds the history and the first raw night; every further folder holds one night. The truth goes
/// to a file of its own, never into a delivery.
public struct OperatorRun: Sendable {
  /// What was made.
  public struct Summary: Sendable, Hashable {
    /// Files of all deliveries.
    public var fileCount = 0
    /// Subscriptions that ever existed in the run.
    public var subscriptionCount = 0
    /// Events of the raw nights.
    public var rawEventCount = 0
    /// Rows of the truth.
    public var truthRowCount = 0
  }

  let world: World
  let threads: WorkerThreads
  let folder: String?

  /// Prepares a run into `folder`, or one that delivers nothing; throws where the settings describe no world.
  public init(_ settings: WorldSettings, folder: String?, threadCount: Int) throws(SyntheticError) {
    try settings.validate()
    world = World(settings)
    threads = WorkerThreads(count: threadCount)
    self.folder = folder
  }

  /// Lives through the run and writes deliveries, and the truth to `truthPath` where given (`.csv` or `.parquet`).
  ///
  /// With the pseudonym key of a home, the truth also holds the pseudonyms that this home gives to subscriptions.
  /// Complexity: O(subscriptions × days) time; memory for the compressed history and the raw nights' events.
  public func write(truthPath: String? = nil, pseudonymKey: PseudonymKey? = nil) throws -> Summary {
    if let folder, ByteFile.isOccupied(folder) {
      throw SyntheticError(.outputExists, "\(folder) is not empty: worlds are not mixed; name another folder")
    }
    let parcels = try threads.map(taskCount: townCount) { index in
      var town = Town(index: index, world: world)
      town.run()
      return try TownParcel(town)
    }
    var summary = Summary()
    if let folder {
      let deliveries = Deliveries(world: world, folder: folder, parcels: parcels)
      let tasks = deliveries.tasks()
      for night in 0..<world.settings.rawNightCount { try ByteFile.makeFolder(deliveries.folder(night)) }
      summary.fileCount = try threads.map(taskCount: tasks.count) { try tasks[$0]() }.reduce(0, +)
    }
    for parcel in parcels {
      summary.subscriptionCount += parcel.subscriptionCount
      summary.rawEventCount += parcel.rawEvents.reduce(0) { $0 + $1.count }
    }
    if let truthPath {
      let rows = parcels.flatMap(\.truth).sorted { ($0.day, $0.subscriptionID) < ($1.day, $1.subscriptionID) }
      summary.truthRowCount = rows.count
      try TruthFile(rows: rows, world: world, key: pseudonymKey).write(to: truthPath)
    }
    return summary
  }

  var townCount: Int {
    let townSize = OperatorLaw.Population.townSubscriptionCount
    return (world.settings.subscriptionCount + townSize - 1) / townSize
  }

  /// Lives through the run, writes nothing, and returns the truth with what the deliveries show: for the limits of
  /// difficulty.
  package func observe() throws -> [(truth: TruthRow, standing: Standing)] {
    try threads.map(taskCount: townCount) { index in
      var town = Town(index: index, world: world)
      town.keepsStandings = true
      town.run()
      return Array(zip(town.truth, town.standings))
    }.flatMap { rows in rows.map { (truth: $0.0, standing: $0.1) } }
  }
}

/// What is left of a town when its run is over: compressed history, rows of the nights, events and truth.
struct TownParcel: Sendable {
  let subscriptionCount: Int
  let usagePieces: [GzipPiece]
  let historyPieces: [GzipPiece]
  let nightly: [[RowText]]
  let rawEvents: [[RawEvent]]
  let truth: [TruthRow]

  init(_ town: Town) throws {
    subscriptionCount = town.subscribers.count
    usagePieces = try town.output.usageByMonth.map { try GzipPiece($0.bytes) }
    historyPieces = try town.output.history.map { try GzipPiece($0.bytes) }
    nightly = town.output.nightly
    rawEvents = town.output.rawEvents
    truth = town.truth
  }
}
