import Calendar
import Columns
import Datasets
import Ledger
import Parallelism
import Synchronization

/// The quality of a night's twin in a page (`Twins.docc/TwinQuality.md`).
///
/// 1. Each table that is written is counted, a typed pass a column (`FieldTally`); tallies of files add up.
/// 2. Nights before give the reference (`DriftReference`).
/// 3. Each field is judged: contract, then drift (`FieldVerdict`).
/// 4. Coverage and deliveries say which days are known (`TwinCompleteness`).
/// 5. Profiles, verdicts and completeness become products of the night's entry; what an operator should see, its warnings.
package final class NightQuality: Sendable {
  /// Fields that a warning about drift names.
  static let namedFieldLimit = 10

  private let home: Home
  private let catalogue: TwinCatalogue
  private let night: Day
  private let threads: Int
  private let deliveries: [Product]
  private let references: [Product]
  private let tallies = Mutex<[Int: [FieldTally]]>([:])

  init(_ home: Home, _ state: LiveState, _ catalogue: TwinCatalogue, night: Day, threads: Int) {
    self.home = home
    self.catalogue = catalogue
    self.night = night
    self.threads = threads
    deliveries = TwinCompleteness.products(state, night: night)
    references = DriftReference.products(state, before: night)
  }

  /// What must be the same for a night to be done: the files that say what was delivered.
  var materials: [Material] { deliveries.map { Material($0) } }
  /// Everything that is read, profiles of earlier nights included. As with the states of use, a profile that comes between
  /// later is no reason to make a night again.
  var allMaterials: [Material] { materials + references.map { Material($0) } }

  /// Counts some rows of the twin.
  func count(_ table: Table, _ rows: Range<Int>) {
    let found = catalogue.fields.indices.map { FieldTally(table.columns[$0], catalogue.fields[$0]) }
    tallies.withLock { $0[rows.lowerBound] = found }
  }

  /// What the night says of itself.
  struct Findings: Sendable {
    let verdicts: [FieldVerdict]
    let warnings: [String]
    let counts: [String: Int64]
    /// The tables to publish.
    let tables: [(dataset: Dataset, table: Table)]
  }

  /// Judges what was counted. Throws `TwinError` where a contract that refuses is broken.
  func findings(_ completeDays: CompleteDays) throws -> Findings {
    let tallies = tallies.withLock { $0.sorted { $0.key < $1.key }.map(\.value) }
    let reference = try DriftReference(home, references, threads: threads)
    let completeness = try TwinCompleteness(home, deliveries, completeDays, night: night, threads: threads)
    let judged = try WorkerThreads(count: threads).map(taskCount: catalogue.fields.count) { number in
      let field = catalogue.fields[number]
      var tally = tallies.first?[number] ?? FieldTally(Table(empty: catalogue.schema).columns[number], field)
      for other in tallies.dropFirst() { tally.add(other[number]) }
      let verdict = FieldVerdict(
        field, tally, isKnown: completeDays.knows(field, catalogue), reference.entries[field.name],
        catalogue.driftLimits)
      return (verdict, tally.profile.capped)
    }
    let verdicts = judged.map(\.0)
    let refused = verdicts.filter(\.refuses).compactMap(\.breach)
    guard refused.isEmpty else {
      throw TwinError(
        .brokenContract,
        "\(refused.joined(separator: "\n")): the catalogue refuses such a night; correct the facts or the contract")
    }
    let profiles = zip(catalogue.fields, judged).filter { $0.0.drift != .none }.map { ($0.0.name, $0.1.1) }
    return Findings(
      verdicts: verdicts,
      warnings: verdicts.compactMap(\.breach) + NightQuality.driftWarnings(verdicts) + reference.warnings,
      counts: completeness.counts.merging([
        "brokenContracts": Int64(verdicts.count { $0.breach != nil }),
        "driftedFields": Int64(verdicts.count { $0.hasDrifted }),
        "measuredFields": Int64(verdicts.count { $0.psi != nil }),
      ]) { $1 },
      tables: [
        (.twinProfiles, DriftReference.table(profiles, night: night)),
        (.twinQuality, FieldVerdict.table(verdicts, night: night)), (.twinCompleteness, completeness.table()),
      ])
  }

  /// One line for all fields that moved too far, the furthest first.
  package static func driftWarnings(_ verdicts: [FieldVerdict]) -> [String] {
    let drifted = byDrift(verdicts.filter(\.hasDrifted))
    guard let nights = drifted.map(\.referenceNightCount).max() else { return [] }
    let named = drifted.prefix(namedFieldLimit).map { "\($0.field) \(indexText($0.psi ?? 0))" }
    let more = drifted.count > named.count ? ", and \(drifted.count - named.count) more" : ""
    return ["drift against \(nights) nights (population stability index): \(named.joined(separator: ", "))\(more)"]
  }

  /// Verdicts by falling index; of equal ones, in the order of the catalogue.
  static func byDrift(_ verdicts: [FieldVerdict]) -> [FieldVerdict] {
    verdicts.enumerated().sorted { ($0.element.psi ?? -1, $1.offset) > ($1.element.psi ?? -1, $0.offset) }.map(
      \.element)
  }

  /// An index with two decimals.
  static func indexText(_ psi: Double) -> String {
    let hundredths = Int((psi * 100).rounded())
    return "\(hundredths / 100).\(String(hundredths % 100 + 100).dropFirst())"
  }
}

extension FieldVerdict {
  /// The rows of `twin-quality`, in the order of the catalogue.
  static func table(_ verdicts: [FieldVerdict], night: Day) -> Table {
    Table(
      Dataset.twinQuality.schema,
      [
        .date(TypedColumn([Int32](repeating: night.rawValue, count: verdicts.count))),
        .string(TypedColumn(verdicts.map(\.field))), .int64(TypedColumn(verdicts.map(\.rowCount))),
        .int64(TypedColumn(verdicts.map(\.missingCount))),
        .double(TypedColumn(optionals: verdicts.map(\.extremes?.lowerBound), placeholder: 0)),
        .double(TypedColumn(optionals: verdicts.map(\.extremes?.upperBound), placeholder: 0)),
        .int64(TypedColumn(verdicts.map(\.belowCount))), .int64(TypedColumn(verdicts.map(\.aboveCount))),
        .int64(TypedColumn(verdicts.map(\.repeatedCount))),
        .string(TypedColumn(optionals: verdicts.map(\.breach), placeholder: "")),
        .string(TypedColumn(verdicts.map(\.drift.rawValue))),
        .double(TypedColumn(optionals: verdicts.map(\.psi), placeholder: 0)),
        .double(TypedColumn(optionals: verdicts.map(\.warnAbove), placeholder: 0)),
        .int32(TypedColumn(verdicts.map { Int32($0.referenceNightCount) })),
        .int64(TypedColumn(verdicts.map(\.referenceRowCount))),
      ])
  }
}
