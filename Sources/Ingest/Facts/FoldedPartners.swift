/// The counterparties, or the cells, of a shard's rows on their way to their owners.
///
/// They are keyed hashes, spread evenly. So all of them are first put in the order of their first eight bits, then laid out
/// owner after owner: each owner's are then nearly in order, and sorting them by insertion moves few.
struct FoldedPartners: ~Copyable {
  /// First bits of hashes of 63; what is missing (-1) has all nine.
  private static let partCount = 1 << 9
  private static let partShift: UInt64 = 55
  /// The part of what is missing.
  private static let missing = partCount - 1

  /// As the rows came.
  private var values = GrowingBuffer<Int64>()
  /// The number of each part's, then where its next goes.
  private var parts = GrowingBuffer<UInt32>()
  /// By part: values and owners.
  private var orderedValues = GrowingBuffer<Int64>()
  private var orderedOwners = GrowingBuffer<UInt32>()
  /// By owner.
  private var layout = GrowingBuffer<Int64>()
  /// Where those of each owner begin, and end.
  private var starts = GrowingBuffer<UInt32>()
  private var ends = GrowingBuffer<UInt32>()

  init() {
    parts.reserve(FoldedPartners.partCount)
    removeAll()
  }

  /// Forgets the rows of a shard.
  mutating func removeAll() { parts.base.update(repeating: 0, count: FoldedPartners.partCount) }

  /// Makes room for rows and keeps the first `kept`.
  mutating func reserve(_ rowCount: Int, keeping kept: Int) { values.reserve(rowCount, keeping: kept) }

  /// Sets values aside while no room is made.
  struct Setter {
    fileprivate let values: UnsafeMutablePointer<Int64>
    fileprivate let parts: UnsafeMutablePointer<UInt32>

    /// Sets the value of a row aside, -1 where it has none.
    @inline(__always)
    func set(_ value: Int64, _ row: Int) {
      values[row] = value
      parts[FoldedPartners.part(value)] &+= 1
    }
  }

  /// Sets values aside until `reserve` or `layOut` is called.
  var setter: Setter { Setter(values: values.base, parts: parts.base) }

  @inline(__always)
  private static func part(_ value: Int64) -> Int {
    Int(truncatingIfNeeded: UInt64(bitPattern: value) >> partShift)
  }

  /// Lays the values out by owner; `ranks` are the owners' numbers in the order of facts. O(rows + owners).
  mutating func layOut(_ owners: UnsafePointer<UInt32>, _ rowCount: Int, _ ranks: [Int]) {
    starts.reserve(ranks.count)
    ends.reserve(ranks.count)
    orderedValues.reserve(rowCount)
    orderedOwners.reserve(rowCount)
    layout.reserve(rowCount)
    let (values, parts, starts, ends) = (values.base, parts.base, starts.base, ends.base)
    let (orderedValues, orderedOwners, layout) = (orderedValues.base, orderedOwners.base, layout.base)
    let presentCount = rowCount - Int(parts[FoldedPartners.missing])
    var place: UInt32 = 0
    for part in 0..<FoldedPartners.partCount {
      let count = parts[part]
      parts[part] = place
      place += count
    }
    ends.update(repeating: 0, count: ranks.count)
    for row in 0..<rowCount {
      let value = values[row]
      let part = FoldedPartners.part(value)
      let place = Int(parts[part])
      parts[part] &+= 1
      orderedValues[place] = value
      orderedOwners[place] = owners[row]
      // One more of the owner's, unless it is missing.
      ends[Int(owners[row])] &+= value >= 0 ? 1 : 0
    }
    place = 0
    for number in ranks {
      starts[number] = place
      place += ends[number]
      ends[number] = starts[number]
    }
    for index in 0..<presentCount {
      let owner = Int(orderedOwners[index])
      layout[Int(ends[owner])] = orderedValues[index]
      ends[owner] &+= 1
    }
  }

  /// The values of an owner, ascending.
  func sorted(ofOwner number: Int) -> UnsafeMutableBufferPointer<Int64> {
    let start = Int(starts.base[number])
    let values = UnsafeMutableBufferPointer(start: layout.base + start, count: Int(ends.base[number]) - start)
    FoldedPartners.sort(values)
    return values
  }

  /// Sorts by insertion what is few or nearly in order, by the library what turns out not to be.
  static func sort(_ values: UnsafeMutableBufferPointer<Int64>) {
    var moveCount = 0
    for index in 1..<max(1, values.count) {
      let value = values[index]
      var place = index
      while place > 0, values[place - 1] > value {
        values[place] = values[place - 1]
        place -= 1
      }
      values[place] = value
      moveCount += index - place
      if moveCount > 16 * index + 256 {
        var rest = values
        return rest.sort()
      }
    }
  }
}
