import Calendar
import FoundationEssentials
import Ingest
import Ledger
import Twins

/// A small operator of three nights: numbers that are recycled and learned late, calls in files and archives with repeats and
/// faults, sessions in parts, payments that are replaced, and tickets in several states.
struct LineageWorld {
  static let nights = ["2026-11-20", "2026-11-21", "2026-11-22"]
  static let callHeader = "id,caller,called,start,seconds,charge,note\n"
  let world: IngestWorld
  /// What was delivered: by digest of the file, and member.
  private(set) var texts: [String: String] = [:]
  let catalogue: TwinCatalogue
  private var draws: DrawSequence
  private var callCount = 0

  init(seed: UInt64) throws {
    world = try IngestWorld()
    try world.use(key: (0..<32).map { UInt8($0) })
    draws = DrawSequence(seed: seed)
    catalogue = try Self.houseCatalogue()
    try addFeeds()
    try addPersons()
  }

  /// Delivers and runs every night.
  mutating func run() throws {
    for (number, night) in Self.nights.enumerated() {
      try deliver(number, night)
      try world.night(night, threads: 1 + number, supersede: true)
      guard let day = Day(night) else { continue }
      _ = try TwinRun(world.home, TwinCatalogues(catalogue), night: day, threads: 2, versions: [:]).run()
    }
  }

  private static func houseCatalogue() throws -> TwinCatalogue {
    let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
    return try .load(path: "\(root)/Pipelines/\(TwinCatalogue.subscriptionFile)")
  }

  private func addFeeds() throws {
    // A row of last summer begins the range that a file covers; its name ends it.
    let more = """
      zone: Europe/Berlin
      reject-threshold: 0.9
      late-days: 1000
      calendar: {every: none, covers: range, pattern: "through-(?<through>[0-9-]{10})"}
      """
    try world.feed(
      "numbers",
      """
      kind: numbers
      files: "numbers_*"
      zone: Europe/Berlin
      reject-threshold: 0.9
      columns:
        number: {from: number}
        subscription: {from: subscription}
        valid_from: {from: from, format: "yyyy-MM-dd HH:mm:ss"}
        valid_to: {from: to, format: "yyyy-MM-dd HH:mm:ss"}
      """)
    try world.feed(
      "calls",
      """
      kind: usage
      files: "calls_*"
      members: "*.csv"
      numbers: {country-code: "49", trunk-prefix: "0", international-prefix: "00"}
      columns:
        number: {from: caller}
        counterparty: {from: called}
        started_at: {from: start, format: "yyyy-MM-dd HH:mm:ss"}
        duration_seconds: {from: seconds}
        type: {constant: voice}
        charge: {from: charge, unit: "1"}
      record-key: {from: [id], window-days: 35}
      \(more)
      """)
    try world.feed(
      "sessions",
      """
      kind: usage
      files: "sessions_*"
      columns:
        subscription: {from: subscription}
        started_at: {from: start, format: "yyyy-MM-dd HH:mm:ss"}
        type: {constant: data}
        down_bytes: {from: down}
      sessions: {key: [session], counters: [down_bytes], window-days: 1000}
      \(more)
      """)
    try world.feed(
      "payments",
      """
      kind: payments
      files: "payments_*"
      columns:
        payment: {from: payment}
        subscription: {from: subscription}
        date: {from: date}
        amount: {from: amount, unit: "1"}
        failed: {from: failed}
      \(more)
      """)
    try world.feed(
      "tickets",
      """
      kind: tickets
      files: "tickets_*"
      columns:
        ticket: {from: ticket}
        subscription: {from: subscription}
        changed_at: {from: changed, format: "yyyy-MM-dd HH:mm:ss"}
        opened_at: {from: opened, format: "yyyy-MM-dd HH:mm:ss"}
        resolved_at: {from: resolved, format: "yyyy-MM-dd HH:mm:ss"}
        status: {from: status}
        category: {constant: billing}
        channel: {constant: call}
        text: {constant: "none"}
      \(more)
      """)
    try world.feed(
      "subscriptions",
      """
      kind: subscriptions
      files: "subscriptions_*"
      columns:
        subscription: {from: subscription}
        event: {from: event}
        effective_date: {from: date}
        payment_type: {constant: postpaid}
        product: {constant: basic}
      \(more)
      """)
  }

  /// Everybody agrees to the use of traffic data: otherwise nothing of it could be traced.
  private func addPersons() throws {
    try world.feed(
      "customers",
      """
      kind: customers
      files: "customers_*"
      columns:
        subscription: {from: subscription}
        person: {from: person}
        valid_from: {from: from}
      """)
    try world.feed(
      "consents",
      """
      kind: consents
      files: "consents_*"
      zone: Europe/Berlin
      late-days: 1000
      columns:
        person: {from: person}
        channel: {constant: any}
        purpose: {constant: traffic}
        granted: {constant: "true"}
        decided_at: {from: decided, format: "yyyy-MM-dd HH:mm:ss"}
      """)
    try world.deliver(
      "customers_1.csv", "subscription,person,from\n" + (0..<6).map { "S-\($0),P-\($0),2026-01-01\n" }.joined())
    try world.deliver(
      "consents_1.csv", "person,decided\n" + (0..<6).map { "P-\($0),2026-01-02 08:00:00\n" }.joined())
  }

  // MARK: - Deliveries

  private mutating func put(_ name: String, _ text: String) throws {
    texts[SHA256Digest(of: text).hex] = text
    try world.deliver(name, text)
  }

  private mutating func deliver(_ number: Int, _ night: String) throws {
    let day = 20 + number
    let through = "through-\(night)"
    if number == 0 {
      try put(
        "subscriptions_\(through).csv",
        "subscription,event,date\n" + (0..<6).map { "S-\($0),activation,2026-01-01\n" }.joined())
      try put(
        "numbers_1.csv",
        "number,subscription,from,to\n"
          + "+491700000000,S-0,2026-01-01 00:00:00,2026-11-12 10:00:00\n+491700000000,S-1,2026-11-12 12:00:00,\n"
          + (1..<5).map { "+49170000000\($0),S-\($0),2026-01-01 00:00:00,\n" }.joined())
    }
    // The owner of number 5 becomes known on the last night alone.
    if number == 2 { try put("numbers_2.csv", "number,subscription,from,to\n+491700000005,S-5,2026-01-01 00:00:00,\n") }
    try deliverCalls(day, through)
    try put("sessions_\(through).csv", sessions(day))
    // The payments of the second night replace those of the first, under the same name.
    try put(number < 2 ? "payments_through-2026-11-22.csv" : "payments_b_\(through).csv", payments(day))
    try put("tickets_\(through).csv", tickets(day))
  }

  private mutating func deliverCalls(_ day: Int, _ through: String) throws {
    try put("calls_\(through).csv", Self.callHeader + calls(day, 40))
    let members = [("a.csv", Self.callHeader + calls(day, 20)), ("b.csv", Self.callHeader + calls(day, 20))]
    let zip = storedZip(members.map { (name: $0.0, text: $0.1) })
    for (name, text) in members { texts["\(SHA256Digest(of: zip).hex)/\(name)"] = text }
    try world.deliver("calls_\(through).zip", zip)
  }

  private mutating func calls(_ day: Int, _ count: Int) -> String {
    var text = ""
    for row in 0..<count {
      // Some ids repeat an earlier record, in the file or before it.
      let isRepeat = callCount > 3 && draws.integer(below: 6) == 0
      let id = isRepeat ? draws.integer(below: callCount) : callCount
      callCount += isRepeat ? 0 : 1
      let age = draws.integer(below: 15)
      let date = row == 0 ? "2026-07-01" : "2026-11-\(pad(day - age))"
      let caller = draws.integer(below: 7)
      let seconds = draws.integer(below: 9) == 0 ? "x" : "\(draws.integer(below: 600))"
      let note = draws.integer(below: 5) == 0 ? "\"two\nlines\"" : "one"
      text +=
        "\(id),0170000000\(caller),030\(1000 + draws.integer(below: 9)),\(date) \(pad(draws.integer(below: 24))):00:00,"
        + "\(seconds),0.\(pad(draws.integer(below: 100))),\(note)\n"
    }
    return text
  }

  private mutating func sessions(_ day: Int) -> String {
    var text = "session,subscription,start,down\n900,S-0,2026-07-01 00:00:00,1\n"
    for _ in 0..<30 {
      let session = draws.integer(below: 20)
      let hour = draws.integer(below: 24)
      let age = draws.integer(below: 4)
      // A counter grows with its time.
      let down = ((day - age) * 24 + hour) * 1_000 + draws.integer(below: 500)
      text += "\(session),S-\(session % 6),2026-11-\(pad(day - age)) \(pad(hour)):00:00,\(down)\n"
    }
    return text
  }

  private mutating func payments(_ day: Int) -> String {
    var text = "payment,subscription,date,amount,failed\np0-\(day),S-0,2026-07-01,1,0\n"
    for row in 1..<25 {
      text +=
        "p\(row)-\(draws.integer(below: 3)),S-\(draws.integer(below: 6)),2026-11-\(pad(day - draws.integer(below: 15))),"
        + "\(draws.integer(below: 90)).\(pad(draws.integer(below: 100))),\(draws.integer(below: 2))\n"
    }
    return text
  }

  private mutating func tickets(_ day: Int) -> String {
    var text =
      "ticket,subscription,changed,opened,resolved,status\nt0,S-0,2026-07-01 00:00:00,2026-07-01 00:00:00,,open\n"
    for row in 1..<12 {
      let opened = "2026-11-\(pad(5 + row % 9)) 08:00:00"
      let isResolved = draws.integer(below: 2) == 0
      let changed = "2026-11-\(pad(day)) \(pad(draws.integer(below: 24))):00:00"
      text +=
        "t\(row),S-\(row % 6),\(changed),\(opened),\(isResolved ? changed : ""),\(isResolved ? "resolved" : "open")\n"
    }
    return text
  }

  private func pad(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
