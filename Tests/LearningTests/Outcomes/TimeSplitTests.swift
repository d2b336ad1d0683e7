import Calendar
import Learning
import Testing

@Suite struct TimeSplitTests {
  let newest = FactTables.day("2026-09-22")

  func split(oldest: Day, definition: ChurnDefinition = ChurnDefinition(), isUsable: (Day) -> Bool) throws -> TimeSplit
  {
    try TimeSplit.evaluating(newest: newest, oldest: oldest, definition: definition, isUsable: isUsable)
  }

  @Test(arguments: [0, 7]) func `no label window reaches into a later part`(embargoDays: Int) throws {
    var definition = ChurnDefinition()
    definition.embargoDays = embargoDays
    let split = try split(oldest: newest - 300, definition: definition) { _ in true }
    #expect(split.test == newest)
    #expect(split.validation + 30 + embargoDays <= newest)
    #expect(split.train.count == 4)
    #expect(split.train.allSatisfy { $0 + 30 + embargoDays <= split.validation })
    #expect(split.train == split.train.sorted())
    #expect(zip(split.train, split.train.dropFirst()).allSatisfy { $1 - $0 == 14 })
  }

  @Test func `dates without complete history before them are passed over`() throws {
    let bad = newest - 45
    let split = try split(oldest: newest - 300) { !((bad...(bad + 27)).contains($0)) }
    #expect(!split.dates.contains { (bad...(bad + 27)).contains($0) })
    #expect(split.validation == bad - 1)
    #expect(split.train.last == bad - 31)
  }

  @Test func `the model put to use is trained one step later`() throws {
    let evaluating = try split(oldest: newest - 300) { _ in true }
    let deploying = try TimeSplit.deploying(
      newest: newest, oldest: newest - 300, definition: ChurnDefinition(), embargoDays: evaluating.embargoDays
    ) { _ in true }
    #expect(deploying.validation == evaluating.test)
    #expect(deploying.train.last == evaluating.validation)
    #expect(deploying.test == nil)
  }

  @Test func `the embargo is as wide as history allows, and never narrower than the least`() throws {
    var definition = ChurnDefinition()
    (definition.embargoDays, definition.widestEmbargoDays) = (1, 26)
    // Four as-of dates 14 days apart and two steps of 30 days and the embargo.
    for (historyDays, embargo) in [(300, 26), (42 + 60 + 2 * 26, 26), (42 + 60 + 2 * 20 + 1, 20), (80, 1)] {
      let split = try split(oldest: newest - historyDays, definition: definition) { _ in true }
      #expect(split.embargoDays == embargo, "\(historyDays) days")
      #expect(newest - split.validation == 30 + embargo)
      #expect(split.train.allSatisfy { split.validation - $0 >= 30 + embargo })
    }
    let short = try split(oldest: newest - 80, definition: definition) { _ in true }
    #expect(short.train.count < definition.trainingDateCount)
  }

  @Test func `models are fitted once more to dates up to the validation date, not of the test`() throws {
    var definition = ChurnDefinition()
    (definition.refitDateCount, definition.refitSpacingDays, definition.embargoDays) = (4, 10, 2)
    let split = try split(oldest: newest - 300, definition: definition) { _ in true }
    #expect(split.refit == [30, 20, 10, 0].map { split.validation - $0 })
    #expect(split.refit.allSatisfy { $0 + 30 + 2 <= newest })
    #expect(split.dates == Set(split.train + split.refit + [split.validation, newest]).sorted())
    let deploying = try TimeSplit.deploying(
      newest: newest, oldest: newest - 300, definition: definition, embargoDays: split.embargoDays
    ) { _ in true }
    #expect(deploying.refit == [30, 20, 10, 0].map { newest - $0 })
    // As many as history has, passing over what is not usable; none where none are asked for.
    definition.refitDateCount = 7
    let short = try self.split(oldest: newest - 64, definition: definition) { $0 != newest - 42 }
    #expect(short.refit == [63, 53, 43, 32].map { newest - $0 })
    #expect(try self.split(oldest: newest - 300) { _ in true }.refit.isEmpty)
  }

  @Test func `too short a history cannot train`() {
    let error = #expect(throws: LearningError.self) { try split(oldest: newest - 59) { _ in true } }
    #expect(error?.code == .tooLittleHistory)
    #expect(error?.exitStatus == 65)
  }
}
