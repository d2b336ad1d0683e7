import Columns
import Datasets
import Ledger

/// The hashes of record keys already met: open addressing over 64-bit keyed hashes, eight bytes a slot.
///
/// Two different keys of a window of a billion rows meet with a chance of a few in a hundred; then one row counts as a
/// duplicate.
package struct RecordKeySet {
  private var slots: [UInt64]
  package private(set) var count = 0

  package init(minimumCapacity: Int = 0) {
    var capacity = 1 << 10
    while capacity < minimumCapacity * 2 { capacity *= 2 }
    slots = Array(repeating: 0, count: capacity)
  }

  /// Reads the keys of a feed that nights from `first` on have learned.
  static func load(_ home: Home, _ products: [Product], feed: String, since first: String) throws -> RecordKeySet {
    let wanted = products.filter { product in
      product.name.contains("/from=\(feed)/") && (product.partition["date"] ?? "") >= first
    }
    var set = RecordKeySet(minimumCapacity: wanted.reduce(0) { $0 + Int($1.rowCount ?? 0) })
    for product in wanted {
      let keys = try ParquetFile.read(home.url(product.name), columns: ["key"]).int64("key")
      for key in keys.values { _ = set.insert(UInt64(bitPattern: key)) }
    }
    return set
  }

  /// Writes the dataset's file of the keys that deliveries own, by delivery; returns the number of rows.
  static func write(_ rows: [(delivery: Int64, keys: [[UInt64]])], to path: String) throws -> Int64 {
    let file = FactFile(Dataset.recordKeys.schema, [.runs, .hashes], path: path)
    for row in rows.sorted(by: { $0.delivery < $1.delivery }) {
      for keys in row.keys {
        var start = 0
        while start < keys.count {
          try file.prepare()
          let target = file.values[1] + file.heldCount
          let count = min(keys.count - start, file.capacity - file.heldCount)
          for index in 0..<count { target[index] = Int64(bitPattern: max(1, keys[start + index])) }
          file.append(0, row.delivery, count: count)
          file.added(count)
          start += count
        }
      }
    }
    try file.close()
    return Int64(file.rowCount)
  }

  /// Adds a hash; false where it was there.
  package mutating func insert(_ hash: UInt64) -> Bool {
    // Zero marks a free slot, so it shares the place of one.
    let hash = max(1, hash)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != 0 {
      if slots[slot] == hash { return false }
      slot = (slot + 1) & (slots.count - 1)
    }
    slots[slot] = hash
    count += 1
    if count * 2 > slots.count { rebuild(capacity: slots.count * 2, without: []) }
    return true
  }

  /// Forgets hashes again: those of a file that was refused. O(count).
  package mutating func remove(_ hashes: [UInt64]) {
    rebuild(capacity: slots.count, without: Set(hashes.map { max(1, $0) }))
  }

  private mutating func rebuild(capacity: Int, without removed: Set<UInt64>) {
    let old = slots
    slots = Array(repeating: 0, count: capacity)
    count = 0
    for hash in old where hash != 0 && !removed.contains(hash) {
      var slot = Int(truncatingIfNeeded: hash) & (capacity - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (capacity - 1) }
      slots[slot] = hash
      count += 1
    }
  }
}
