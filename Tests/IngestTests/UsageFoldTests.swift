import Columns
import Datasets
import Ingest
import Ledger
import Randomness
import Testing
import Vault

/// The fold against dictionaries: what is summed and counted for each subscription and day, and in which order it lies.
@Suite struct UsageFoldTests {
  private static let feed = """
    kind: usage
    files: "calls*.csv"
    zone: UTC
    numbers: {identity: implicit}
    columns:
      number: {from: a}
      counterparty: {from: b}
      started_at: {from: t}
      type: {from: k, values: {MO: voice, MT: voice, SM: sms, DA: data}}
      direction: {from: k, values: {MO: out, MT: in, SM: out, DA: out}}
      duration_seconds: {from: s}
      down_bytes: {from: d}
      cell: {from: c}
    record-key: {from: [id]}
    """

  private struct Event {
    var number: Int
    var day: Int
    var kind: String
    var party: Int?
    var cell: Int?
    var seconds: Int
    var bytes: Int
    var delivery: Int

    func line(_ id: Int) -> String {
      let party = party.map { "49180\(1_000_000 + $0)" } ?? ""
      let cell = cell.map { "c\($0)" } ?? ""
      return "\(id),4917\(10_000_000 + number),\(party),2026-11-\(day)T10:00:00Z,\(kind),\(seconds),\(bytes),\(cell)"
    }
  }

  /// Three deliveries: one subscription has a third of all rows, a few partners come again and again, many but once.
  private static func events(_ seed: UInt64) -> [Event] {
    let random = CounterRandom(seed: seed, stream: 3)
    var at: UInt64 = 0
    func next(_ bound: Int) -> Int {
      at += 1
      return Int(random.integer(below: UInt64(bound), at, 0))
    }
    return (0..<9_000).map { row in
      Event(
        number: next(3) == 0 ? 0 : next(900), day: 20 + next(3), kind: ["MO", "MT", "SM", "DA"][next(4)],
        party: next(5) == 0 ? nil : next(2) == 0 ? next(4) : next(4_000), cell: next(7) == 0 ? nil : next(60),
        // More than 32 bits now and then: such a row is wide.
        seconds: next(4_000), bytes: next(20) == 0 ? 6_000_000_000 : next(1_000_000), delivery: row / 3_000)
    }
  }

  /// What lies in a home of one subscription, day and delivery.
  private struct Facts: Equatable {
    var events = 0
    var seconds = 0
    var bytes = 0
    var partyCounts: [Int] = []
    var cellCounts: [Int] = []
  }

  private struct Place: Hashable {
    var subscription: Int64
    var day: Int32
    var delivery: Int64
  }

  private static func expected(_ events: [Event], _ world: IngestWorld) throws -> [Place: Facts] {
    let key = try world.key()
    let deliveries = try (0..<3).map { try world.intake("calls\($0).csv").sha256.head63 }
    var facts: [Place: Facts] = [:]
    let rows = Dictionary(grouping: events) { event in
      Place(
        subscription: key.pseudonym(.subscription, "4917\(10_000_000 + event.number)"),
        // 2026-11-01 is day 20,758 since 1970.
        day: Int32(20_757 + event.day), delivery: deliveries[event.delivery])
    }
    for (place, events) in rows {
      var own = Facts()
      for event in events {
        own.events += 1
        own.seconds += event.kind.hasPrefix("M") ? event.seconds : 0
        own.bytes += event.kind == "DA" ? event.bytes : 0
      }
      own.partyCounts = Dictionary(grouping: events.compactMap(\.party)) { $0 }.values.map(\.count).sorted()
      own.cellCounts = Dictionary(grouping: events.compactMap(\.cell)) { $0 }.values.map(\.count).sorted()
      facts[place] = own
    }
    return facts
  }

  private static func found(_ world: IngestWorld) throws -> [Place: Facts] {
    var facts: [Place: Facts] = [:]
    let usage = try world.table(.usage)
    for (row, place) in try places(usage).enumerated() {
      func measure(_ name: String) throws -> Int { Int(try usage.int64(name).values[row]) }
      facts[place] = Facts(
        events: try measure("event_count"),
        seconds: try measure("voice_out_seconds") + measure("voice_in_seconds"), bytes: try measure("data_down_bytes"))
    }
    for (dataset, partner) in [(Dataset.counterparties, "counterparty_hash"), (.cells, "cell_hash")] {
      let table = try world.table(dataset)
      let places = try places(table)
      let counts = try table.int64("event_count").values
      let partners = try table.int64(partner).values
      for (row, place) in places.enumerated() {
        if dataset == .cells {
          facts[place]?.cellCounts.append(Int(counts[row]))
        } else {
          facts[place]?.partyCounts.append(Int(counts[row]))
        }
        guard row > 0 else { continue }
        let (a, b) = (places[row - 1], place)
        let isAscending =
          (a.day, a.subscription, a.delivery, partners[row - 1]) < (b.day, b.subscription, b.delivery, partners[row])
        #expect(isAscending)
      }
    }
    for place in facts.keys {
      facts[place]?.partyCounts.sort()
      facts[place]?.cellCounts.sort()
    }
    return facts
  }

  private static func places(_ table: Table) throws -> [Place] {
    let subscriptions = try table.int64("subscription_id").values
    let days = try table.date("event_date").values
    let deliveries = try table.int64("delivery_id").values
    return subscriptions.indices.map {
      Place(subscription: subscriptions[$0], day: days[$0], delivery: deliveries[$0])
    }
  }

  @Test(arguments: [(1, 1 << 30), (3, 1 << 30), (2, 1 << 16)])
  func `sums, partners and cells are those of dictionaries, in memory and spilled`(
    threads: Int, memoryByteCount: Int
  ) throws {
    let world = try IngestWorld()
    try world.feed("calls", Self.feed)
    let events = Self.events(UInt64(threads))
    for delivery in 0..<3 {
      let lines = events.enumerated().filter { $0.element.delivery == delivery }.map { $0.element.line($0.offset) }
      try world.deliver("calls\(delivery).csv", "id,a,b,t,k,s,d,c\n" + lines.joined(separator: "\n") + "\n")
    }
    let report = try world.night(
      "2026-11-22", threads: threads, chunkByteCount: 1 << 14, memoryByteCount: memoryByteCount)
    #expect(report.counts["acceptedRowCount"] == 9_000)
    let found = try Self.found(world)
    #expect(try found == Self.expected(events, world))
  }
}
