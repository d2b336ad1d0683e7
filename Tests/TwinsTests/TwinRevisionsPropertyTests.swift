import Calendar
import Columns
import Datasets
import Ledger
import Testing
import Twins

/// A home whose deliveries come, go, change owner and are written anew at random, beside a model of its live rows.
private struct RandomHistory {
  struct Place: Hashable {
    var dataset: Dataset
    var date: Day
  }

  static let nightCount = 6
  static let ids: [Int64] = [11, 12, 13, 14].map { $0 << 56 }
  static let families: [Dataset] = [.usage, .payments, .tickets]

  let home: FactHome
  private(set) var live: [Place: [RandomFacts.Row]] = [:]
  private var deliveries: [TestDelivery] = []
  private var draws: RandomFacts.Draws
  private var lines: [IntakeFile] = []

  init(seed: UInt64) throws {
    home = try FactHome()
    draws = RandomFacts.Draws(state: seed)
    let starts = TestDelivery("subscriptions", "s.csv")
    let first = RandomFacts.asOf - RandomHistory.nightCount
    try home.deliver(
      night: first,
      [
        .init(
          dataset: .subscriptions, date: first,
          rows: RandomHistory.ids.map { starts.activation($0, on: first - 300, known: first) })
      ], files: [starts.file])
  }

  /// The folders with rows, in an order that a seed settles.
  private var places: [(place: Place, rows: [RandomFacts.Row])] {
    live.map { ($0.key, $0.value) }.sorted {
      ($0.0.dataset.name, $0.0.date) < ($1.0.dataset.name, $1.0.date)
    }
  }

  private static func date(_ row: RandomFacts.Row, _ column: String) -> Day {
    Day(rawValue: Int32(row[column]?.whole ?? 0))
  }

  private mutating func row(_ dataset: Dataset, _ delivery: TestDelivery, _ night: Day) -> RandomFacts.Row {
    let id = draws.one(of: RandomHistory.ids)
    let day = night - Int(draws.happens(70) ? draws.below(4) : draws.below(150))
    switch dataset {
    case .usage: return delivery.use(id, on: day, known: night, events: draws.below(3))
    case .payments: return delivery.payment(id, on: day, known: night, amount: draws.below(3) * 10_000)
    default: return delivery.ticket(id, on: day, known: night, ticket: draws.below(5))
    }
  }

  private mutating func add(_ row: RandomFacts.Row, _ dataset: Dataset) {
    let date = RandomHistory.date(row, dataset == .usage ? "event_date" : "known_date")
    live[Place(dataset: dataset, date: date), default: []].append(row)
  }

  private mutating func deliver(_ delivery: TestDelivery, _ night: Day) {
    for _ in 0..<1 + draws.below(3) {
      let dataset = draws.one(of: RandomHistory.families)
      add(row(dataset, delivery, night), dataset)
    }
    deliveries.append(delivery)
  }

  /// A delivery is replaced: by the same rows, or by others.
  private mutating func replace(_ night: Day) {
    guard !deliveries.isEmpty else { return }
    let old = deliveries.remove(at: Int(draws.below(deliveries.count)))
    let new = TestDelivery(old.feed, old.name, content: "\(draws.next())")
    let isCopy = draws.happens(40)
    let before = places
    for (place, rows) in before { live[place] = rows.filter { $0["delivery_id"]?.whole != old.id } }
    for (place, rows) in before where isCopy {
      for var row in rows where row["delivery_id"]?.whole == old.id {
        row["delivery_id"] = .whole(new.id)
        row["known_date"] = .whole(Int64(night.rawValue))
        add(row, place.dataset)
      }
    }
    if isCopy { deliveries.append(new) } else { deliver(new, night) }
    lines.append(new.replacing(old))
  }

  /// The use of a delivery gets another owner, or the one that it has.
  private mutating func reassign() {
    guard !deliveries.isEmpty else { return }
    let delivery = draws.one(of: deliveries)
    let owner = draws.one(of: RandomHistory.ids)
    for (place, rows) in places where place.dataset == .usage {
      live[place] = rows.map { row in
        var row = row
        if row["delivery_id"]?.whole == delivery.id { row["subscription_id"] = .whole(owner) }
        return row
      }
    }
    lines.append(delivery.again(.numbers))
  }

  /// What an ingest of a night does: folders whose rows only grew get a file, others are written anew.
  mutating func ingest(_ night: Day) throws {
    let before = live
    lines = []
    if draws.happens(75) {
      let delivery = TestDelivery("feed", "\(night).csv")
      deliver(delivery, night)
      lines.append(delivery.file)
    }
    if draws.happens(35) { replace(night) }
    if draws.happens(30) { reassign() }
    var gone: [Product] = []
    var folders: [FactHome.Folder] = []
    for (place, rows) in places {
      let old = before[place] ?? []
      if old.count <= rows.count, Array(rows.prefix(old.count)) == old, !draws.happens(20) {
        folders.append(.init(dataset: place.dataset, date: place.date, rows: Array(rows.dropFirst(old.count))))
      } else {
        gone += try home.products(place.dataset, place.date)
        let cut = rows.isEmpty ? 0 : Int(draws.below(rows.count))
        folders.append(.init(dataset: place.dataset, date: place.date, rows: Array(rows[cut...])))
        folders.append(.init(dataset: place.dataset, date: place.date, rows: Array(rows[..<cut])))
      }
    }
    // Two files of one night and folder with the same bytes are one file: the rows of the model have to differ then.
    try home.deliver(night: night, gone: gone, folders.filter { !$0.rows.isEmpty }, files: lines)
  }

  /// How often each row that bears on twins of the end of `day` is there.
  func bearing(on day: Day) -> [RandomFacts.Row: Int] {
    var rows: [RandomFacts.Row: Int] = [:]
    for (place, found) in places {
      for row in found {
        let age = day - RandomHistory.date(row, "event_date")
        if age >= 0, place.dataset != .payments || age < 91 + 35 { rows[row, default: 0] += 1 }
      }
    }
    return rows
  }
}

@Suite struct TwinRevisionsPropertyTests {
  private static func withoutNight(_ table: Table) throws -> Table {
    try table.selecting(table.schema.fields.map(\.name).filter { $0 != "known_by" })
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func
    `a snapshot is superseded by a night if and only if its facts changed since the twins before, and whenever it would be built otherwise`(
      seed: UInt64
    ) throws
  {
    var history = try RandomHistory(seed: seed)
    var skips = RandomFacts.Draws(state: seed &+ 1_000)
    let nights = (0..<RandomHistory.nightCount).map { RandomFacts.asOf - RandomHistory.nightCount + 1 + $0 }
    /// By snapshot: its facts as of the newest twin night.
    var known: [Day: [RandomFacts.Row: Int]] = [:]
    var wanted: Set<[Day]> = []
    for night in nights {
      try history.ingest(night)
      guard night == nights.last || !skips.happens(25) else { continue }
      _ = try history.home.run(night, threads: Int(1 + seed % 3))
      for day in known.keys {
        let now = history.bearing(on: day)
        if now != known[day] { wanted.insert([day, night]) }
        known[day] = now
      }
      known[night] = history.bearing(on: night)
    }
    let revisions = try history.home.revisions()
    #expect(Set(revisions.map { [$0.snapshot, $0.night] }) == wanted)

    let home = history.home.home
    let state = try CommitLog.open(home).state(.head)
    let last = try #require(nights.last)
    for day in known.keys {
      let file = try #require(state.products("twins/subscription", where: ["date": "\(day)"]).first)
      let now = try SubscriptionTwin.build(
        .house, state: state, home: home, asOf: day, knownBy: last, threads: 2)
      if try Self.withoutNight(now) != Self.withoutNight(try ParquetFile.read(home.url(file.name))) {
        #expect(wanted.contains { $0[0] == day }, "twins of \(day) would be others by now")
      }
    }
  }

  @Test func `threads change no byte of what is written down`() throws {
    var digests: Set<[SHA256Digest]> = []
    for threads in [1, 2, 5] {
      var history = try RandomHistory(seed: 4)
      for age in (0..<RandomHistory.nightCount).reversed() {
        try history.ingest(RandomFacts.asOf - age)
        _ = try history.home.run(RandomFacts.asOf - age, threads: threads)
      }
      digests.insert(
        try CommitLog.open(history.home.home).state(.head).products("twin-revisions").map(\.digest))
    }
    #expect(digests.count == 1 && digests.first?.isEmpty == false)
  }
}
