import Calendar
import Columns
import Datasets
import Parallelism
import Testing
import Twins

@Suite struct NewestEventsTests {
  private static let night = RandomFacts.asOf

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `what is kept are the newest rows of each subscription, in their order`(seed: UInt64) throws {
    var draws = RandomFacts.Draws(state: seed)
    var number: Int64 = 0
    let tables = (0..<4).map { _ in
      RandomFacts.table(
        Dataset.balances.schema,
        (0..<draws.below(60)).map { _ in
          number += 1
          return [
            "subscription_id": .whole(draws.below(12) << 58),
            "event_date": .whole(Int64(Self.night.rawValue) - draws.below(5)),
            "known_date": .whole(Int64(Self.night.rawValue) - draws.below(3)), "delivery_id": .whole(draws.below(3)),
            "balance_e4": .whole(number),
          ]
        })
    }
    let moments = [(0, 0), (1, 0), (2, 2)].map { TwinMoment(asOf: Self.night - $0.0, knownBy: Self.night - $0.1) }
    let kept = try NewestEvents.kept(tables, at: moments, WorkerThreads(count: 1 + Int(seed % 3)))
    var wanted: Set<Int64> = []
    for moment in moments {
      let rows = tables.flatMap(NaiveTwin.rows).filter {
        $0["event_date"]!.whole <= moment.asOf.rawValue && $0["known_date"]!.whole <= moment.knownBy.rawValue
      }
      for (_, rows) in Dictionary(grouping: rows, by: { $0["subscription_id"]!.whole }) {
        let order = ["event_date", "known_date", "delivery_id", "balance_e4"]
        let newest = rows.max { a, b in
          order.map { a[$0]!.whole }.lexicographicallyPrecedes(order.map { b[$0]!.whole })
        }!
        wanted.insert(newest["balance_e4"]!.whole)
      }
    }
    for (table, kept) in zip(tables, kept) {
      let numbers = try table.int64("balance_e4").values.filter { wanted.contains($0) }
      #expect(try kept.int64("balance_e4").values == numbers)
    }
  }
}
