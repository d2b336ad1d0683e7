import Columns
import Datasets
import Ingest
import Ledger
import Testing
import Vault

/// Replacing files of sessions: the facts are those of the parts that count now, as known on each day.
@Suite struct SessionHistoryTests {
  private let scene = SessionTests()

  /// A delivered file as the model knows it.
  struct File {
    var name: String
    var night: Int
    var rows: [SessionTests.Row]
  }

  /// The rows that count, each with the night of the file that brought it first.
  private func counting(_ files: [File], isCounter: Bool) -> [SessionTests.Row] {
    var seen: Set<String> = []
    return files.flatMap { file in
      file.rows.compactMap { row -> SessionTests.Row? in
        let name = isCounter ? "\(row.session) \(row.hour) \(row.down) \(row.up)" : "\(row.session) \(row.part)"
        guard seen.insert(name).inserted else { return nil }
        var own = row
        own.night = file.night
        return own
      }
    }
  }

  private func corrected(_ rows: [SessionTests.Row], _ random: inout DrawSequence) -> [SessionTests.Row] {
    var rows = rows
    if !rows.isEmpty, random.integer(below: 2) == 0 { rows.remove(at: random.integer(below: rows.count)) }
    if !rows.isEmpty { rows[random.integer(below: rows.count)].down += 7 }
    if let first = rows.first {
      var more = first
      (more.part, more.hour) = (9, 230)
      (more.down, more.up) = (more.down + 100, more.up + 100)
      rows.append(more)
    }
    return rows
  }

  @Test(arguments: 0..<8) func `replaced files leave what the parts that count now are worth`(seed: UInt64) throws {
    var random = DrawSequence(seed: 500 + seed)
    let isCounter = seed % 2 == 1
    let rows = scene.rows(&random, isCounter: isCounter)
    let world = try IngestWorld()
    try world.feed("s", scene.feed(isCounter ? SessionTests.counter : SessionTests.partial))
    let key = try world.key()
    // In the order in which they were taken; a file that replaces another is taken anew.
    var files: [File] = []
    for night in 22...25 {
      var fresh: [File] = []
      for (number, row) in rows.filter({ $0.night == night }).enumerated() {
        if number % 3 == 0 { fresh.append(File(name: "s_\(night)_\(number).csv", night: night, rows: [])) }
        fresh[fresh.count - 1].rows.append(row)
        // A row of another file again: a duplicate, until that file is replaced.
        if let again = files.randomRow(&random) { fresh[fresh.count - 1].rows.append(again) }
      }
      if !files.isEmpty, night > 22 {
        let old = files.remove(at: random.integer(below: files.count))
        let new = corrected(old.rows, &random)
        fresh.append(File(name: old.name, night: night, rows: new))
      }
      fresh.sort { $0.name < $1.name }
      for (index, file) in fresh.enumerated() {
        // Blank lines keep two files of the same rows from being one content.
        let blanks = String(repeating: "\n", count: night * 20 + index)
        try world.deliver(file.name, SessionTests.header + blanks + file.rows.map(\.line).joined())
      }
      files += fresh
      try world.night("2026-11-\(night)", threads: 1 + night % 2, supersede: true)
      let counting = counting(files, isCounter: isCounter)
      for limit in 22...25 {
        let found = try scene.facts(world, knownBy: limit)
        let expected = scene.twin(counting.filter { $0.night <= limit }, isCounter: isCounter, key)
        #expect(found == expected, "night \(night), known by \(limit)")
      }
    }
    #expect(try world.table(.sessionParts).rowCount == counting(files, isCounter: isCounter).count)
    #expect(try CommitLog.open(world.home).entries.flatMap(\.files).contains { $0.superseded != nil })
  }

  @Test func `a number that is assigned late brings the parts of its sessions`() throws {
    let world = try IngestWorld()
    try world.feed(
      "s",
      scene.feed(SessionTests.partial).replacing("subscription: {from", with: "number: {from") + "\nreject-threshold: 1"
    )
    try world.feed(
      "numbers",
      "kind: numbers\nfiles: \"n_*\"\ncolumns: {number: {from: n}, subscription: {from: s}, valid_from: {from: f}, valid_to: {from: t}}"
    )
    func row(_ part: Int, hour: Int, _ down: Int64) -> SessionTests.Row {
      SessionTests.Row(
        session: 1, part: part, hour: hour, subscription: "+491700000001", down: down, up: 0, chargeCents: 0)
    }
    try world.deliver("s_1.csv", SessionTests.header + row(1, hour: 12, 10).line + row(2, hour: 36, 20).line)
    try world.night("2026-11-22")
    try world.deliver("s_2.csv", SessionTests.header + row(3, hour: 37, 30).line)
    try world.night("2026-11-23")
    #expect(try scene.facts(world, knownBy: 23).isEmpty)
    try world.deliver("n_1.csv", "n,s,f,t\n+491700000001,S,2026-11-11T00:00:00Z,\n")
    try world.night("2026-11-24")
    let key = try "\(world.key().pseudonym(.subscription, "S"))"
    #expect(try scene.facts(world, knownBy: 22) == ["\(key) 2026-11-11": [1, 1, 0, 0, 20, 0, 0]])
    #expect(try scene.facts(world, knownBy: 24) == ["\(key) 2026-11-11": [1, 1, 0, 0, 50, 0, 0]])
    try world.deliver("n_2.csv", "n,s,f,t\n+491700000001,S,2026-11-01T00:00:00Z,2026-11-11T00:00:00Z\n")
    try world.night("2026-11-25")
    #expect(
      try scene.facts(world, knownBy: 25) == [
        "\(key) 2026-11-10": [1, 1, 0, 0, 10, 0, 0], "\(key) 2026-11-11": [0, 0, 0, 0, 50, 0, 0],
      ])
  }
}

extension [SessionHistoryTests.File] {
  /// Now and then a row of one of the files.
  fileprivate func randomRow(_ random: inout DrawSequence) -> SessionTests.Row? {
    guard !isEmpty, random.integer(below: 3) == 0 else { return nil }
    let rows = self[random.integer(below: count)].rows
    return rows.isEmpty ? nil : rows[random.integer(below: rows.count)]
  }
}
