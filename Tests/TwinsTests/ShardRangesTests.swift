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

  @Test func `a path says which subscriptions may be in its file`() {
    for part in ShardRanges.parts(rowCount: 100, fileRowCount: 9, id: { Int64($0) << 56 }) {
      #expect(ShardRanges.ids("data/twins/entity=subscription/date=2026-11-22/\(part.folder)/a.parquet") == part.ids)
      #expect(Int(part.ids.lowerBound >> 55) == part.shards.lowerBound)
      #expect(Int(part.ids.upperBound >> 55) == part.shards.upperBound - 1)
    }
    #expect(ShardRanges.ids("data/shards=000-255/a.parquet") == 0...Int64.max)
    for path in [
      "a.parquet", "shards=/a", "shards=3/a", "shards=004-003/a", "shards=000-256/a", "shards=-1-3/a", "shards=a-b/a",
    ] {
      #expect(ShardRanges.ids(path) == nil, "\(path)")
    }
  }

  @Test func `a folder says its range`() {
    let ids = (0..<300_000).map { Int64($0) << 44 }
    #expect(ShardRanges.parts(rowCount: ids.count) { ids[$0] }.map(\.folder) == ["shards=000-127", "shards=128-255"])
  }
}
