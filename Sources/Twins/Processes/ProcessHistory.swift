import Calendar
import Columns
import Datasets

/// How rows of facts that tell of a case's states are read: those of tickets, and those of orders.
struct ProcessFamily: Sendable {
  let kind: ProcessKind
  let dataset: Dataset
  /// The columns of the case's id, of its opening and of its category.
  let idColumn, openedColumn, categoryColumn: String
  /// The states in the order of progress: that in which rows of one day count.
  let states: [String]
  /// The state in which the case waits for somebody else.
  let holdState: String
  /// The place of the first state in which the case is closed; all after it are, too.
  let closedProgress: UInt8
  /// Columns that only one of the families has.
  let closedColumn, channelColumn, promisedColumn: String?

  static let tickets = ProcessFamily(
    kind: .ticket, dataset: .tickets, idColumn: "ticket_id", openedColumn: "opened_date", categoryColumn: "category",
    states: ["open", "pending", "resolved", "closed"], holdState: "pending",
    closedProgress: 2, closedColumn: "resolved_date", channelColumn: "channel", promisedColumn: nil)

  static let orders = ProcessFamily(
    kind: .order, dataset: .orders, idColumn: "order_id", openedColumn: "placed_date", categoryColumn: "kind",
    states: ["placed", "on-hold", "in-progress", "completed", "cancelled"], holdState: "on-hold",
    closedProgress: 3, closedColumn: nil, channelColumn: nil,
    promisedColumn: "promised_date")

  /// The place of a state in the order of progress; of one that it does not know, the last.
  func progress(_ state: String) -> UInt8 { UInt8(states.firstIndex(of: state) ?? states.count - 1) }

  /// Whether a case that is closed is open again.
  @inline(__always) func isReopening(from before: UInt8, to now: UInt8) -> Bool {
    before >= closedProgress && now < closedProgress
  }

  /// Both.
  static let all = [tickets, orders]

  /// The columns that are read.
  var columns: [String] {
    ["subscription_id"] + FactOrder.columns + [idColumn, openedColumn, categoryColumn, "status", "queue"]
      + [closedColumn, channelColumn, promisedColumn].compactMap { $0 }
  }
}

/// The cases of a family, folded from the rows that a moment sees.
///
/// A case is what rows of one id tell. Rows of one day and state are one step, of which the newest holds, by known date,
/// then delivery; steps are in order of day, then progress. So the order of arrival is idle, and a row that comes late takes
/// its place. A day holds each state once: what is resolved and opened again within a day is resolved.
struct ProcessHistory {
  private let family: ProcessFamily
  private let order: FactOrder
  private let ids, subscriptions: [Int64]
  private let progress: [UInt8]
  private let opened: [Int32]
  private let categories: [String]
  private let closed, promised: TypedColumn<Int32>?
  private let channels: TypedColumn<String>?
  private let queues: TypedColumn<String>
  private let holdProgress, closedProgress: UInt8

  init(_ family: ProcessFamily, _ table: Table) throws(ColumnsError) {
    self.family = family
    order = try FactOrder(table)
    ids = try table.int64(family.idColumn).values
    subscriptions = try table.int64("subscription_id").values
    opened = try table.date(family.openedColumn).values
    categories = try table.string(family.categoryColumn).values
    closed = try family.closedColumn.map { name throws(ColumnsError) in try table.date(name) }
    promised = try family.promisedColumn.map { name throws(ColumnsError) in try table.date(name) }
    channels = try family.channelColumn.map { name throws(ColumnsError) in try table.string(name) }
    queues = try table.string("queue")
    progress = try table.string("status").values.map(family.progress)
    holdProgress = family.progress(family.holdState)
    closedProgress = family.closedProgress
  }

  /// The cases that are alive at a moment, ascending by id.
  func cases(at moment: TwinMoment) -> [ProcessCase] {
    let index = DenseIndex(ids)
    var ranks = index.ranks(of: ids)
    for row in ranks.indices where !order.isSeen(row, moment) { ranks[row] = -1 }
    let rows = RowsByRank(ranks: ranks, rankCount: index.count) { a, b in
      if order.eventDates[a] != order.eventDates[b] { return order.eventDates[a] < order.eventDates[b] }
      if progress[a] != progress[b] { return progress[a] < progress[b] }
      return order.learnedBefore(a, b)
    }
    var cases: [ProcessCase] = []
    for rank in 0..<Int32(index.count) {
      let group = rows.group(rank)
      guard !group.isEmpty else { continue }
      let found = fold(group.lazy.map { rows.row($0) }, asOf: moment.asOf.rawValue)
      if found.isAlive(asOf: moment.asOf.rawValue) { cases.append(found) }
    }
    return cases
  }

  /// Where the rows of a case have led so far.
  private struct Trace {
    var last = -1
    var first = Int32.max
    var since: Int32 = 0
    /// The days on which it was closed and opened again, each the last time.
    var closedSince: Int32 = 0
    var reopened = Int32.min
    var (holdDays, stepCount, reopenCount, handoffCount) = (Int32(0), Int32(0), Int32(0), Int32(0))
    var queueRow, promisedRow, channelRow: Int?
  }

  /// The state machine: the rows of one case, in order, to where it stands.
  private func fold(_ rows: some Collection<Int>, asOf: Int32) -> ProcessCase {
    var trace = Trace()
    var pending: Int?
    for row in rows {
      if let pending, order.eventDates[pending] != order.eventDates[row] || progress[pending] != progress[row] {
        step(pending, &trace)
      }
      pending = row
    }
    if let pending { step(pending, &trace) }
    let last = trace.last
    let opened = min(opened[last], trace.first)
    var closing: Int32?
    if progress[last] >= closedProgress {
      // The operator's own word, where it can be.
      let told = closed?[last].flatMap { day in
        (max(opened, trace.reopened)...order.eventDates[last]).contains(day) ? day : nil
      }
      closing = told ?? trace.closedSince
    }
    if progress[last] == holdProgress { trace.holdDays += asOf - trace.since }
    return ProcessCase(
      kind: family.kind, id: ids[last], subscription: subscriptions[last], category: categories[last],
      channel: trace.channelRow.flatMap { channels?[$0] }, state: family.states[Int(progress[last])],
      queue: trace.queueRow.flatMap { queues[$0] }, opened: opened, since: trace.since,
      lastChange: order.eventDates[last], closed: closing, promised: trace.promisedRow.flatMap { promised?[$0] },
      holdDays: trace.holdDays, changeCount: trace.stepCount - 1,
      handoffCount: trace.queueRow == nil ? nil : trace.handoffCount, reopenCount: trace.reopenCount)
  }

  /// Takes one step: the newest row of a day and state.
  @inline(__always) private func step(_ row: Int, _ trace: inout Trace) {
    let day = order.eventDates[row]
    trace.first = min(trace.first, day)
    trace.stepCount += 1
    if trace.last < 0 {
      trace.since = day
      trace.closedSince = day
    } else if progress[trace.last] != progress[row] {
      if progress[trace.last] == holdProgress { trace.holdDays += day - trace.since }
      let (wasClosed, isClosed) = (progress[trace.last] >= closedProgress, progress[row] >= closedProgress)
      if family.isReopening(from: progress[trace.last], to: progress[row]) {
        trace.reopenCount += 1
        trace.reopened = day
      }
      if !wasClosed, isClosed { trace.closedSince = day }
      trace.since = day
    }
    if queues.isValid(row) {
      if let before = trace.queueRow, queues.values[before] != queues.values[row] { trace.handoffCount += 1 }
      trace.queueRow = row
    }
    if promised?.isValid(row) == true { trace.promisedRow = row }
    if channels?.isValid(row) == true { trace.channelRow = row }
    trace.last = row
  }
}
