/// Distinct 64-bit keys, ascending; the rank of a key is its position.
///
/// Fact files ascend by subscription, so looking up a batch is one walk through both lists, and nothing has to be built
/// first. Keys in another order are found all the same, by bisection.
package struct AscendingIDs: Sendable {
  /// The keys.
  package let keys: [Int64]

  /// Takes keys that ascend already.
  package init(ascending keys: [Int64]) { self.keys = keys }

  /// The number of keys.
  var count: Int { keys.count }

  /// The ranks of `ids`, -1 for those that are none. O(n log(gap)) for ascending ones.
  package func ranks(of ids: [Int64]) -> [Int32] {
    var position = 0
    return ids.map { id in
      if position > 0, keys[position - 1] >= id { position = 0 }
      position = lowerBound(id, from: position)
      return position < keys.count && keys[position] == id ? Int32(position) : -1
    }
  }

  /// The first position from `start` on whose key is not below `id`, looked for in steps that double.
  @inline(__always) private func lowerBound(_ id: Int64, from start: Int) -> Int {
    var (low, step) = (start, 1)
    while low + step <= keys.count, keys[low + step - 1] < id {
      low += step
      step *= 2
    }
    var high = min(low + step - 1, keys.count)
    while low < high {
      let middle = (low + high) / 2
      if keys[middle] < id { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The keys of a range.
  func within(_ range: ClosedRange<Int64>) -> AscendingIDs {
    if let first = keys.first, let last = keys.last, range.contains(first), range.contains(last) { return self }
    return AscendingIDs(ascending: keys.filter { range.contains($0) })
  }

  /// The keys of both lists.
  package func union(_ other: AscendingIDs) -> AscendingIDs {
    if other.count == 0 { return self }
    if count == 0 { return other }
    var merged: [Int64] = []
    merged.reserveCapacity(max(count, other.count))
    var (a, b) = (0, 0)
    while a < count, b < other.count {
      let (left, right) = (keys[a], other.keys[b])
      merged.append(min(left, right))
      if left <= right { a += 1 }
      if right <= left { b += 1 }
    }
    merged += keys[a...]
    merged += other.keys[b...]
    return AscendingIDs(ascending: merged)
  }

  /// The distinct values of a list in any order; O(n) where it ascends.
  package init(of ids: [Int64]) {
    var distinct: [Int64] = []
    distinct.reserveCapacity(ids.count)
    var isAscending = true
    for id in ids where id != distinct.last {
      if let last = distinct.last, last > id { isAscending = false }
      distinct.append(id)
    }
    if !isAscending {
      distinct.sort()
      var kept = 0
      for id in distinct where kept == 0 || distinct[kept - 1] != id {
        distinct[kept] = id
        kept += 1
      }
      distinct.removeLast(distinct.count - kept)
    }
    keys = distinct
  }
}
