/// What a process is about, in the order in which cases of one id are written.
enum ProcessKind: UInt8, CaseIterable, Sendable {
  case onboarding
  case order
  case ticket

  /// The name in the twin and in the targets.
  var name: String {
    switch self {
    case .onboarding: "onboarding"
    case .order: "order"
    case .ticket: "ticket"
    }
  }

  init?(name: String) {
    guard let kind = ProcessKind.allCases.first(where: { $0.name == name }) else { return nil }
    self = kind
  }
}

/// One case as it stands at a moment. Days are numbers of days since 1970-01-01.
struct ProcessCase: Sendable, Hashable {
  var kind: ProcessKind
  /// Pseudonym of the ticket or order; of an onboarding case that of the subscription.
  var id: Int64
  var subscription: Int64
  var category: String
  var channel: String?
  var state: String
  /// The team or queue that the newest row with one names.
  var queue: String?
  var opened: Int32
  /// The day on which the present state began.
  var since: Int32
  /// The day of the newest row, or of the newest change of state.
  var lastChange: Int32
  /// The day on which it was closed; nil while it is open.
  var closed: Int32?
  var promised: Int32?
  var holdDays: Int32 = 0
  var changeCount: Int32 = 0
  /// Nil where no row names a team or queue.
  var handoffCount: Int32?
  var reopenCount: Int32 = 0

  /// Days that it has been or was open by the end of a day.
  @inline(__always) func openDays(asOf: Int32) -> Int { Int((closed ?? asOf) - opened) }

  /// Whether the twin of a day has a row of it: open, or closed in the last 91 days.
  @inline(__always) func isAlive(asOf: Int32) -> Bool {
    closed.map { Int(asOf - $0) < Windows.longest } ?? true
  }
}
