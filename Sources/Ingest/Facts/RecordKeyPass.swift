import Columns
import Ledger
import Parallelism

/// Finds the rows of a feed's deliveries that repeat a record key, of an earlier night or of an earlier row.
///
/// Keys are 64-bit keyed hashes, cut by their first byte into partitions that fit a cache. Within a partition the first
/// key in the order of deliveries and rows counts. Two different keys of a window of a billion rows meet with a chance of
/// a few in a hundred; then one row counts as a duplicate.
package struct RecordKeyPass {
  /// How many parts the keys are cut into.
  static let partitionCount = 256

  /// The part of a hash.
  @inline(__always)
  static func partition(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 56) }

  /// What the pass found.
  struct Outcome {
    /// For each chunk the `keyRows` that do not count.
    var duplicates: [[UInt32]]
    /// For each chunk the keys met for the first time, in the order of `UsageChunk.keys`: that array itself where none
    /// repeats.
    var newKeys: [[UInt64]]
  }

  /// A key that repeats another: its chunk, and its place among the chunk's keys.
  private struct Duplicate {
    var chunk: Int
    var place: Int
  }

  /// Keys of earlier nights: the files, and how many bytes of them may be held at once.
  struct Past {
    let home: Home
    let products: [Product]
    let budgetByteCount: Int

    /// The keys of a feed that nights from `first` on have learned.
    init(_ home: Home, _ products: [Product], feed: String, since first: String, budgetByteCount: Int) {
      self.home = home
      self.products = products.filter { product in
        product.name.contains("/from=\(feed)/") && (product.partition["date"] ?? "") >= first
      }
      self.budgetByteCount = budgetByteCount
    }

    /// The number of rounds in which the keys fit the budget.
    var roundCount: Int {
      let byteCount = products.reduce(0) { $0 + Int($1.rowCount ?? 0) * MemoryLayout<UInt64>.stride }
      return min(RecordKeyPass.partitionCount, byteCount / max(1, budgetByteCount) + 1)
    }

    /// The keys of some partitions, from the first of these on.
    func keys(_ partitions: Range<Int>) throws -> [[UInt64]] {
      var found = Array(repeating: [UInt64](), count: partitions.count)
      for product in products {
        try ParquetFile.forEachBatch(of: home.url(product.name), columns: ["key"]) { table in
          for key in try table.int64("key").values {
            let hash = UInt64(bitPattern: key)
            let partition = RecordKeyPass.partition(hash)
            if partitions.contains(partition) { found[partition - partitions.lowerBound].append(hash) }
          }
        }
      }
      return found
    }
  }

  /// Goes over chunks in their order. O(keys); partitions in parallel.
  static func run(_ chunks: [UsageChunk], past: Past?, threads: WorkerThreads) throws -> Outcome {
    var places = Array(repeating: [Int](), count: chunks.count)
    let roundCount = past?.roundCount ?? 1
    for round in 0..<roundCount {
      let partitions = partitionCount * round / roundCount..<partitionCount * (round + 1) / roundCount
      let pastKeys = try past?.keys(partitions) ?? Array(repeating: [], count: partitions.count)
      let found = try threads.map(taskCount: partitions.count) { index in
        pass(partitions.lowerBound + index, chunks, pastKeys[index])
      }
      for duplicate in found.joined() { places[duplicate.chunk].append(duplicate.place) }
    }
    // Partitions ascend, and places within them: what is left keeps its order.
    return Outcome(
      duplicates: zip(chunks, places).map { chunk, places in places.map { chunk.keyRows[$0] } },
      newKeys: zip(chunks, places).map { chunk, places in without(places, chunk.keys) })
  }

  /// The keys but those at some places, which ascend.
  private static func without(_ places: [Int], _ keys: [UInt64]) -> [UInt64] {
    guard !places.isEmpty else { return keys }
    var kept: [UInt64] = []
    kept.reserveCapacity(keys.count - places.count)
    var start = 0
    for place in places {
      kept += keys[start..<place]
      start = place + 1
    }
    return kept + keys[start...]
  }

  private static func pass(_ partition: Int, _ chunks: [UsageChunk], _ past: [UInt64]) -> [Duplicate] {
    var duplicates: [Duplicate] = []
    /// The places of the partition's keys in a chunk.
    @inline(__always) func range(_ chunk: borrowing UsageChunk) -> Range<Int> {
      Int(chunk.keyStarts[partition])..<Int(chunk.keyStarts[partition + 1])
    }
    // Chunks are looked at where they lie: a copy of one counts nine references up and down, on both cores' behalf.
    chunks.withUnsafeBufferPointer { chunks in
      var count = past.count
      for index in chunks.indices where !chunks[index].keys.isEmpty { count += range(chunks[index]).count }
      var capacity = 64
      while capacity < count * 2 { capacity *= 2 }
      withUnsafeTemporaryAllocation(of: UInt64.self, capacity: capacity) { slots in
        slots.initialize(repeating: 0)
        let mask = capacity - 1
        /// Adds a hash; false where it was there. Zero marks a free slot, so it shares the place of one.
        @inline(__always) func insert(_ hash: UInt64) -> Bool {
          var slot = Int(truncatingIfNeeded: hash) & mask
          while slots[slot] != 0 {
            if slots[slot] == hash { return false }
            slot = (slot &+ 1) & mask
          }
          slots[slot] = hash
          return true
        }
        for key in past { _ = insert(max(1, key)) }
        for index in chunks.indices where !chunks[index].keys.isEmpty {
          let places = range(chunks[index])
          chunks[index].keys.withUnsafeBufferPointer { keys in
            for place in places where !insert(max(1, keys[place])) {
              duplicates.append(Duplicate(chunk: index, place: place))
            }
          }
        }
      }
    }
    return duplicates
  }
}
