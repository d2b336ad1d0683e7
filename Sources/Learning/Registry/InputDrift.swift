package import Calendar
package import Columns
import Datasets
package import Parallelism
package import Twins

/// From where on a night warns that a model's inputs or scores have moved.
public struct DriftThresholds: Sendable, Hashable {
  /// The index above which an input warns, unless the twin's catalogue has one for the field.
  public var inputWarnAbove = 0.25
  /// The index above which the scores warn.
  public var scoreWarnAbove = 0.25
  /// The share of missing values, above that of the training, from which on an input warns.
  public var maximumMissingRise = 0.10
  /// The share of rows with unseen texts above which an input warns.
  public var maximumUnseenShare = 0.01
  /// Rows that night and reference must have.
  public var leastRowCount = 400
  /// An input with a smaller share of the splits' gain does not warn.
  public var leastGainShare = 0.005

  /// Makes the default thresholds.
  public init() {}
}

/// How far a night's inputs and scores lie from those that the version was trained on: the dataset `score-drift`.
package struct InputDrift: Sendable {
  /// Whether the index was judged, and why not.
  package enum State: String, Sendable, Hashable {
    case measured
    /// The catalogue says that the field moves by its nature.
    case off
    case tooFewRows = "too-few-rows"
  }

  /// One input, or the scores.
  package struct Row: Sendable, Hashable {
    package var night: InputHistogram
    package var reference: InputHistogram
    package var state: State
    package var psi: Double?
    package var warnAbove: Double?
    /// The share of the splits' gain; nil of the scores.
    package var gainShare: Double?
    /// The most frequent texts that the training had not seen.
    package var unseen: [String]
    /// What has moved: psi, missing, unseen.
    package var moved: [String]
  }

  /// The inputs in the model's order, then the scores.
  package let rows: [Row]
  private let label: String

  /// Texts named of an input, and inputs named in a warning.
  private static let namedCount = 10

  /// Compares a night. O(features · rows).
  ///
  /// - Parameters:
  ///   - base: the rows that were scored.
  ///   - features: the same as the gradient model reads them.
  package init(
    _ label: String, _ reference: InputReference, base: Table, features: FeatureTable, gains: [Double],
    probabilities: [Double], catalogue: TwinCatalogue, thresholds: DriftThresholds, threads: WorkerThreads
  ) throws(LearningError) {
    guard reference.inputs.map(\.name) == features.features.map(\.name),
      reference.inputs.map(\.levels) == features.features.map(\.levels)
    else { throw LearningError(.damagedModel, "the reference of \(label) is of other features than its model") }
    self.label = label
    let total = max(gains.reduce(0, +), .leastNormalMagnitude)
    let fields = Dictionary(uniqueKeysWithValues: catalogue.fields.map { ($0.name, $0.drift) })
    let inputs = threads.collect(taskCount: reference.inputs.count) { index -> Row in
      let usual = reference.inputs[index]
      let share = gains[index] / total
      let (found, unseen) =
        if case .string(let column)? = base[usual.name] {
          usual.counting(texts: (0..<column.rowCount).lazy.map { column[$0] })
        } else { (usual.counting(features.columns[index]), [String]()) }
      var limits = thresholds
      var isOff = false
      switch fields[usual.name] {
      case .warns(let above): limits.inputWarnAbove = above
      case .off, .none?: isOff = true
      default: break
      }
      return InputDrift.row(
        usual, found, unseen, warnAbove: isOff ? nil : limits.inputWarnAbove, gainShare: share, thresholds)
    }
    rows =
      inputs + [
        InputDrift.row(
          reference.score, reference.score.counting(probabilities), [], warnAbove: thresholds.scoreWarnAbove,
          gainShare: nil, thresholds)
      ]
  }

  private static func row(
    _ reference: InputHistogram, _ night: InputHistogram, _ unseen: [String], warnAbove: Double?, gainShare: Double?,
    _ thresholds: DriftThresholds
  ) -> Row {
    var row = Row(
      night: night, reference: reference, state: warnAbove == nil ? .off : .measured,
      psi: reference.stabilityIndex(of: night), warnAbove: warnAbove, gainShare: gainShare,
      unseen: Array(unseen.prefix(namedCount)), moved: [])
    guard min(night.rowCount, reference.rowCount) >= thresholds.leastRowCount else {
      (row.state, row.psi) = (.tooFewRows, nil)
      return row
    }
    guard gainShare ?? 1 >= thresholds.leastGainShare else { return row }
    if let psi = row.psi, let warnAbove, psi > warnAbove { row.moved.append("psi") }
    if night.missingShare - reference.missingShare > thresholds.maximumMissingRise { row.moved.append("missing") }
    if night.unseenShare > thresholds.maximumUnseenShare { row.moved.append("unseen") }
    return row
  }

  /// The inputs that have moved, the furthest first.
  package var movedInputs: [Row] {
    rows.dropLast().filter { !$0.moved.isEmpty }.sorted {
      ($1.psi ?? 0, $0.night.name) < ($0.psi ?? 0, $1.night.name)
    }
  }

  /// What a person should know: one line on the inputs, one on the scores.
  package var warnings: [String] {
    var warnings: [String] = []
    let moved = movedInputs
    if !moved.isEmpty {
      let names = moved.prefix(InputDrift.namedCount).map(InputDrift.words)
      let more = moved.count > names.count ? ", and \(moved.count - names.count) more" : ""
      warnings.append(
        "\(moved.count) \(moved.count == 1 ? "input" : "inputs") of \(label) moved since its training: "
          + names.joined(separator: ", ") + more)
    }
    if let score = rows.last, !score.moved.isEmpty {
      warnings.append("the scores of \(label) moved since its training: \(InputDrift.words(score))")
    }
    return warnings
  }

  private static func words(_ row: Row) -> String {
    func percent(_ share: Double) -> String { FixedPoint.text(share * 100, digits: 1) + " %" }
    let parts = row.moved.map { what in
      switch what {
      case "missing": "missing \(percent(row.reference.missingShare)) to \(percent(row.night.missingShare))"
      case "unseen": "unseen texts \(percent(row.night.unseenShare))"
      default: "PSI \(FixedPoint.text(row.psi ?? 0, digits: 2))"
      }
    }
    return "\(row.night.name) (\(parts.joined(separator: ", ")))"
  }

  /// The counts of the entry.
  package var counts: [String: Int64] {
    var counts = [
      "driftMeasured": Int64(rows.dropLast().count { $0.state == .measured }), "driftMoved": Int64(movedInputs.count),
      "driftScoreMoved": rows.last?.moved.isEmpty == false ? 1 : 0,
    ]
    if let psi = rows.last?.psi { counts["driftScorePsiE4"] = Int64((psi * 10_000).rounded()) }
    return counts
  }

  /// The rows of the dataset.
  package func table(_ night: Day) -> Table {
    let texts = rows.map { $0.unseen.isEmpty ? nil : $0.unseen.joined(separator: ", ") }
    return Table(
      Dataset.scoreDrift.schema,
      [
        .date(TypedColumn(rows.map { _ in night.rawValue })), .string(TypedColumn(rows.map { _ in label })),
        .string(TypedColumn(rows.map(\.night.name))),
        .string(TypedColumn(rows.map { $0.gainShare == nil ? "score" : $0.night.levels == nil ? "number" : "text" })),
        .int64(TypedColumn(rows.map { Int64($0.night.rowCount) })),
        .int64(TypedColumn(rows.map { Int64($0.night.missingCount) })),
        .int64(TypedColumn(rows.map { Int64($0.night.unseenCount) })),
        .string(TypedColumn(optionals: texts, placeholder: "")),
        .int64(TypedColumn(rows.map { Int64($0.reference.rowCount) })),
        .int64(TypedColumn(rows.map { Int64($0.reference.missingCount) })),
        .string(TypedColumn(rows.map(\.state.rawValue))),
        .double(TypedColumn(optionals: rows.map(\.psi), placeholder: 0)),
        .double(TypedColumn(optionals: rows.map(\.warnAbove), placeholder: 0)),
        .double(TypedColumn(optionals: rows.map(\.gainShare), placeholder: 0)),
        .string(TypedColumn(rows.map { $0.moved.joined(separator: ", ") })),
      ])
  }
}
