import Calendar
import Columns
import Datasets
import FoundationEssentials
import Ingest
import Ledger
import Randomness
import Testing
import Vault

/// Promise 6: late, split and re-sent deliveries of calls and of number assignments, in whatever order they arrive, end in
/// the facts of deliveries on time.
@Suite struct ArrivalOrderTests {
  /// Fourteen days of calls in two files a day, some of whose records are in several files, and four files of numbers.
  private static let corpus: [(name: String, day: Int, text: String)] = {
    let random = CounterRandom(seed: 6, stream: 1)
    var files: [(name: String, day: Int, text: String)] = []
    var records: [String] = []
    for index in 0..<28 as Range<UInt64> {
      let day = 1 + Int(index / 2)
      var text = IngestWorld.header
      for row in 0..<12 as Range<UInt64> {
        func draw(_ bound: UInt64, _ what: UInt64) -> UInt64 { random.integer(below: bound, index * 100 + row, what) }
        if draw(8, 1) == 0, let record = records.last {
          text += record
          continue
        }
        func two(_ number: UInt64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let seconds = draw(20, 4) == 0 ? "x" : "\(1 + draw(99, 5))"
        let record =
          "\(index * 100 + row),0170000001\(draw(5, 2)),0170999\(row % 4),2026-11-\(two(UInt64(day))) "
          + "\(two(draw(24, 3))):30:00,\(seconds),0.01\n"
        records.append(record)
        text += record
      }
      files.append(("calls_\(day)_\(index % 2).csv", day, text))
    }
    let header = "number,subscription,from,to\n"
    // Recycled numbers, each owner in a file of its own; number 4 belongs to nobody.
    files.append(
      ("numbers_a.csv", 1, header + "+491700000010,S-0,2026-01-01 00:00:00,\n+491700000011,S-1,2026-11-08 00:00:00,\n"))
    files.append(("numbers_b.csv", 1, header + "+491700000011,S-5,2026-01-01 00:00:00,2026-11-05 12:00:00\n"))
    files.append(("numbers_c.csv", 1, header + "+491700000012,S-2,2026-11-03 06:00:00,2026-11-09 18:00:00\n"))
    files.append(
      ("numbers_d.csv", 1, header + "+491700000012,S-6,2026-11-10 00:00:00,\n+491700000013,S-3,2026-01-01 00:00:00,\n"))
    return files
  }()

  private func world() throws -> IngestWorld {
    let world = try IngestWorld()
    try Data((0..<32).map { UInt8($0) }).write(to: URL(filePath: world.home.url(PseudonymKey.fileName)))
    try world.addCallFeeds("record-key: {from: [id], window-days: 60}\nreject-threshold: 1\ncalendar: {covers: rows}")
    try world.remove("numbers_1.csv")
    return world
  }

  /// The facts of a dataset by everything but the night that learned them and the file that brought them, summed.
  private func sums(_ world: IngestWorld, _ dataset: Dataset, keys: [String], values: [String]) throws -> [String] {
    let table = try world.table(dataset)
    let keyColumns = try keys.map { name in
      name == "event_date" ? try table.date(name).values.map { Int64($0) } : try table.int64(name).values
    }
    let valueColumns = try values.map { try table.int64($0).values }
    var sums: [[Int64]: [Int64]] = [:]
    for row in 0..<table.rowCount {
      let old = sums[keyColumns.map { $0[row] }] ?? values.map { _ in 0 }
      sums[keyColumns.map { $0[row] }] = zip(old, valueColumns).map { $0 + $1[row] }
    }
    return sums.map { "\($0.key) \($0.value)" }.sorted()
  }

  private func content(_ world: IngestWorld) throws -> [[String]] {
    let rejects = try world.table(.rejects)
    let coverage = try world.table(.coverage)
    return [
      try sums(world, .usage, keys: ["subscription_id", "event_date"], values: Dataset.usageMeasures),
      try sums(
        world, .counterparties, keys: ["subscription_id", "event_date", "counterparty_hash"], values: ["event_count"]),
      try zip(rejects.string("code").values, rejects.string("masked").values).map { "\($0) \($1)" }.sorted(),
      try Set(coverage.date("event_date").values).sorted().map { "\($0)" },
      ["\(try world.table(.recordKeys).int64("key").values.sorted())"],
    ]
  }

  @Test(arguments: 1..<5) func `the order of arrival does not matter`(seed: UInt64) throws {
    let onTime = try world()
    for file in Self.corpus where file.name.hasPrefix("numbers") { try onTime.deliver(file.name, file.text) }
    for day in 1...14 {
      for file in Self.corpus where file.day == day { try onTime.deliver(file.name, file.text) }
      try onTime.night("2026-11-\(day < 10 ? "0" : "")\(day)")
    }
    let late = try world()
    let random = CounterRandom(seed: seed, stream: 2)
    let nights = Self.corpus.indices.map { 15 + Int(random.integer(below: 10, UInt64($0))) }
    for night in 15..<25 {
      for (file, arrival) in zip(Self.corpus, nights) where arrival == night { try late.deliver(file.name, file.text) }
      try late.night("2026-11-\(night)")
    }
    let (first, second) = (try content(onTime), try content(late))
    #expect(first[0].count > 20 && first[2].count > 50)
    #expect(first == second)
    let (a, b) = (try onTime.state().deliveries.map(\.file), try late.state().deliveries.map(\.file))
    func total(_ files: [IntakeFile], _ path: KeyPath<IntakeFile, Int64>) -> Int64 {
      files.reduce(0) { $0 + $1[keyPath: path] }
    }
    for path in [\IntakeFile.readCount, \.acceptedCount, \.duplicateCount, \.rejectedCount] {
      #expect(total(a, path) == total(b, path))
    }
  }
}
