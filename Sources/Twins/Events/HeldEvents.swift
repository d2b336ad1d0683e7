/// The events that hold at a moment, row after row of the twin.
struct HeldEvents: Sendable {
  /// Positions of a row's events in `facts` and `ages`: from `starts[row]` to `starts[row + 1]`.
  private(set) var starts: [Int32] = [0]
  /// The row of the fact table that holds of each event.
  private(set) var facts: [Int32] = []
  /// Days since the event; negative for one that is dated after the as-of day.
  private(set) var ages: [Int32] = []

  /// Room for the events of so many rows.
  init(rowCount: Int) { starts.reserveCapacity(rowCount + 1) }

  /// Adds an event to the row that is being filled.
  @inline(__always) mutating func append(fact: Int, age: Int) {
    facts.append(Int32(fact))
    ages.append(Int32(age))
  }

  /// Begins the next row.
  @inline(__always) mutating func endRow() { starts.append(Int32(facts.count)) }

  /// The positions of a row's events, ascending by identity.
  @inline(__always) func positions(_ row: Int) -> Range<Int> { Int(starts[row])..<Int(starts[row + 1]) }
}
