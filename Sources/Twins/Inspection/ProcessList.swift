public import Calendar
import Columns
public import Ledger

/// The open processes of a night, those first that need somebody most: what a care or delivery manager asks for.
public struct ProcessList: Sendable {
  /// One open process.
  public struct Item: Sendable, Hashable {
    /// Pseudonyms of the process and of its subscription.
    public let processID, subscriptionID: Int64
    /// Kind, category and state, as in the twin.
    public let kind, category, state: String
    /// The team or queue that holds it.
    public let queue: String?
    /// Days since it was opened, and to its target.
    public let daysOpen: Int32, daysToTarget: Int32?
    /// The chance that it misses its target; 1 where it has.
    public let breachRisk: Double?
  }

  private static let columns = [
    "process_id", "subscription_id", "kind", "category", "state", "is_closed", "days_open", "days_to_target",
    "breach_risk",
  ]

  /// The night.
  public let night: Day
  /// The open processes: the riskiest first, those without a risk last; then those of the nearest target, then by id.
  public let items: [Item]

  /// Reads the processes of `night`, or of the newest night that has some; of `kind` alone where one is given.
  ///
  /// Throws `TwinError` where there are none, and `ColumnsError` and `LedgerError` for files that cannot be read.
  public init(_ home: Home, night: Day?, kind: String?) throws {
    let state = try CommitLog.open(home).state(night.map { .knownBy($0) } ?? .head)
    let name = TwinEntity.process.datasetName
    guard let found = night ?? state.products(name).compactMap({ TwinSources.date($0.name) }).max() else {
      throw TwinError(.missingTwin, "there are no twins of processes: run nightjar-twin first")
    }
    let files = state.products(name, where: ["date": "\(found)"])
    guard !files.isEmpty else {
      throw TwinError(
        .missingTwin, "there are no twins of processes of \(found): run nightjar-twin --date \(found) first")
    }
    var items: [Item] = []
    for file in files {
      // A catalogue need not have the queue.
      let path = home.url(file.name)
      let hasQueue = try ParquetFile.schema(of: path).index(of: "queue") != nil
      let table = try ParquetFile.read(path, columns: ProcessList.columns + (hasQueue ? ["queue"] : []))
      items += try ProcessList.open(table, hasQueue: hasQueue, kind: kind)
    }
    self.night = found
    self.items = items.sorted { a, b in
      if a.breachRisk != b.breachRisk { return a.breachRisk ?? -1 > b.breachRisk ?? -1 }
      if a.daysToTarget != b.daysToTarget { return a.daysToTarget ?? .max < b.daysToTarget ?? .max }
      return (a.processID, a.kind) < (b.processID, b.kind)
    }
  }

  private static func open(_ table: Table, hasQueue: Bool, kind: String?) throws(ColumnsError) -> [Item] {
    let (ids, subscriptions) = (try table.int64("process_id").values, try table.int64("subscription_id").values)
    let kinds = try table.string("kind").values
    let (categories, states) = (try table.string("category").values, try table.string("state").values)
    let queues = hasQueue ? try table.string("queue") : nil
    let closed = try table.bool("is_closed").values
    let (daysOpen, daysToTarget) = (try table.int32("days_open").values, try table.int32("days_to_target"))
    let risks = try table.double("breach_risk")
    return ids.indices.filter { row in !closed[row] && (kind == nil || kinds[row] == kind) }.map { row in
      Item(
        processID: ids[row], subscriptionID: subscriptions[row], kind: kinds[row], category: categories[row],
        state: states[row], queue: queues?[row], daysOpen: daysOpen[row], daysToTarget: daysToTarget[row],
        breachRisk: risks[row])
    }
  }

  /// The head of the lines.
  public static let header = [
    "kind", "category", "state", "queue", "days_open", "days_to_target", "breach_risk", "process_id",
    "subscription_id",
  ].joined(separator: "\t")
}

extension ProcessList.Item {
  /// One line, its values between tabs; the risk in whole percent, – for what is missing.
  public var line: String {
    let cells = [
      kind, category, state, queue ?? "–", "\(daysOpen)", daysToTarget.map { "\($0)" } ?? "–",
      breachRisk.map { "\(Int(($0 * 100).rounded())) %" } ?? "–", "\(processID)", "\(subscriptionID)",
    ]
    return cells.map { cell in
      // A team's name is the operator's text: it may not break the line.
      String(String.UnicodeScalarView(cell.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }.joined(separator: "\t")
  }
}
