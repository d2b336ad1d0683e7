import Testing
import Twins

@Suite struct ShardRangesTests {
  @Test(arguments: [0, 1, 262_144, 262_145, 600_000, 1_100_000])
  func `every row lies in the file of its shard, in order, and no row in two`(rowCount: Int) {
    var draws = RandomFacts.Draws(state: UInt64(rowCount))
    let ids = (0..<rowCount).map { _ in Int64(draws.next() >> 1) }.sorted()
    let parts = ShardRanges.parts(rowCount: rowCount) { ids[$0] }
    #expect(parts.count == (rowCount <= 262_144 ? 1 : rowCount <= 524_288 ? 2 : rowCount <= 1_048_576 ? 4 : 8))
    #expect(parts.first?.shards.lowerBound == 0 && parts.last?.shards.upperBound == 256)
    #expect(parts.first?.rows.lowerBound == 0 && parts.last?.rows.upperBound == rowCount)
    for (part, next) in zip(parts, parts.dropFirst()) {
      #expect(part.shards.upperBound == next.shards.lowerBound && part.rows.upperBound == next.rows.lowerBound)
    }
    for part in parts {
      #expect(part.rows.allSatisfy { part.shards.contains(Int(ids[$0] >> 55)) })
    }
  }

  @Test func `a folder says its range`() {
    let ids = (0..<300_000).map { Int64($0) << 44 }
    #expect(ShardRanges.parts(rowCount: ids.count) { ids[$0] }.map(\.folder) == ["shards=000-127", "shards=128-255"])
  }
}
