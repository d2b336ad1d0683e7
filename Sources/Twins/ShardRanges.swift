/// How the rows of a table that ascend by subscription are cut into files: by ranges of the 256 shards, which are the first
/// eight of a pseudonym's 63 bits.
///
/// The number of files follows the rows, never the threads.
package enum ShardRanges {
  private static let shardCount = 256
  /// Rows from which more files are worth it.
  package static let fileRowCount = 1 << 18
  private static let limit = 64
  /// Whatever the subscription.
  package static let everyID = Int64.min...Int64.max

  /// A range of shards and the rows that it has.
  package struct Part: Sendable {
    package let shards: Range<Int>
    package let rows: Range<Int>

    /// The subscriptions that may be in it.
    package var ids: ClosedRange<Int64> { ShardRanges.ids(shards.lowerBound, shards.upperBound - 1) }

    /// The folder that says the range.
    package var folder: String {
      func text(_ shard: Int) -> String { String(String(shard + 1_000).dropFirst()) }
      return "shards=\(text(shards.lowerBound))-\(text(shards.upperBound - 1))"
    }
  }

  /// The subscriptions that a file may have, by the folder in its path that says its shards; nil where none does.
  package static func ids(_ path: String) -> ClosedRange<Int64>? {
    guard let folder = path.split(separator: "/").first(where: { $0.hasPrefix("shards=") }) else { return nil }
    let bounds = folder.dropFirst(7).split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard bounds.count == 2, let first = bounds[0], let last = bounds[1], 0 <= first, first <= last, last < shardCount
    else { return nil }
    return ids(first, last)
  }

  private static func ids(_ first: Int, _ last: Int) -> ClosedRange<Int64> {
    Int64(first) << 55...(Int64(last) << 55 | (1 << 55 - 1))
  }

  /// A table in one file.
  static func whole(rowCount: Int) -> Part { Part(shards: 0..<shardCount, rows: 0..<rowCount) }

  /// The parts of a table whose row `i` of `0..<rowCount` is that of subscription `id(i)`, ascending.
  package static func parts(
    rowCount: Int, fileRowCount: Int = fileRowCount, id: (Int) -> Int64
  ) -> [Part] {
    var count = 1
    while count < limit, rowCount > count * fileRowCount { count *= 2 }
    let width = shardCount / count
    var parts: [Part] = []
    var start = 0
    for number in 0..<count {
      let shards = number * width..<(number + 1) * width
      var end = rowCount
      if shards.upperBound < shardCount {
        let bound = Int64(shards.upperBound) << 55
        var low = start
        while low < end {
          let middle = (low + end) / 2
          if id(middle) < bound { low = middle + 1 } else { end = middle }
        }
      }
      parts.append(Part(shards: shards, rows: start..<end))
      start = end
    }
    return parts
  }
}
