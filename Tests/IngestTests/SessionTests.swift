import Calendar
import Columns
import Configuration
import Datasets
import Ingest
import Ledger
import Testing
import Vault

@Suite struct SessionTests {
  /// A row of a session: its part, or a reading of its counters.
  struct Row {
    var session: Int
    var part: Int
    /// Hours since 2026-11-10T00:00:00Z.
    var hour: Int
    var subscription: String
    var down: Int64
    var up: Int64
    var chargeCents: Int64
    var isDropped = false
    /// The night that delivers it.
    var night = 22

    var day: Int { 10 + hour / 24 }
    var start: String {
      let clock = hour % 24
      return "2026-11-\(day)T\(clock < 10 ? "0" : "")\(clock):00:00Z"
    }
    var line: String {
      "\(session),gw,\(part),\(subscription),\(start),\(down),\(up),\(chargeCents),\(isDropped ? 1 : 0)\n"
    }
  }

  static let header = "session,gateway,part,subscription,start,down,up,charge,dropped\n"

  func feed(_ sessions: String) -> String {
    """
    kind: usage
    files: "s_*"
    columns:
      subscription: {from: subscription}
      type: {constant: data}
      started_at: {from: start}
      down_bytes: {from: down}
      up_bytes: {from: up}
      charge: {from: charge, unit: cents}
      dropped: {from: dropped}
    \(sessions)
    """
  }

  /// Sums of some measures by subscription and day.
  typealias Facts = [String: [Int64]]
  static let measures = ["data_count", "event_count", "night_count", "dropped_count"]
  static let amounts = ["data_down_bytes", "data_up_bytes", "charge_e4"]

  /// What is known by a night, without what is zero; the delivery that says it does not matter.
  func facts(_ world: IngestWorld, knownBy night: Int) throws -> Facts {
    let usage = try world.table(.usage)
    let (owners, days) = (try usage.int64("subscription_id").values, try usage.date("event_date").values)
    let knowns = try usage.date("known_date").values
    let columns = try (Self.measures + Self.amounts).map { try usage.int64($0).values }
    let limit = try #require(Day("2026-11-\(night)")).rawValue
    var facts: Facts = [:]
    for row in 0..<usage.rowCount where knowns[row] <= limit {
      let key = "\(owners[row]) \(Day(rawValue: days[row]))"
      for (index, column) in columns.enumerated() {
        facts[key, default: Array(repeating: 0, count: columns.count)][index] += column[row]
      }
    }
    return facts.filter { $0.value.contains { $0 != 0 } }
  }

  /// The naive twin: all rows of all sessions at once, by nothing but their definition.
  func twin(_ rows: [Row], isCounter: Bool, _ key: PseudonymKey) -> Facts {
    var facts: Facts = [:]
    func add(_ row: Row, _ index: Int, _ value: Int64) {
      let place = "\(key.pseudonym(.subscription, row.subscription)) 2026-11-\(row.day)"
      facts[place, default: Array(repeating: 0, count: 7)][index] += value
    }
    for session in Set(rows.map(\.session)) {
      let parts = rows.filter { $0.session == session }.sorted {
        isCounter ? ($0.hour, $0.down) < ($1.hour, $1.down) : $0.part < $1.part
      }
      var last: Row?
      for part in parts {
        var (down, up, charge) = (part.down, part.up, part.chargeCents * 100)
        if isCounter, let last, part.down >= last.down, part.up >= last.up {
          (down, up) = (down - last.down, up - last.up)
        }
        if !isCounter { charge = part.chargeCents * 100 }
        add(part, 4, down)
        add(part, 5, up)
        add(part, 6, charge)
        last = part
      }
      add(parts[0], 0, 1)
      add(parts[0], 1, 1)
      if parts[0].hour % 24 < 6 || parts[0].hour % 24 >= 22 { add(parts[0], 2, 1) }
      if parts.contains(where: \.isDropped) { add(parts[0], 3, 1) }
    }
    return facts.filter { $0.value.contains { $0 != 0 } }
  }

  /// Rows of random sessions, each delivered in a random night, some in two.
  func rows(_ random: inout DrawSequence, isCounter: Bool) -> [Row] {
    var rows: [Row] = []
    for session in 1...(4 + random.integer(below: 8)) {
      let subscription = "S-\(random.integer(below: 3))"
      var hour = random.integer(below: 200)
      var (down, up): (Int64, Int64) = (0, 0)
      let count = 1 + random.integer(below: 6)
      for part in 1...count {
        let (more, moreUp) = (Int64(random.integer(below: 1_000)), Int64(random.integer(below: 50)))
        // A counter may begin anew in the middle.
        let isReset = isCounter && random.integer(below: 8) == 0
        (down, up) = isCounter && !isReset ? (down + more, up + moreUp) : (more, moreUp)
        rows.append(
          Row(
            session: session, part: part, hour: hour, subscription: subscription, down: down, up: up,
            chargeCents: Int64(random.integer(below: 5)), isDropped: part == count && random.integer(below: 3) == 0,
            night: 22 + random.integer(below: 4)))
        hour += 1 + random.integer(below: 17)
      }
    }
    return random.shuffled(rows)
  }

  /// Delivers the rows, in files of random cuts, in nights of the given order; repeats some in later files.
  private func deliver(
    _ rows: [Row], nights: [Int], _ world: IngestWorld, _ random: inout DrawSequence,
    check: (_ nightsSoFar: [Int]) throws -> Void
  ) throws {
    var isRepeated = 0
    for (index, night) in nights.enumerated() {
      var lines = rows.filter { $0.night == night }.map(\.line)
      for row in rows where nights.prefix(index + 1).contains(row.night) && random.integer(below: 6) == 0 {
        lines.append(row.line)
        isRepeated += 1
      }
      lines = random.shuffled(lines)
      var file = 0
      while !lines.isEmpty {
        let count = min(lines.count, 1 + random.integer(below: 9))
        // Blank lines keep two files of the same rows from being one content.
        let blanks = String(repeating: "\n", count: night * 100 + file)
        try world.deliver("s_\(night)_\(file).csv", Self.header + blanks + lines.prefix(count).joined())
        lines.removeFirst(count)
        file += 1
      }
      try world.night("2026-11-\(night)", threads: 1 + index % 2)
      try check(Array(nights.prefix(index + 1)))
    }
    #expect(try world.table(.sessionParts).rowCount == rows.count, "a repeated row is no part")
    let counts = try CommitLog.open(world.home).entries.flatMap(\.files).reduce(0) { $0 + $1.duplicateCount }
    #expect(counts == Int64(isRepeated))
  }

  static let partial = "sessions: {key: [session, gateway], sequence: part}"
  static let counter = "sessions: {key: [session], counters: [down_bytes, up_bytes]}"

  @Test(arguments: 0..<9)
  func `any cut over files and nights gives what all parts at once would`(seed: UInt64) throws {
    var random = DrawSequence(seed: seed)
    let isCounter = seed % 2 == 1
    let rows = rows(&random, isCounter: isCounter)
    let world = try IngestWorld()
    try world.feed("s", feed(isCounter ? Self.counter : Self.partial))
    let key = try world.key()
    // Nights may also be caught up in another order than their own.
    let nights = seed % 3 == 0 ? random.shuffled([22, 23, 24, 25]) : [22, 23, 24, 25]
    try deliver(rows, nights: nights, world, &random) { soFar in
      for night in 22...25 {
        let known = rows.filter { soFar.contains($0.night) && $0.night <= night }
        let found = try facts(world, knownBy: night)
        #expect(found == twin(known, isCounter: isCounter, key), "known by \(night)")
      }
    }
  }

  @Test(arguments: 0..<3) func `parts add up to the session delivered whole`(seed: UInt64) throws {
    var random = DrawSequence(seed: 100 + seed)
    let rows = rows(&random, isCounter: false)
    let world = try IngestWorld()
    try world.feed("s", feed(Self.partial))
    try deliver(rows, nights: [22, 23, 24, 25], world, &random) { _ in }
    let wholeWorld = try IngestWorld()
    try wholeWorld.feed("s", feed("record-key: {from: [session]}"))
    let wholes = Dictionary(grouping: rows, by: \.session).values.map { parts -> Row in
      var whole = parts.min { $0.part < $1.part } ?? parts[0]
      whole.down = parts.reduce(0) { $0 + $1.down }
      whole.up = parts.reduce(0) { $0 + $1.up }
      whole.chargeCents = parts.reduce(0) { $0 + $1.chargeCents }
      whole.isDropped = parts.contains(where: \.isDropped)
      return whole
    }
    try wholeWorld.deliver("s_1.csv", Self.header + wholes.map(\.line).joined())
    try wholeWorld.night("2026-11-25")
    func total(_ facts: Facts) -> [Int64] {
      (0..<7).map { index in facts.values.reduce(0) { $0 + $1[index] } }
    }
    #expect(try total(facts(world, knownBy: 25)) == total(facts(wholeWorld, knownBy: 25)))
  }

  private func row(_ part: Int, hour: Int, _ down: Int64, session: Int = 1) -> Row {
    Row(session: session, part: part, hour: hour, subscription: "S", down: down, up: 0, chargeCents: 0)
  }

  @Test func `missing parts are noticed until they come, and a late first part moves the session`() throws {
    let world = try IngestWorld()
    try world.feed("s", feed(Self.partial))
    try world.deliver("s_1.csv", Self.header + row(2, hour: 36, 20).line + row(5, hour: 60, 50).line)
    var report = try world.night("2026-11-22")
    #expect(report.warnings == ["s: 1 session lacks 2 parts so far"])
    try world.deliver("s_2.csv", Self.header + row(3, hour: 38, 30).line + row(4, hour: 39, 40).line)
    report = try world.night("2026-11-23")
    #expect(report.warnings.isEmpty)
    try world.deliver("s_3.csv", Self.header + row(1, hour: 12, 10).line)
    try world.night("2026-11-24")
    let key = try "\(world.key().pseudonym(.subscription, "S"))"
    #expect(try facts(world, knownBy: 23)["\(key) 2026-11-11"] == [1, 1, 0, 0, 90, 0, 0])
    #expect(try facts(world, knownBy: 24)["\(key) 2026-11-11"] == [0, 0, 0, 0, 90, 0, 0])
    #expect(try facts(world, knownBy: 24)["\(key) 2026-11-10"] == [1, 1, 0, 0, 10, 0, 0])
  }

  @Test func `a counter that begins anew loses nothing, and a silent one adds nothing`() throws {
    let world = try IngestWorld()
    try world.feed("s", feed(Self.counter))
    try world.deliver(
      "s_1.csv",
      Self.header + [row(0, hour: 12, 100), row(0, hour: 13, 100), row(0, hour: 14, 40)].map(\.line).joined())
    try world.night("2026-11-22")
    try world.deliver("s_2.csv", Self.header + row(0, hour: 36, 45).line + row(0, hour: 37, 7, session: 2).line)
    try world.night("2026-11-23")
    let key = try "\(world.key().pseudonym(.subscription, "S"))"
    let facts = try facts(world, knownBy: 23)
    #expect(facts["\(key) 2026-11-10"] == [1, 1, 0, 0, 140, 0, 0])
    #expect(facts["\(key) 2026-11-11"] == [1, 1, 0, 0, 12, 0, 0])
  }

  @Test func `a row without session or with a wrong number is a reject and no part`() throws {
    let world = try IngestWorld()
    try world.feed("s", feed(Self.partial + "\nreject-threshold: 1"))
    let good = row(1, hour: 12, 10).line
    try world.deliver(
      "s_1.csv",
      Self.header + good + ",gw,1,S,2026-11-11T00:00:00Z,1,1,,\n1,gw,x,S,2026-11-11T00:00:00Z,1,1,,\n"
        + "1,gw,-1,S,2026-11-11T00:00:00Z,1,1,,\n")
    try world.night("2026-11-22")
    #expect(try world.rejectCodes() == ["missing-value", "wrong-type", "wrong-type"])
    #expect(try world.table(.sessionParts).rowCount == 1)
  }

  @Test func `a refused file leaves no part behind`() throws {
    let world = try IngestWorld()
    try world.feed("s", feed(Self.partial + "\nreject-threshold: 0"))
    let line = row(1, hour: 12, 10).line
    try world.deliver("s_1.csv", Self.header + line + "1,gw,x,S,2026-11-11T00:00:00Z,1,1,,\n")
    try world.deliver("s_2.csv", Self.header + line)
    try world.night("2026-11-22")
    let key = try "\(world.key().pseudonym(.subscription, "S"))"
    #expect(try facts(world, knownBy: 22) == ["\(key) 2026-11-10": [1, 1, 0, 0, 10, 0, 0]])
  }

  @Test func `wrong session rules are faults of the feed`() throws {
    let world = try IngestWorld()
    func problems(_ text: String) throws -> String {
      let text = "feed: f\n" + feed(text)
      do throws(ConfigurationError) {
        _ = try Feed.read(ConfigurationDocument(path: "f.yaml", bytes: Array(text.utf8)))
        return ""
      } catch { return error.description }
    }
    #expect(try problems("sessions: {key: [session]}").contains("'sessions' needs 'sequence' or 'counters'"))
    #expect(try problems("sessions: {key: [], sequence: part}").contains("'key' must name at least one column"))
    #expect(
      try problems("sessions: {key: [session], counters: [down_byte]}").contains("did you mean 'down_bytes'?"))
    #expect(
      try problems("sessions: {key: [session], counters: [duration_seconds]}").contains("is not mapped by 'columns'"))
    #expect(
      try problems("sessions: {key: [session], sequence: part, window-days: 9}").contains(
        "'window-days' must not be less than 'late-days', which is 35"))
    #expect(try problems(Self.partial).isEmpty)
    _ = world
  }
}
