import Calendar
import Columns
import Datasets
import Testing
import Twins

/// Promise 6 for the sums of use: what nights roll is what all facts give at once, whatever came when.
@Suite struct UsageStateTests {
  private static let plan = TwinCatalogue.house.usePlan

  /// Fact files by name, as nights leave them.
  private struct History {
    var draws: RandomFacts.Draws
    var night = RandomFacts.asOf
    var files: [String: Table] = [:]
    private var fileCount = 0
    private let ids: [Int64] = (1...9).map { $0 * 7_919 }

    init(seed: UInt64) {
      draws = RandomFacts.Draws(state: seed)
      for _ in 0..<12 { add(age: Int(draws.below(100))) }
    }

    /// A file of facts of a day that the night has learned by now: several rows an id, some that take events back.
    mutating func add(age: Int) {
      let date = night - age
      let rows = (0..<1 + draws.below(6)).map { _ -> RandomFacts.Row in
        var row: RandomFacts.Row = [
          "subscription_id": .whole(draws.one(of: ids)), "event_date": .whole(Int64(date.rawValue)),
          "known_date": .whole(Int64((night - Int(draws.below(3))).rawValue)), "delivery_id": .whole(Int64(fileCount)),
        ]
        let sign: Int64 = draws.happens(15) ? -1 : 1
        for measure in Dataset.usageMeasures { row[measure] = .whole(sign * draws.below(4)) }
        return row
      }
      files["file-\(fileCount)"] = RandomFacts.table(Dataset.usage.schema, rows)
      fileCount += 1
    }

    /// What happens until the next night that runs: the new day, late files and ones dated ahead, replaced and lost ones.
    mutating func pass() {
      night = night + (draws.happens(20) ? Int(1 + draws.below(12)) : 1)
      for _ in 0..<draws.below(3) { add(age: 0) }
      for _ in 0..<draws.below(3) { add(age: Int(draws.below(96))) }
      if draws.happens(30) { add(age: -1) }
      for _ in 0..<draws.below(3) where !files.isEmpty {
        let name = draws.one(of: files.keys.sorted())
        let old = files.removeValue(forKey: name)
        // A file derived again has most of its rows still.
        guard let old, draws.happens(60) else { continue }
        files["\(name)-again"] = old.rows(where: (0..<old.rowCount).map { _ in draws.happens(70) })
      }
      // All of a day is taken back to the last event, by facts of other files.
      if draws.happens(30), let table = files[draws.one(of: files.keys.sorted())] {
        let rows = NaiveTwin.rows(table).map { row in
          row.map { key, value in
            (key, Dataset.usageMeasures.contains(key) ? NaiveTwin.Value.whole(-value.whole) : value)
          }
        }
        files["back-\(fileCount)"] = RandomFacts.table(
          Dataset.usage.schema, rows.map { RandomFacts.Row(uniqueKeysWithValues: $0) })
        fileCount += 1
      }
    }

    var moment: TwinMoment { TwinMoment(asOf: night, knownBy: night) }

    var parts: [String: UsagePart] {
      files.mapValues { table in
        guard case .date(let dates)? = table["event_date"], let date = dates.values.first else {
          return UsagePart(table)
        }
        return UsagePart(table, eventDate: Day(rawValue: date))
      }
    }

    /// The state as a person would add it up.
    var naive: Table {
      let seen = files.values.flatMap(NaiveTwin.rows).filter {
        $0["event_date"]!.whole <= night.rawValue && $0["known_date"]!.whole <= night.rawValue
      }
      let rows = Dictionary(grouping: seen) { $0["subscription_id"]!.whole }.compactMap { id, facts in
        state(id, facts)
      }
      return RandomFacts.table(
        UsageState.dataset(UsageStateTests.plan).schema,
        rows.sorted { $0["subscription_id"]!.whole < $1["subscription_id"]!.whole })
    }

    private func state(_ id: Int64, _ facts: [RandomFacts.Row]) -> RandomFacts.Row? {
      var days: [Int: [Int64]] = [:]
      for fact in facts {
        let age = Int(Int64(night.rawValue) - fact["event_date"]!.whole)
        let values = Dataset.usageMeasures.map { fact[$0]!.whole }
        days[age] = days[age].map { zip($0, values).map { $0 + $1 } } ?? values
      }
      var row: RandomFacts.Row = [:]
      for column in KeptColumn.all { row[column.name] = .whole(column.value(days, asOf: Int(night.rawValue))) }
      guard row.values.contains(where: { $0.whole != 0 }) else { return nil }
      row["subscription_id"] = .whole(id)
      return row
    }
  }

  /// What a column of the state says, by its name: `TALLY_age_7_27`, `TALLY_week_3`, `TALLY_days_recent`.
  private struct KeptColumn {
    static let all = UsageState.dataset(plan).schema.fields.dropFirst().map { KeptColumn($0.name) }

    let name: String
    private let measures: [Int]
    private let suffix: Substring
    private let numbers: [Int]
    private let kind: String

    init(_ name: String) {
      self.name = name
      kind = ["_age_", "_week_", "_days_recent", "_days_early"].first { name.contains($0) }!
      let range = name.ranges(of: kind).last!
      numbers = name[range.upperBound...].split(separator: "_").map { Int($0) ?? .max }
      let tally = name[..<range.lowerBound]
      suffix = ["_weekend", "_workday"].first { tally.hasSuffix($0) } ?? ""
      measures = tally.dropLast(suffix.count).split(separator: "_and_").map { name in
        Dataset.usageMeasures.firstIndex(of: String(name))!
      }
    }

    func value(_ days: [Int: [Int64]], asOf: Int) -> Int64 {
      // 1970-01-01 was a Thursday; 0 is Monday.
      func weekday(_ age: Int) -> Int { (asOf - age + 3) % 7 }
      let sums = days.filter { age, _ in suffix.isEmpty || (suffix == "_weekend") == (weekday(age) >= 5) }
        .mapValues { values in measures.reduce(0) { $0 + values[$1] } }
      func sum(_ isInside: (Int) -> Bool) -> Int64 { sums.reduce(0) { $0 + (isInside($1.key) ? $1.value : 0) } }
      func bits(_ ages: Range<Int>) -> Int64 {
        sums.reduce(0) { ages.contains($1.key) && $1.value > 0 ? $0 | 1 << Int64($1.key - ages.lowerBound) : $0 }
      }
      switch kind {
      case "_age_": return sum { numbers[0] <= $0 && $0 <= numbers[1] }
      case "_week_": return sum { ($0 + 6 - weekday(0)) / 7 == numbers[0] }
      case "_days_recent": return bits(0..<64)
      default: return bits(64..<91)
      }
    }
  }

  private func table(_ windows: UsageWindows) throws -> Table {
    try UsageState.table(windows, threads: 1)
  }

  @Test(arguments: 0..<10)
  func `of a thousand histories every night's sums, rolled, are those of all facts at once`(tenth: Int) throws {
    let plan = UsageStateTests.plan
    var readCount = 0
    var fileCount = 0
    for seed in UInt64(tenth * 100)..<UInt64(tenth * 100 + 100) {
      var history = History(seed: seed)
      var parts = history.parts
      var moment = history.moment
      var state = try table(try UsageWindows.rebuild(plan, Array(parts.values), at: moment, threads: 1))
      for _ in 0..<7 {
        history.pass()
        let now = history.parts
        let roll = UsageRoll(plan, from: moment, parts, to: history.moment, now)
        let before = state
        let rolled = try roll.windows(threads: 1 + tenth % 2) { [before] }
        let rebuilt = try UsageWindows.rebuild(plan, Array(now.values), at: history.moment, threads: 1)
        state = try table(rolled)
        #expect(try state == table(rebuilt), "seed \(seed), \(history.night)")
        #expect(state == history.naive, "seed \(seed), \(history.night)")
        (parts, moment) = (now, history.moment)
        readCount += roll.readFileCount
        fileCount += now.count
      }
    }
    // Most files are not read again.
    #expect(readCount * 2 < fileCount)
    #expect(readCount > 1_000)
  }

  @Test func `a night without news reads the days that change their ring, and no other`() throws {
    let night = RandomFacts.asOf
    let table = RandomFacts.table(Dataset.usage.schema, [])
    var parts: [String: UsagePart] = [:]
    for age in 0..<120 { parts["day-\(age)"] = UsagePart(table, eventDate: night - age) }
    let roll = UsageRoll(
      UsageStateTests.plan, from: TwinMoment(asOf: night - 1, knownBy: night - 1), parts,
      to: TwinMoment(asOf: night, knownBy: night), parts)
    // The new day, those of age 7 and 28, and the one that leaves.
    #expect(roll.readFileCount == 4)
  }

  @Test func `a fact file that is live no more and gone asks for a rebuild, a live one stops the night`() throws {
    let night = RandomFacts.asOf
    let (old, new) = (TwinMoment(asOf: night - 1, knownBy: night - 1), TwinMoment(asOf: night, knownBy: night))
    let gone = ["gone": UsagePart(path: "/nowhere/gone.parquet", eventDate: night - 1)]
    #expect(throws: UsageRoll.Unusable.self) {
      try UsageRoll(UsageStateTests.plan, from: old, gone, to: new, [:]).windows(threads: 1) { [] }
    }
    let error = #expect(throws: ColumnsError.self) {
      try UsageRoll(UsageStateTests.plan, from: old, [:], to: new, gone).windows(threads: 1) { [] }
    }
    #expect(error?.code == .missingFile)
  }
}
