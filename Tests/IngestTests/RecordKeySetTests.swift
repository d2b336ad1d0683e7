import Ingest
import Randomness
import Testing

@Suite struct RecordKeySetTests {
  @Test func `a set of record keys knows what it was given, and forgets what is taken back`() {
    var set = RecordKeySet()
    let random = CounterRandom(seed: 1, stream: 1)
    let keys = (0..<10_000).map { random.bits(UInt64($0)) } + [0]
    let isFirst = keys.map { set.insert($0) }
    #expect(isFirst.allSatisfy { $0 })
    let isSecond = keys.map { set.insert($0) }
    #expect(isSecond.allSatisfy { !$0 })
    #expect(set.count == keys.count)
    set.remove(Array(keys.prefix(4_000)))
    let isForgotten = set.insert(keys[0])
    #expect(isForgotten)
    let isKept = !set.insert(keys[5_000])
    #expect(isKept)
  }
}
