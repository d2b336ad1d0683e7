import Calendar
import Columns
public import Ledger

/// Who owned a number when, and which number a subscription has: the map between facts and the outside world.
///
/// Numbers are recycled and ported, so every answer needs an instant. Build it once, then look up without allocation.
public struct NumberBook: Sendable {
  /// All assignments, by number and start; those of one number do not overlap.
  public private(set) var assignments: [NumberAssignment] = []
  /// Open-addressing table of numbers: a slot holds the index of the number's first assignment, or -1.
  private var slots: [Int32] = [-1]
  /// Numbers that stand for subscriptions of their own, by subscription.
  private var learned: [LearnedNumber] = []
  /// Indices into `assignments`, by subscription and start.
  private var bySubscription: [Int32] = []

  /// Makes an empty book.
  public init() {}

  /// An assignment that could not be taken because another one of the number holds.
  public struct Conflict: Sendable, Hashable {
    /// The index in the list that was given.
    public var index: Int
    /// Where the assignment that stands came from.
    public var otherSource: String
  }

  /// Reads the book of a state: the fold of every live file of `vault/numbers/`, in the order of the log.
  public static func load(_ home: Home, _ state: LiveState) throws -> NumberBook {
    let live = Set(state.products(under: "vault/numbers/").map(\.name))
    var book = NumberBook()
    for entry in state.entries {
      for product in entry.products where live.contains(product.name) {
        _ = book.insert(try NumberAssignment.rows(ParquetFile.read(home.url(product.name))))
      }
    }
    for product in state.products(under: LearnedNumber.folder + "/") {
      book.learned += try LearnedNumber.rows(ParquetFile.read(home.url(product.name)))
    }
    book.learned.sort { $0.subscription < $1.subscription }
    book.buildIndex()
    return book
  }

  /// The assignments of a state that wait for room, as the night wrote them that last changed which these are.
  public static func contested(_ home: Home, _ state: LiveState) throws -> [NumberAssignment] {
    try state.products(under: NumberAssignment.contestedFolder + "/").flatMap {
      try NumberAssignment.rows(ParquetFile.read(home.url($0.name)))
    }
  }

  /// Whether the number that stands for a subscription is known from an earlier night. O(log learned).
  public func hasLearned(_ subscription: Int64) -> Bool { learnedNumber(of: subscription) != nil }

  private func learnedNumber(of subscription: Int64) -> UInt64? {
    var low = 0
    var high = learned.count
    while low < high {
      let middle = (low + high) / 2
      if learned[middle].subscription < subscription { low = middle + 1 } else { high = middle }
    }
    return low < learned.count && learned[low].subscription == subscription ? learned[low].number : nil
  }

  /// Adds a night's assignments and returns those that conflict; what is returned is not in the book.
  ///
  /// Rows on known assignments come first, all of a number at once where they do not overlap then, or else one by one; then
  /// new assignments by night, file and line. So the order of `rows` does not matter.
  public mutating func add(_ rows: [NumberAssignment]) -> [Conflict] {
    let conflicts = insert(rows)
    buildIndex()
    return conflicts
  }

  private mutating func insert(_ rows: [NumberAssignment]) -> [Conflict] {
    guard !rows.isEmpty else { return [] }
    var byNumber: [UInt64: [NumberAssignment]] = [:]
    for assignment in assignments { byNumber[assignment.number, default: []].append(assignment) }
    var pending: [UInt64: [Int]] = [:]
    let order = rows.indices.sorted { rows[$0].isKnownBefore(rows[$1]) }
    for index in order { pending[rows[index].number, default: []].append(index) }
    var conflicts: [Conflict] = []
    for (number, indices) in pending {
      var held = byNumber[number] ?? []
      // Of several rows for the same assignment the last one counts.
      let last = indices.indices.filter { at in
        !indices[(at + 1)...].contains { rows[$0].replaces(rows[indices[at]]) }
      }.map { indices[$0] }
      let closings = last.filter { index in held.contains { rows[index].replaces($0) } }
      let beginnings = last.filter { index in !held.contains { rows[index].replaces($0) } }
      // An end of one may make room for what another is moved to.
      let moved = held.filter { old in !closings.contains { rows[$0].replaces(old) } } + closings.map { rows[$0] }
      let isRoom = !NumberBook.overlap(moved)
      if isRoom { held = moved }
      for index in (isRoom ? [] : closings) + beginnings {
        let others = held.filter { !rows[index].replaces($0) }
        if let other = others.first(where: { rows[index].overlaps($0) }) {
          conflicts.append(Conflict(index: index, otherSource: other.source))
        } else {
          held = others + [rows[index]]
        }
      }
      // One that ends where it begins was taken back: no time is left in which it holds.
      byNumber[number] = held.filter { !$0.isEmpty }
    }
    assignments = byNumber.values.flatMap { $0 }.sorted { ($0.number, $0.validFrom) < ($1.number, $1.validFrom) }
    return conflicts.sorted { $0.index < $1.index }
  }

  /// Whether two of some assignments of one number overlap.
  private static func overlap(_ assignments: [NumberAssignment]) -> Bool {
    let ordered = assignments.filter { !$0.isEmpty }.sorted { $0.validFrom < $1.validFrom }
    return zip(ordered, ordered.dropFirst()).contains { $0.overlaps($1) }
  }

  private mutating func buildIndex() {
    var capacity = 16
    while capacity < assignments.count * 2 { capacity *= 2 }
    slots = Array(repeating: -1, count: capacity)
    for index in assignments.indices where index == 0 || assignments[index - 1].number != assignments[index].number {
      var slot = slot(of: assignments[index].number)
      while slots[slot] >= 0 { slot = (slot + 1) & (capacity - 1) }
      slots[slot] = Int32(index)
    }
    bySubscription = assignments.indices.map { Int32($0) }.sorted { a, b in
      let (first, second) = (assignments[Int(a)], assignments[Int(b)])
      return (first.subscription, first.validFrom, first.number) < (
        second.subscription, second.validFrom, second.number
      )
    }
  }

  private func slot(of number: UInt64) -> Int {
    Int(truncatingIfNeeded: (number &* 0x9E37_79B9_7F4A_7C15) >> 20) & (slots.count - 1)
  }

  /// The subscription that owned `number` at an instant, in seconds of UTC; nil where nobody did.
  ///
  /// O(1) to find the number, O(log owners) to find the owner.
  public func subscription(ofNumber number: UInt64, at utcSeconds: Int64) -> Int64? {
    ownership(ofNumber: number, at: utcSeconds)?.subscription
  }

  /// Who owned `number` at an instant, from when, and up to, not including, when; nil where nobody did.
  public func ownership(
    ofNumber number: UInt64, at utcSeconds: Int64
  ) -> (subscription: Int64, from: Int64, to: Int64)? {
    guard var low = firstIndex(ofNumber: number) else { return nil }
    // The owners of a number lie side by side: find the last that began at or before the instant.
    guard assignments[low].validFrom <= utcSeconds else { return nil }
    var step = 1
    while low + step < assignments.count, isBegun(low + step, number, utcSeconds) { step *= 2 }
    while step > 0 {
      if low + step < assignments.count, isBegun(low + step, number, utcSeconds) { low += step } else { step /= 2 }
    }
    let end = assignments[low].validTo ?? .max
    return utcSeconds < end ? (assignments[low].subscription, assignments[low].validFrom, end) : nil
  }

  /// Whether anybody owned `number` at any time.
  public func knows(number: UInt64) -> Bool { firstIndex(ofNumber: number) != nil }

  private func firstIndex(ofNumber number: UInt64) -> Int? {
    var slot = slot(of: number)
    while slots[slot] >= 0, assignments[Int(slots[slot])].number != number { slot = (slot + 1) & (slots.count - 1) }
    return slots[slot] >= 0 ? Int(slots[slot]) : nil
  }

  private func isBegun(_ index: Int, _ number: UInt64, _ utcSeconds: Int64) -> Bool {
    assignments[index].number == number && assignments[index].validFrom <= utcSeconds
  }

  /// The number of `subscription` at an instant, in seconds of UTC; the one begun last where it has several.
  public func number(ofSubscription subscription: Int64, at utcSeconds: Int64) -> UInt64? {
    var low = 0
    var high = bySubscription.count
    while low < high {
      let middle = (low + high) / 2
      if assignments[Int(bySubscription[middle])].subscription < subscription {
        low = middle + 1
      } else {
        high = middle
      }
    }
    var found: UInt64?
    while low < bySubscription.count {
      let assignment = assignments[Int(bySubscription[low])]
      guard assignment.subscription == subscription else { break }
      if assignment.validFrom <= utcSeconds, utcSeconds < assignment.validTo ?? .max { found = assignment.number }
      low += 1
    }
    return found ?? learnedNumber(of: subscription)
  }
}
