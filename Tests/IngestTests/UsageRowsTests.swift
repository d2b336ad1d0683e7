import Columns
import Ingest
import Randomness
import Testing

@Suite struct UsageRowsTests {
  @Test func `packed rows sum as a naive dictionary does, whatever the files`() throws {
    struct Key: Hashable {
      var subscription, delivery: Int64
      var known: Int32
    }
    let random = CounterRandom(seed: 7, stream: 3)
    var naive: [Key: [Int64]] = [:]
    var files: [(delivery: Int64, rows: UsageRows)] = []
    for file in 0..<3 {
      var rows = UsageRows()
      for row in 0..<2_000 {
        func draw(_ bound: UInt64, _ purpose: UInt64) -> Int64 {
          Int64(random.integer(below: bound, UInt64(file * 10_000 + row), purpose))
        }
        let key = Key(subscription: draw(300, 0) - 5, delivery: Int64(90 - file), known: Int32(draw(2, 1)) + 10)
        let measures = (0..<UsageRows.measureCount).map { measure -> Int64 in
          switch draw(4, UInt64(10 + measure)) {
          case 0: draw(1 << 50, UInt64(40 + measure)) - 1 << 49
          case 1: draw(200, UInt64(70 + measure))
          default: 0
          }
        }
        naive[key, default: Array(repeating: 0, count: UsageRows.measureCount)] =
          zip(naive[key] ?? Array(repeating: 0, count: UsageRows.measureCount), measures).map { $0 + $1 }
        measures.withUnsafeBufferPointer {
          rows.append(day: 5, known: key.known, subscription: key.subscription, measures: $0)
        }
      }
      files.append((Int64(90 - file), rows))
    }
    let table = UsageRows.table(files.flatMap { file in file.rows.buckets.map { (file.delivery, $0) } })
    #expect(table.rowCount == naive.count)
    let subscriptions = try table.int64("subscription_id").values
    let deliveries = try table.int64("delivery_id").values
    let knowns = try table.date("known_date").values
    var previous: (Int64, Int64, Int32)?
    for row in 0..<table.rowCount {
      let here = (subscriptions[row], deliveries[row], knowns[row])
      if let previous { #expect(previous < here) }
      previous = here
      let expected = naive[Key(subscription: here.0, delivery: here.1, known: here.2)]
      for measure in 0..<UsageRows.measureCount {
        guard case .int64(let column) = table.columns[4 + measure] else { continue }
        #expect(column.values[row] == expected?[measure])
      }
    }
  }

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
