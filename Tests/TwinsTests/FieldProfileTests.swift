import Columns
import Glibc
import Testing
import Twins

@Suite struct FieldProfileTests {
  @Test func `a bin holds its edge, ends where the next one begins, and follows the order of integers`() {
    var draws = RandomFacts.Draws(state: 1)
    var values: [Int64] = Array(-70...70) + [.min, .min + 1, .max, .max - 1]
    for _ in 0..<5_000 { values.append(Int64(bitPattern: draws.next()) >> draws.below(63)) }
    values.sort()
    for value in values {
      let bin = NumberBins.bin(value)
      let edge = NumberBins.integerEdge(bin)
      #expect(edge.magnitude <= Double(value).magnitude && (edge == 0 || (edge < 0) == (value < 0)))
      // The next bin away from zero begins after the value.
      let beyond = NumberBins.integerEdge(bin < 0 ? bin - 1 : bin + 1)
      #expect(beyond.magnitude > Double(value).magnitude || Double(value).magnitude >= 0x1p62)
      if abs(bin) < 248 { #expect(NumberBins.bin(Int64(edge)) == bin) }
      #expect(value.magnitude >= 8 || Double(value) == edge)
    }
    let bins = values.map { NumberBins.bin($0) }
    #expect(bins == bins.sorted())
  }

  @Test func `bins of doubles do the same, and take what is tiny, endless or no number`() {
    var draws = RandomFacts.Draws(state: 2)
    let values = (0..<5_000).map { _ in Double(draws.below(2_000_000) - 1_000_000) / Double(1 + draws.below(500_000)) }
      .sorted()
    for value in values where value.magnitude > 0x1p-20 {
      let bin = NumberBins.bin(value)
      let edge = NumberBins.realEdge(bin)
      #expect(NumberBins.bin(edge) == bin && edge.magnitude <= value.magnitude)
      #expect(value.magnitude < edge.magnitude * 1.25)
    }
    let bins = values.map { NumberBins.bin($0) }
    #expect(bins == bins.sorted())
    #expect(NumberBins.bin(0x1p-21) == 0 && NumberBins.bin(-0.0) == 0 && NumberBins.bin(0.0) == 0)
    let last = NumberBins.bin(0x1p63)
    #expect([Double.infinity, .greatestFiniteMagnitude, .nan.magnitude].allSatisfy { NumberBins.bin($0) == last })
    #expect(NumberBins.bin(-Double.infinity) == -last)
  }

  /// PSI from the values themselves, group by group.
  private func naive(_ night: [Int64?], _ reference: [Int64?]) -> Double {
    func edge(_ value: Int64) -> Double { NumberBins.integerEdge(NumberBins.bin(value)) }
    let sorted = reference.compactMap { $0.map(edge) }.sorted()
    // A group ends with the bin in which the next tenth of the values is passed.
    var ends: [Double] = []
    for tenth in 1...10 {
      let place = (tenth * sorted.count + 9) / 10 - 1
      let end = sorted[max(0, place)]
      if ends.last.map({ $0 < end }) ?? true { ends.append(end) }
    }
    let bounds = [-Double.infinity] + [sorted[0].nextDown] + ends + [.infinity]
    var sum = 0.0
    func add(_ found: Int, _ usual: Int) {
      if found == 0, usual == 0 { return }
      let p = max(Double(found) / Double(night.count), 0.0001)
      let q = max(Double(usual) / Double(reference.count), 0.0001)
      sum += (p - q) * log(p / q)
    }
    for (low, high) in zip(bounds, bounds.dropFirst()) {
      func count(_ values: [Int64?]) -> Int { values.count { $0.map { edge($0) > low && edge($0) <= high } ?? false } }
      add(count(night), count(reference))
    }
    add(night.count { $0 == nil }, reference.count { $0 == nil })
    return sum
  }

  @Test(arguments: 1...60)
  func `the index is that of the values, group by group`(seed: Int) throws {
    var draws = RandomFacts.Draws(state: UInt64(seed))
    func values(_ count: Int64, _ shift: Int64) -> [Int64?] {
      let width = draws.one(of: [3, 40, 5_000])
      let zeros = draws.one(of: [0, 30, 95])
      return (0..<count).map { _ in
        draws.happens(10) ? nil : draws.happens(zeros) ? 0 : draws.below(width) - Int64(width) / 3 + shift
      }
    }
    let reference = values(300 + draws.below(900), 0)
    let night = values(200 + draws.below(500), draws.below(20))
    let field = try field(
      "name: x, aggregate: sum, of: event_count, window: 7, type: int64, unit: count, description: X.")
    func profile(_ values: [Int64?]) -> FieldProfile {
      FieldTally(.int64(TypedColumn(optionals: values, placeholder: 7)), field).profile
    }
    let index = try #require(PopulationStability.index(of: profile(night), against: profile(reference)))
    #expect((index - naive(night, reference)).magnitude < 1e-12)
    #expect(PopulationStability.index(of: profile(reference), against: profile(reference)) == 0)
  }

  @Test func `texts with a share have groups of their own, the others one`() throws {
    func profile(_ counts: [String: Int64], missing: Int64 = 0) -> FieldProfile {
      var profile = FieldProfile(.text)
      profile.texts = counts
      profile.missingCount = missing
      return profile
    }
    let reference = profile(["a": 500, "b": 494, "rare": 3, "seldom": 3])
    #expect(PopulationStability.index(of: profile(["a": 50, "b": 50]), against: reference)! < 0.06)
    let new = try #require(PopulationStability.index(of: profile(["a": 45, "b": 45, "new": 10]), against: reference))
    let shares = [(0.45, 0.5), (0.45, 0.494), (0.1, 0.006)]
    #expect((new - shares.reduce(0) { $0 + ($1.0 - $1.1) * log($1.0 / $1.1) }).magnitude < 1e-12)
    #expect(PopulationStability.index(of: profile([:], missing: 10), against: reference)! > 4)
    #expect(PopulationStability.index(of: FieldProfile(.integer), against: reference) == nil)
  }

  @Test func `the most frequent texts are kept, of equal ones the first by their bytes`() {
    let texts = (0..<200).flatMap { number in Array(repeating: "t\(1000 + number)", count: number < 5 ? 9 : 2) }
    let field = TwinCatalogue.house.fields.first { $0.name == "region" }!
    var shuffled = texts
    var draws = RandomFacts.Draws(state: 4)
    for place in shuffled.indices.reversed() { shuffled.swapAt(place, Int(draws.below(place + 1))) }
    let profile = FieldTally(.string(TypedColumn(shuffled)), field).profile
    #expect(profile.texts == Dictionary(grouping: texts) { $0 }.mapValues { Int64($0.count) })
    let capped = profile.capped
    #expect(Set(capped.texts.keys) == Set((0..<64).map { "t\(1000 + $0)" }))
    #expect(capped.otherCount == 2 * 136)
    #expect(capped.rowCount == profile.rowCount)
  }

  @Test func `slices add up to the whole, and profiles are read as they are written`() throws {
    var draws = RandomFacts.Draws(state: 5)
    let count = 3_000
    let columns: [(String, Column)] = [
      (
        "event_count_7d",
        .int64(
          TypedColumn(optionals: (0..<count).map { _ in draws.happens(9) ? nil : draws.below(900) - 9 }, placeholder: 0)
        )
      ),
      ("tenure_days", .int32(TypedColumn((0..<count).map { _ in Int32(draws.below(4_000)) }))),
      (
        "night_share_28d",
        .double(
          TypedColumn(
            optionals: (0..<count).map { _ in draws.happens(50) ? nil : Double(draws.below(100)) / 100 }, placeholder: 0
          ))
      ),
      ("is_in_notice", .bool(TypedColumn((0..<count).map { _ in draws.happens(5) }))),
      (
        "region",
        .string(
          TypedColumn(
            optionals: (0..<count).map { _ in draws.happens(5) ? nil : "r\(draws.below(50))" }, placeholder: ""))
      ),
    ]
    var profiles: [(field: String, profile: FieldProfile)] = []
    for (name, column) in columns {
      let field = try #require(TwinCatalogue.house.fields.first { $0.name == name })
      let whole = FieldTally(column, field)
      let table = Table(Schema([ColumnField(name, column.type, isNullable: true)]), [column])
      var sum = FieldTally(table.rows(at: []).columns[0], field)
      for rows in [2_000..<3_000, 0..<700, 700..<2_000] {
        sum.add(FieldTally(table.rows(at: Array(rows)).columns[0], field))
      }
      #expect(sum.profile == whole.profile && sum.extremes == whole.extremes && sum.rowCount == Int64(count))
      #expect(sum.missingCount == whole.missingCount && sum.belowCount == whole.belowCount)
      profiles.append((name, whole.profile))
    }
    let read = try DriftReference.profiles(DriftReference.table(profiles, night: RandomFacts.asOf))
    #expect(read == Dictionary(uniqueKeysWithValues: profiles.map { ($0.field, $0.profile) }))
  }

  private func field(_ row: String) throws -> TwinField {
    try #require(try TwinCatalogue.small([row]).fields.last)
  }
}
