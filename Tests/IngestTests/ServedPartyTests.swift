import Columns
import Datasets
import Ingest
import Testing
import Vault

@Suite struct ServedPartyTests {
  private let world: IngestWorld

  init() throws { world = try IngestWorld() }

  /// What a night makes of calls: `S-1 out 60`, one line a row of the facts, then codes of rejects.
  private func outcome(_ served: String, _ calls: [String], extra: String = "", columns: String = "") throws -> [String]
  {
    try world.feed(
      "numbers",
      "kind: numbers\nfiles: \"numbers_*\"\ncolumns: {number: {from: n}, subscription: {from: s}, valid_from: {from: f}, valid_to: {from: t}}\n"
    )
    try world.feed(
      "calls",
      """
      kind: usage
      files: "calls_*"
      reject-threshold: 1
      numbers: {plan: DE}
      served: \(served)
      \(extra)
      columns:
        caller: {from: a}
        called: {from: b}
        started_at: {from: t, format: "yyyy-MM-dd HH:mm"}
        duration_seconds: {from: sec}
        type: {constant: voice}
        \(columns)
      """)
    try world.deliver(
      "numbers_1",
      """
      n,s,f,t
      +491700000001,S-1,2026-01-01,
      +491700000002,S-2,2026-01-01,2026-11-20
      +491700000002,S-3,2026-11-21,

      """)
    try world.deliver("calls_1", "a,b,t,sec,d\n" + calls.joined(separator: "\n") + "\n")
    try world.night("2026-11-22")
    let key = try world.key()
    let usage = try world.table(.usage)
    let names = Dictionary(uniqueKeysWithValues: (1...3).map { (key.pseudonym(.subscription, "S-\($0)"), "S-\($0)") })
    let lines = try (0..<usage.rowCount).map { row in
      "\(names[try usage.int64("subscription_id").values[row]] ?? "?") out \(try usage.int64("voice_out_seconds").values[row]) "
        + "in \(try usage.int64("voice_in_seconds").values[row]) abroad \(try usage.int64("international_count").values[row])"
    }
    return try lines.sorted() + world.rejectCodes()
  }

  private let calls = [
    "01700000001,01700000002,2026-11-21 10:00,1,out", "+33123456789,01700000001,2026-11-21 10:00,2,in",
    "01700000002,112,2026-11-21 10:00,4,out", "+33123456789,+33123456788,2026-11-21 10:00,8,out",
    "anonymous,01700000002,2026-11-19 10:00,16,in",
  ]

  @Test func `by numbers, the party that somebody owned at the time is served, the caller first`() throws {
    #expect(
      try outcome("{by: numbers}", calls) == [
        "S-1 out 1 in 2 abroad 1", "S-2 out 0 in 16 abroad 0", "S-3 out 4 in 0 abroad 0", "not-served",
      ])
  }

  @Test func `where both are served, the feed may choose the called party`() throws {
    #expect(
      try outcome("{by: numbers, both: in}", Array(calls.prefix(2))) == [
        "S-1 out 0 in 2 abroad 1", "S-3 out 0 in 1 abroad 0",
      ])
  }

  @Test func `by direction, the record itself says whose call it is`() throws {
    let found = try outcome(
      "{by: direction}", calls + ["x,01700000001,2026-11-21 10:00,32,out"], columns: "direction: {from: d}")
    // The fourth caller is nobody's, the last one no number.
    #expect(
      found == [
        "S-1 out 1 in 2 abroad 1", "S-2 out 0 in 16 abroad 0", "S-3 out 4 in 0 abroad 0", "unknown-number",
        "bad-number",
      ])
  }

  @Test func `by country, a number at home is served`() throws {
    #expect(
      try outcome("{by: country}", Array(calls[1...3])) == [
        "S-1 out 0 in 2 abroad 1", "S-3 out 4 in 0 abroad 0", "not-served",
      ])
  }

  @Test func `by ranges and prefixes, a number within them is served`() throws {
    let served = "{by: ranges, prefixes: [\"+491700000001\"], ranges: [\"491700000002-491700000003\"]}"
    #expect(
      try outcome(served, calls) == [
        "S-1 out 1 in 2 abroad 1", "S-2 out 0 in 16 abroad 0", "S-3 out 4 in 0 abroad 0", "not-served",
      ])
  }

  // MARK: - Zones

  @Test func `each row may say its own zone, by offset, by name or by a text of the feed's`() throws {
    try world.feed(
      "data",
      """
      kind: usage
      files: "data_*"
      reject-threshold: 1
      zone: {column: z, values: {CET: Europe/Berlin}, otherwise: America/New_York}
      columns:
        subscription: {from: s}
        type: {constant: voice}
        started_at: {from: t, format: "yyyy-MM-dd HH:mm:ss"}
        duration_seconds: {from: sec}
      known: {lag-days: 0}
      """)
    // The same instant, 2026-11-20 23:30 UTC, on five clocks: days and night hours are those of the row's clock.
    let rows = [
      "1,2026-11-21 00:30:00,CET,1", "1,2026-11-21 00:30:00,+01:00,2", "1,2026-11-21 00:30:00,Europe/Paris,4",
      "1,2026-11-20 18:30:00,,8", "1,2026-11-20 23:30:00,Z,16", "1,2026-11-20 23:30:00,Mars/Olympus,32",
      "1,2026-11-20 23:30:00,../../etc/passwd,64", "1,2026-11-20 23:30:00,+25:00,128",
    ]
    try world.deliver("data_1", "s,t,z,sec\n" + rows.joined(separator: "\n") + "\n")
    try world.night("2026-11-22")
    let usage = try world.table(.usage)
    let days = try usage.date("event_date").values
    let seconds = try usage.int64("voice_out_seconds").values
    #expect(Dictionary(uniqueKeysWithValues: zip(days, seconds)) == [20_778: 7, 20_777: 24])
    #expect(try usage.int64("night_count").values.reduce(0, +) == 4)
    #expect(try world.rejectCodes() == ["bad-zone", "bad-zone", "bad-zone"])
  }
}
