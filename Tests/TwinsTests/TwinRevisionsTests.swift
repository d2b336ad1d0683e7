import Calendar
import Columns
import Datasets
import Ledger
import Testing
import Twins

@Suite struct TwinRevisionsTests {
  private static let night = RandomFacts.asOf
  private static let ids: [Int64] = [11, 12].map { $0 << 56 }

  /// A home with two subscriptions, a payment and a day of use, and twins of some nights before `night`.
  private static func home(
    twinsOf ages: [Int], _ catalogue: TwinCatalogue = .house
  ) throws -> (home: FactHome, payments: TestDelivery, calls: TestDelivery) {
    let home = try FactHome()
    let first = night - 9
    let (starts, payments) = (TestDelivery("subscriptions", "s.csv"), TestDelivery("payments", "p.csv"))
    let calls = TestDelivery("calls", "c.csv")
    try home.deliver(
      night: first,
      [
        .init(
          dataset: .subscriptions, date: first, rows: ids.map { starts.activation($0, on: first - 300, known: first) }),
        .init(dataset: .payments, date: first, rows: [payments.payment(ids[0], on: first - 2, known: first)]),
        .init(
          dataset: .usage, date: first - 1,
          rows: [calls.use(ids[0], on: first - 1, known: first), calls.use(ids[1], on: first - 1, known: first)]),
      ], files: [starts.file, payments.file, calls.file])
    for age in ages { _ = try home.run(night - age, catalogue) }
    return (home, payments, calls)
  }

  /// Snapshot age, night age, family, reason and counts of each revision.
  private static func lines(_ revisions: [TwinRevision]) -> [String] {
    revisions.map {
      "\(night - $0.snapshot) \(night - $0.night) \($0.dataset) \($0.reason.rawValue) \($0.factsBefore) \($0.factsAfter)"
    }
  }

  @Test func `a late payment supersedes the snapshots that would have counted it, and none before it`() throws {
    let (home, _, _) = try Self.home(twinsOf: [5, 4, 3, 2, 1])
    let late = TestDelivery("payments", "p2.csv")
    try home.deliver(
      night: Self.night,
      [
        .init(
          dataset: .payments, date: Self.night,
          rows: [
            late.payment(Self.ids[0], on: Self.night - 3, known: Self.night),
            late.payment(Self.ids[1], on: Self.night - 2, known: Self.night),
            // Tonight's own is no news to anybody before.
            late.payment(Self.ids[1], on: Self.night, known: Self.night),
          ])
      ], files: [late.file])
    let entry = try home.run(Self.night).entry
    #expect(entry.counts["revisedSnapshots"] == 3)
    let revisions = try home.revisions()
    #expect(
      Self.lines(revisions) == [
        "3 0 facts/payments late 0 1", "2 0 facts/payments late 0 2", "1 0 facts/payments late 0 2",
      ])
    #expect(revisions.map(\.days) == [3, 2, 2].map { Self.night - 3...Self.night - $0 })
    #expect(revisions.allSatisfy { $0.deliveryID == late.id && $0.feed == "payments" && $0.file == "p2.csv" })
    #expect(revisions.allSatisfy { $0.sha256 == late.file.sha256.hex })

    // Running again changes nothing, and a night without news says nothing.
    #expect(try !home.run(Self.night).isNew)
    #expect(try home.run(Self.night + 1).entry.counts["revisedSnapshots"] == 0)
    #expect(try home.revisions() == revisions)
    #expect(try home.revisions(of: Self.night - 3) == [revisions[0]])
    #expect(try home.revisions(of: Self.night - 4) == [])
    #expect(throws: TwinError.self) { try home.revisions(of: Self.night - 7) }
  }

  @Test func `twins of any night as they were stay live beside their marks`() throws {
    let (home, _, _) = try Self.home(twinsOf: [1])
    let before = try home.twins
    let late = TestDelivery("payments", "p2.csv")
    let row = late.payment(Self.ids[0], on: Self.night - 3, known: Self.night)
    try home.deliver(
      night: Self.night, [.init(dataset: .payments, date: Self.night, rows: [row])], files: [late.file])
    _ = try home.run(Self.night)
    #expect(Set(before).isSubset(of: Set(try home.twins)))
    #expect(try home.revisions().count == 1)
  }

  @Test func `rows that are written anew and say the same supersede nothing`() throws {
    let (home, _, calls) = try Self.home(twinsOf: [2, 1])
    let day = Self.night - 10
    let known = Self.night - 9
    // The same rows in another order and in two files, as a rewrite for another delivery leaves them.
    try home.deliver(
      night: Self.night, gone: try home.products(.usage, day),
      [
        .init(dataset: .usage, date: day, rows: [calls.use(Self.ids[1], on: day, known: known)]),
        .init(dataset: .usage, date: day, rows: [calls.use(Self.ids[0], on: day, known: known)]),
      ], files: [calls.again(.numbers)])
    _ = try home.run(Self.night)
    #expect(try home.revisions() == [])
  }

  @Test func `a file that replaces another supersedes what counted either`() throws {
    let (home, payments, _) = try Self.home(twinsOf: [3, 1])
    let corrected = TestDelivery("payments", "p.csv", content: "corrected")
    try home.deliver(
      night: Self.night, gone: try home.products(.payments, Self.night - 9),
      [
        .init(
          dataset: .payments, date: Self.night,
          rows: [corrected.payment(Self.ids[0], on: Self.night - 2, known: Self.night)])
      ], files: [corrected.replacing(payments)])
    _ = try home.run(Self.night)
    #expect(
      Self.lines(try home.revisions()) == [
        "3 0 facts/payments superseded 1 0", "1 0 facts/payments re-sent 0 1", "1 0 facts/payments superseded 1 0",
      ])
  }

  @Test func `facts that go to another owner by a late assignment supersede the snapshots after their day`() throws {
    let (home, _, calls) = try Self.home(twinsOf: [11, 10, 1])
    let day = Self.night - 10
    let known = Self.night - 9
    try home.deliver(
      night: Self.night, gone: try home.products(.usage, day),
      [
        .init(
          dataset: .usage, date: day,
          rows: [calls.use(Self.ids[1], on: day, known: known), calls.use(Self.ids[1], on: day, known: known)])
      ], files: [calls.again(.numbers)])
    _ = try home.run(Self.night)
    // The snapshot of age 10 was made before the calls came: that they came late is written down as well.
    let lines = Self.lines(try home.revisions())
    #expect(lines.contains("1 0 facts/usage late-assignment 2 2"))
    #expect(lines.contains { $0.hasPrefix("10 1 facts/usage late 0 2") })
    #expect(lines.contains("10 0 facts/usage late-assignment 2 2"))
    #expect(!lines.contains { $0.hasPrefix("11 ") && $0.contains("usage") })
  }

  @Test func `what two nights learned adds up, also where a night had no twins between`() throws {
    let (home, _, _) = try Self.home(twinsOf: [5])
    for age in [3, 2, 0] {
      let late = TestDelivery("payments", "late\(age).csv")
      let row = late.payment(Self.ids[0], on: Self.night - 6, known: Self.night - age)
      try home.deliver(
        night: Self.night - age, [.init(dataset: .payments, date: Self.night - age, rows: [row])], files: [late.file])
      // The night of age 3 has none.
      if age != 3 { _ = try home.run(Self.night - age) }
    }
    let revisions = try home.revisions()
    #expect(
      Self.lines(revisions).sorted() == [
        "2 0 facts/payments late 0 1", "5 0 facts/payments late 0 1", "5 2 facts/payments late 0 1",
        "5 2 facts/payments late 0 1",
      ])
    let sentences = SupersededSnapshots.sentences(try home.revisions(of: Self.night - 5))
    #expect(
      sentences == [
        "superseded by what was learned on 2026-11-20: 2 late files of payments (2026-11-16)",
        "superseded by what was learned on 2026-11-22: 1 late file of payments (2026-11-16)",
      ])
    let card = try TwinCard(home.home, .house, subscription: Self.ids[0], night: Self.night - 5)
    #expect(Array(card.lines[1...2]) == sentences)
    #expect(try TwinCard(home.home, .house, subscription: Self.ids[0], night: Self.night).revisions == [])
    let comparison = try TwinComparison(
      home.home, .house, from: Self.night - 2, to: Self.night, subscription: nil, threads: 2)
    #expect(Self.lines(comparison.revisions) == ["2 0 facts/payments late 0 1"])
  }

  @Test func `twins that are made again know what came, and only later news supersedes them`() throws {
    let (home, _, _) = try Self.home(twinsOf: [2, 1])
    let late = TestDelivery("payments", "late.csv")
    let row = late.payment(Self.ids[0], on: Self.night - 4, known: Self.night - 2)
    // The ingest of age 2 is run again, after the twins of the nights 2 and 1.
    try home.deliver(
      night: Self.night - 2, [.init(dataset: .payments, date: Self.night - 2, rows: [row])], files: [late.file])
    _ = try home.run(Self.night)
    #expect(Self.lines(try home.revisions()) == ["2 0 facts/payments late 0 1", "1 0 facts/payments late 0 1"])
    #expect(try home.run(Self.night - 2).isNew)
    #expect(Self.lines(try home.revisions()) == ["1 0 facts/payments late 0 1"])
    // What was learned between is found by the next night.
    let more = TestDelivery("payments", "more.csv")
    let second = more.payment(Self.ids[1], on: Self.night - 2, known: Self.night + 1)
    try home.deliver(
      night: Self.night + 1, [.init(dataset: .payments, date: Self.night + 1, rows: [second])], files: [more.file])
    _ = try home.run(Self.night + 1)
    #expect(
      Self.lines(try home.revisions()) == [
        "2 -1 facts/payments late 0 1", "1 0 facts/payments late 0 1", "1 -1 facts/payments late 0 1",
        "0 -1 facts/payments late 0 1",
      ])
  }

  @Test func `a night that is caught up is compared with what the nights after it knew`() throws {
    let (home, _, _) = try Self.home(twinsOf: [3])
    let late = TestDelivery("payments", "late.csv")
    let row = late.payment(Self.ids[0], on: Self.night - 4, known: Self.night - 1)
    try home.deliver(
      night: Self.night - 1, [.init(dataset: .payments, date: Self.night - 1, rows: [row])], files: [late.file])
    _ = try home.run(Self.night - 1)
    #expect(try home.run(Self.night - 2).isNew)
    #expect(Self.lines(try home.revisions()) == ["3 1 facts/payments late 0 1"])
    _ = try home.run(Self.night)
    #expect(Self.lines(try home.revisions()) == ["3 1 facts/payments late 0 1", "2 0 facts/payments late 0 1"])
  }

  @Test func `facts beyond what twins look back at supersede nothing`() throws {
    // Without a field of life: use of 91 days; payments of these and the 35 by which files are pruned.
    let week = try TwinCatalogue.small([
      "name: event_count_7d, aggregate: sum, of: event_count, window: 7, type: int64, unit: count, description: Week."
    ])
    let (home, _, calls) = try Self.home(twinsOf: [2, 1], week)
    func add(_ dataset: Dataset, _ date: Day, _ row: RandomFacts.Row) -> FactHome.Folder {
      .init(dataset: dataset, date: date, rows: [row])
    }
    let old = Self.night - 92
    try home.deliver(
      night: Self.night,
      [
        add(.usage, old, calls.use(Self.ids[0], on: old, known: Self.night)),
        add(.payments, Self.night, calls.payment(Self.ids[0], on: Self.night - 1 - 126, known: Self.night)),
      ])
    _ = try home.run(Self.night, week)
    let lines = Self.lines(try home.revisions())
    #expect(lines == ["2 0 facts/payments late 0 1", "2 0 facts/usage late 0 1"])
  }

  @Test func `a day whose deliveries turn out complete supersedes the snapshots that had it unknown`() throws {
    let (home, _, _) = try Self.home(twinsOf: [3, 2, 1])
    try home.deliver(
      night: Self.night,
      [
        .init(
          dataset: .coverage, date: Self.night,
          rows: [
            [
              "event_date": .whole(Int64((Self.night - 2).rawValue)),
              "known_date": .whole(Int64(Self.night.rawValue)),
              "family": .text("usage"), "is_complete": .flag(true),
            ]
          ])
      ])
    _ = try home.run(Self.night)
    let revisions = try home.revisions()
    #expect(Self.lines(revisions) == ["2 0 facts/usage completeness 0 1", "1 0 facts/usage completeness 0 1"])
    #expect(
      SupersededSnapshots.sentences([revisions[0]]) == [
        "superseded by what was learned on 2026-11-22: which days of usage are complete (2026-11-20)"
      ])
  }

  @Test func `a contact that a night's own export made is no news to its twins`() throws {
    let (home, _, calls) = try Self.home(twinsOf: [2, 1])
    for age in [2, 1] {
      var contact = calls.fact(Self.ids[0], on: Self.night - age, known: Self.night - age)
      contact["person_id"] = .whole(7)
      contact["contacted_at"] = .whole(1)
      contact["channel"] = .text("sms")
      try home.deliver(
        night: Self.night - age, stage: "export", [.init(dataset: .contacts, date: Self.night - age, rows: [contact])])
    }
    _ = try home.run(Self.night)
    // The export of age 2 ran after the twins of age 1, which would have known of it.
    #expect(Self.lines(try home.revisions()) == ["1 0 facts/contacts late 0 1"])
  }

  @Test func `a replaced file that is gone supersedes whatever may have counted it`() throws {
    let (home, payments, _) = try Self.home(twinsOf: [8, 1])
    let gone = try home.products(.payments, Self.night - 9)
    let corrected = TestDelivery("payments", "p.csv", content: "corrected")
    try home.deliver(night: Self.night, gone: gone, [], files: [corrected.replacing(payments)])
    for file in gone { try SystemCalls.unlink(home.home.url(file.name)) }
    _ = try home.run(Self.night)
    let revisions = try home.revisions()
    #expect(
      Self.lines(revisions) == ["8 0 facts/payments withdrawn 1 0", "1 0 facts/payments withdrawn 1 0"])
    #expect(revisions.allSatisfy { $0.days == nil && $0.deliveryID == nil })
  }

  @Test func `snapshots of versions that did not compare are compared once`() throws {
    let (home, _, _) = try Self.home(twinsOf: [])
    // What an older version leaves: twins, and no count.
    for age in [2, 1] {
      let path = home.home.path + "-old\(age)"
      let transaction = try Transaction.begin(
        home.home, stage: "twin", date: Self.night - age, materials: [], configDigest: SHA256Digest(of: "old"))
      try ParquetFile.write(Table(empty: TwinCatalogue.house.schema), to: path)
      try transaction.add(
        stagedPath: path, folder: "data/twins/entity=subscription/date=\(Self.night - age)",
        fileName: .digest(ext: "parquet"))
      try transaction.commit()
      if age == 2 {
        let late = TestDelivery("payments", "late.csv")
        let row = late.payment(Self.ids[0], on: Self.night - 4, known: Self.night - 1)
        try home.deliver(
          night: Self.night - 1, [.init(dataset: .payments, date: Self.night - 1, rows: [row])], files: [late.file])
      }
    }
    _ = try home.run(Self.night)
    #expect(Self.lines(try home.revisions()) == ["2 0 facts/payments late 0 1"])
    #expect(try home.run(Self.night + 1).entry.counts["revisedSnapshots"] == 0)
  }
}
