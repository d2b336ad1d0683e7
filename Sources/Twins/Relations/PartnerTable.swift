/// The partners of one subscription: on which days there was any, and how many events by ring of days.
///
/// Open addressing over the partners' keyed hashes, which are spread evenly already. It is emptied by a new mark, so that a
/// subscription costs its rows and no more.
struct PartnerTable {
  private let ringCount: Int
  /// The ring of each age.
  private let rings: [Int]
  private var marks: [UInt32]
  private var mark: UInt32 = 0
  private var slotMask: Int
  /// The slots that are taken, in the order in which partners came.
  private(set) var taken: [Int32] = []
  private(set) var partners: [Int64]
  /// Bit `a` is set where age `a` has any.
  private(set) var days: [UInt32]
  /// Ring after ring of each slot.
  private var sums: [Int64]

  /// A table whose rings of ages end at `ringEnds`, exclusive, ascending.
  init(ringEnds: [Int]) {
    ringCount = ringEnds.count
    rings = (0..<(ringEnds.last ?? 0)).map { age in ringEnds.firstIndex { age < $0 } ?? 0 }
    let count = 1 << 8
    slotMask = count - 1
    marks = [UInt32](repeating: 0, count: count)
    partners = [Int64](repeating: 0, count: count)
    days = [UInt32](repeating: 0, count: count)
    sums = [Int64](repeating: 0, count: count * ringCount)
  }

  /// Begins another subscription, of so many rows.
  mutating func begin(rowCount: Int) {
    taken.removeAll(keepingCapacity: true)
    if rowCount * 2 > slotMask {
      var count = slotMask + 1
      while count < rowCount * 2 { count *= 2 }
      slotMask = count - 1
      marks = [UInt32](repeating: 0, count: count)
      partners = [Int64](repeating: 0, count: count)
      days = [UInt32](repeating: 0, count: count)
      sums = [Int64](repeating: 0, count: count * ringCount)
      mark = 0
    }
    if mark == .max {
      for slot in marks.indices { marks[slot] = 0 }
      mark = 0
    }
    mark += 1
  }

  /// Adds the events of a day with a partner; there are any.
  @inline(__always) mutating func add(_ partner: Int64, age: Int, count: Int64) {
    var slot = Int(truncatingIfNeeded: partner) & slotMask
    while marks[slot] == mark, partners[slot] != partner { slot = (slot + 1) & slotMask }
    if marks[slot] != mark {
      marks[slot] = mark
      partners[slot] = partner
      days[slot] = 0
      for ring in 0..<ringCount { sums[slot * ringCount + ring] = 0 }
      taken.append(Int32(truncatingIfNeeded: slot))
    }
    days[slot] |= 1 << UInt32(age)
    sums[slot * ringCount + rings[age]] &+= count
  }

  /// The events with a slot's partner in the first rings.
  @inline(__always) func sum(_ slot: Int, firstRings: Int) -> Int64 {
    var sum: Int64 = 0
    for ring in 0..<firstRings { sum &+= sums[slot * ringCount + ring] }
    return sum
  }
}
