import Columns
import Configuration
import Testing
import Twins

@Suite struct FieldVerdictTests {
  private static let row = "name: x, aggregate: sum, of: event_count, window: 7, type: int64, unit: count"

  private func field(_ promise: String) throws -> TwinField {
    try #require(try TwinCatalogue.small(["\(Self.row), \(promise), description: X."]).fields.last)
  }

  private func verdict(
    _ field: TwinField, _ values: [Int64?], isKnown: Bool = true, _ reference: DriftReference = DriftReference()
  ) -> FieldVerdict {
    FieldVerdict(
      field, FieldTally(.int64(TypedColumn(optionals: values, placeholder: -99)), field), isKnown: isKnown,
      reference.entries[field.name], DriftLimits())
  }

  // MARK: Contracts

  @Test func `each bound that is broken is named with its rows, in one line a field`() throws {
    let both = try field("contract: {min: -2, max: 10}")
    #expect(verdict(both, [-2, 0, 10, nil]).breach == nil)
    #expect(verdict(both, [-3, 0, nil]).breach == "x breaks its contract: min: 1 row below -2")
    #expect(
      verdict(both, [-3, -4, 11, nil]).breach == "x breaks its contract: min: 2 rows below -2; max: 1 row above 10")
    #expect(!verdict(both, [-3]).refuses)
    let refusing = try field("contract: {max: 10, on-breach: refuse}")
    #expect(verdict(refusing, [11]).refuses)
    #expect(!verdict(refusing, [10]).refuses)
    #expect(verdict(try field("contract: {min: 0, max: window}"), [7, 8]).breach?.hasSuffix("1 row above 7") == true)
  }

  @Test func `a share of missing values is judged only where the days are complete`() throws {
    let field = try field("contract: {null-share: 0.25}")
    #expect(verdict(field, [1, 2, 3, nil]).breach == nil)
    #expect(
      verdict(field, [1, nil, 3, nil]).breach
        == "x breaks its contract: null-share: 2 of 4 rows missing, at most 0.25 may be")
    #expect(verdict(field, [nil, nil], isKnown: false).breach == nil)
    #expect(verdict(field, []).breach == nil)
  }

  @Test func `a double has bounds too, and no number is below every one`() throws {
    let field = try #require(TwinCatalogue.house.fields.first { $0.name == "night_share_28d" })
    func breach(_ values: [Double?]) -> String? {
      FieldVerdict(
        field, FieldTally(.double(TypedColumn(optionals: values, placeholder: 5)), field), isKnown: true, nil,
        DriftLimits()
      ).breach
    }
    #expect(breach([0, 1, nil]) == nil)
    #expect(breach([1.5, -0.25, .nan])?.hasSuffix("min: 2 rows below 0; max: 1 row above 1") == true)
  }

  @Test func `repeated identifiers are found over files`() throws {
    let field = TwinCatalogue.house.fields[0]
    func tally(_ ids: [Int64]) -> FieldTally { FieldTally(.int64(TypedColumn(ids)), field) }
    var tally = tally([1, 2, 3])
    #expect(tally.repeatedCount() == 0)
    tally.add(self.tally([9, 2, 2], field))
    let verdict = FieldVerdict(field, tally, isKnown: true, nil, DriftLimits())
    #expect(verdict.breach == "subscription_id breaks its contract: unique: 2 rows with a value that another has")
    #expect(verdict.refuses)
    #expect(verdict.extremes == nil && tally.profile.bins.isEmpty)
  }

  private func tally(_ ids: [Int64], _ field: TwinField) -> FieldTally {
    FieldTally(.int64(TypedColumn(ids)), field)
  }

  // MARK: Drift

  /// Nights of a field with `count` rows each, drawn alike.
  private func reference(_ field: TwinField, nights: Int, rows count: Int, _ draws: inout RandomFacts.Draws)
    -> DriftReference
  {
    var reference = DriftReference()
    for _ in 0..<nights {
      let values = (0..<count).map { _ in draws.below(1_000) }
      reference.add([field.name: FieldTally(.int64(TypedColumn(values)), field).profile])
    }
    return reference
  }

  @Test func `a planted drift is found, a stable field is not`() throws {
    let field = try field("contract: {min: 0}")
    var draws = RandomFacts.Draws(state: 11)
    let reference = reference(field, nights: 28, rows: 600, &draws)
    for _ in 0..<20 {
      let stable = verdict(field, (0..<600).map { _ in draws.below(1_000) }, reference)
      #expect(stable.drift == .measured && stable.psi! < 0.1 && !stable.hasDrifted)
      #expect(stable.referenceNightCount == 28 && stable.referenceRowCount == 28 * 600)
    }
    let shifted = verdict(field, (0..<600).map { _ in draws.below(1_000) * 2 }, reference)
    #expect(shifted.hasDrifted)
    let missing = verdict(field, (0..<600).map { _ in draws.happens(30) ? nil : draws.below(1_000) }, reference)
    #expect(missing.hasDrifted)
    #expect(
      NightQuality.driftWarnings([missing, shifted, missing]).first?.hasPrefix(
        "drift against 28 nights (population stability index): x ") == true)
  }

  @Test func `drift says why it was not measured`() throws {
    let field = try field("drift: {warn-above: 0.5}")
    var draws = RandomFacts.Draws(state: 12)
    let night: [Int64?] = (0..<500).map { _ in draws.below(1_000) }
    #expect(verdict(field, night, reference(field, nights: 6, rows: 500, &draws)).drift == .tooFewNights)
    #expect(verdict(field, night, isKnown: false, reference(field, nights: 9, rows: 500, &draws)).drift == .incomplete)
    #expect(
      verdict(field, Array(night.prefix(399)), reference(field, nights: 9, rows: 500, &draws)).drift == .tooFewRows)
    let measured = verdict(field, night, reference(field, nights: 7, rows: 500, &draws))
    #expect(measured.drift == .measured && measured.warnAbove == 0.5)
    let off = try self.field("drift: off")
    #expect(verdict(off, night, reference(off, nights: 9, rows: 500, &draws)).drift == .off)
  }

  @Test func `a night without any value has no say in the reference`() throws {
    let field = try field("contract: {min: 0}")
    var draws = RandomFacts.Draws(state: 13)
    var reference = reference(field, nights: 7, rows: 500, &draws)
    reference.add(["x": FieldTally(.int64(TypedColumn(optionals: [nil, nil], placeholder: 0)), field).profile])
    #expect(reference.entries["x"]?.nightCount == 7)
    #expect(reference.entries["x"]?.profile.missingCount == 0)
  }

  @Test func `a warning names ten fields, the furthest first, and counts the others`() throws {
    var draws = RandomFacts.Draws(state: 14)
    let verdicts = try (1...12).map { number in
      let field = try #require(
        try TwinCatalogue.small([
          "name: f\(number), aggregate: sum, of: event_count, window: 7, type: int64, unit: count, description: F."
        ]).fields.last)
      let night: [Int64?] = (0..<500).map { row in row < 30 * number ? 5_000 : draws.below(1_000) }
      return verdict(field, night, reference(field, nights: 7, rows: 500, &draws))
    }
    let warning = try #require(NightQuality.driftWarnings(verdicts).first)
    #expect(warning.contains("index): f12 ") && warning.hasSuffix(", and 2 more") && !warning.contains("f1 "))
    #expect(NightQuality.driftWarnings([]) == [])
  }

  // MARK: Catalogue

  @Test func `promises that cannot be kept are faults, each at its place`() {
    func faults(_ row: String, drift: String? = nil) -> [String] {
      do throws(ConfigurationError) {
        _ = try TwinCatalogue.small([row], drift: drift)
        return []
      } catch {
        return error.problems.map { "\($0.location.line - 23):\($0.location.column): \($0.message)" }
      }
    }
    func fault(_ promise: String) -> [String] { faults("\(Self.row), \(promise), description: X.") }
    #expect(fault("contract: {min: 3, max: 2}") == ["1:105: 'min' is greater than 'max'"])
    #expect(
      fault("contract: {min: 0.5}") == ["1:105: 'min' of a field of type int64 is a whole number, at most 2^53 in size"]
    )
    #expect(fault("contract: {null-share: 1.5}").count == 1)
    #expect(fault("contract: {unique: true}") == ["1:108: 'unique' is for identifiers: unit id, type int64"])
    #expect(fault("contract: {on-breach: refuse}") == ["1:99: a contract says one of min, max, null-share and unique"])
    #expect(fault("contract: {mni: 3, max: 2}") == ["1:100: unknown key 'mni'; did you mean 'min'?"])
    #expect(fault("contract: {max: 2, on-breach: refsue}").count == 1)
    #expect(fault("contract: {min: 8, max: window}").first?.contains("the 7 days of the window") == true)
    #expect(fault("drift: of") == ["1:96: 'drift' is off, or a mapping with 'warn-above'"])
    #expect(fault("drift: {warn-abov: 1}").contains { $0.contains("did you mean 'warn-above'?") })
    #expect(fault("contract: {min: 0, max: window, null-share: 0.5}, drift: {warn-above: 1}") == [])
    #expect(faults("\(Self.row), description: X.", drift: "{warn-above: 0}").count == 1)
    let text = "name: segment, rule: segment, type: string, unit: text, description: S."
    #expect(
      faults(text.replacing("unit", with: "contract: {max: 1}, unit")).first?.hasSuffix(
        "'max' is for numbers; the field is string") == true)
    let never = "name: days, rule: household_subscription_count, type: int32, unit: count, description: D."
    #expect(
      faults(never.replacing("unit", with: "contract: {null-share: 0.1}, unit")).first?.hasSuffix(
        "'days' is never missing, so 'null-share' says nothing") == true)
    #expect(
      faults(never.replacing("unit", with: "contract: {max: window}, unit")).first?.hasSuffix(
        "'days' has no window of days that 'max: window' could mean") == true)
    let id = "name: other, rule: person_id, type: int64, drift: off, unit: id, description: P."
    #expect(faults(id).first?.hasSuffix("identifiers and days have no drift that could be measured") == true)
  }
}
