import Calendar
import Columns
import Ledger
import Parallelism

/// The metrics of scores beside labels, from any table: overall and within segments. No data home is needed.
public struct TableEvaluation: Sendable {
  /// The column of the label: 0 and 1, flags, or texts of which one counts as 1.
  public var label: String
  /// The column of the scores, the greater the likelier.
  public var score: String
  /// The text that counts as 1; nil where the label is no text.
  public var positive: String?
  /// The column of the weights, 0 or greater; nil for 1 each.
  public var weight: String?
  /// Columns whose values are segments, each column by itself.
  public var segments: [String] = []
  /// Bins of the calibration table, at most.
  public var binCount = 10
  /// The replicates of the bootstrap; 0 for no intervals from it.
  public var replicateCount = 200
  /// The seed of the bootstrap.
  public var seed: UInt64 = 1
  /// The campaign of the profit.
  public var campaign = CampaignProfit()

  /// Weights other than 0: their sums and squares stay far from the ends of a double.
  static let weightRange = 1e-9...1e9
  /// Values that a column of segments may have; one with more names rows.
  static let maximumSegmentCount = 1_000

  /// Makes an evaluation.
  public init(label: String, score: String) {
    self.label = label
    self.score = score
  }

  /// Reads a table and evaluates it.
  ///
  /// A row without a label, a score or a weight is left out of every metric and counted, and so is one of weight 0.
  ///
  /// - Throws: `LearningError` for a column that is absent or holds what it cannot; `ColumnsError` for the file; `LedgerError` where
  ///   its digest cannot be taken.
  public func run(input: String, threads: Int) throws -> Report {
    let names = Set([label, score] + segments + (weight.map { [$0] } ?? [])).sorted()
    let table = try TableFile.read(input, columns: names, threads: threads)
    let labels = try TableLabels.read(table, label, positive: positive)
    let scores = try numbers(table, score, "scores")
    let weights = try weight.map { name throws(LearningError) in try numbers(table, name, "weights") }
    let parts = try segments.map { name throws(LearningError) in (name, try TableSegments(table, name)) }

    var leftOut = Report.LeftOut()
    var used: [Int] = []
    used.reserveCapacity(table.rowCount)
    for row in 0..<table.rowCount {
      if !labels.isValid(row) {
        leftOut.withoutLabel += 1
      } else if !scores.isValid(row) || !scores.values[row].isFinite {
        leftOut.withoutScore += 1
      } else if let weights, !weights.isValid(row) || !weights.values[row].isFinite {
        leftOut.withoutWeight += 1
      } else if weights?.values[row] == 0 {
        leftOut.ofWeightZero += 1
      } else if let weights, !TableEvaluation.weightRange.contains(weights.values[row]) {
        throw LearningError(
          .invalidValues,
          "the column \(weights.name) of weights is neither 0 nor between 1e-9 and 1e9: row \(row + 1) is the first")
      } else {
        used.append(row)
      }
    }
    var settings = MetricSuite.Settings()
    let outsideCount = used.count { !(0...1).contains(scores.values[$0]) }
    settings.areProbabilities = outsideCount == 0
    settings.binCount = binCount
    settings.campaign = campaign
    settings.bootstrap = PoissonBootstrap(replicateCount: replicateCount, seed: seed)
    let workers = WorkerThreads(count: threads)
    func suite(_ rows: [Int]) -> MetricSuite {
      MetricSuite(
        RankedRows(
          scores: rows.map { scores.values[$0] }, labels: rows.map { labels.values[$0] },
          weights: weights.map { weights in rows.map { weights.values[$0] } }),
        settings: settings, threads: workers)
    }
    var groups = [Report.Group(segment: nil, suite: suite(used))]
    for (name, part) in parts {
      for (value, rows) in part.groups(of: used) {
        groups.append(Report.Group(segment: Report.Segment(column: name, value: value), suite: suite(rows)))
      }
    }
    return Report(
      evaluation: self, digest: try SHA256Digest(ofFile: input).hex, rowCount: table.rowCount, usedRowCount: used.count,
      leftOut: leftOut, outsideCount: outsideCount, groups: groups)
  }

  /// The numbers of a column.
  private struct Numbers {
    var name: String
    var values: [Double]
    var validity: [Bool]?
    func isValid(_ row: Int) -> Bool { validity?[row] ?? true }
  }

  private func numbers(_ table: Table, _ name: String, _ what: String) throws(LearningError) -> Numbers {
    switch table[name] {
    case .int32(let column):
      return Numbers(name: name, values: column.values.map { Double($0) }, validity: column.validity)
    case .int64(let column):
      return Numbers(name: name, values: column.values.map { Double($0) }, validity: column.validity)
    case .double(let column): return Numbers(name: name, values: column.values, validity: column.validity)
    case nil: throw LearningError(.missingColumn, "the table has no column \(name) to take the \(what) from")
    default: throw LearningError(.invalidValues, "the column \(name) of \(what) holds something that is no number")
    }
  }
}

/// The values of a column as segments.
struct TableSegments {
  /// The number of each row's segment in `names`.
  private var codes: [Int]
  /// The values as text, ascending, the missing one last.
  private var names: [String?]

  /// Reads a column; throws `missingColumn` where there is none or it has instants, `invalidValues` where it has too many values.
  init(_ table: Table, _ name: String) throws(LearningError) {
    switch table[name] {
    case .int32(let column): try self.init(column, name) { "\($0)" }
    case .int64(let column): try self.init(column, name) { "\($0)" }
    case .double(let column):
      let isValid = column.values.indices.map { column.isValid($0) && !column.values[$0].isNaN }
      try self.init(TypedColumn(column.values, validity: isValid), name) { value in
        Int64(exactly: value).map { "\($0)" } ?? "\(value)"
      }
    case .bool(let column):
      try self.init(TypedColumn(column.values.map { $0 ? 1 : 0 }, validity: column.validity), name) {
        $0 == 1 ? "true" : "false"
      }
    case .date(let column): try self.init(column, name) { "\(Day(rawValue: $0))" }
    case .string(let column): try self.init(column, name) { $0 }
    case .timestamp: throw LearningError(.missingColumn, "the column \(name) of segments holds instants")
    case nil: throw LearningError(.missingColumn, "the table has no column \(name) to take segments from")
    }
  }

  private init<Value: Comparable & Hashable & Sendable>(
    _ column: TypedColumn<Value>, _ name: String, _ text: (Value) -> String
  ) throws(LearningError) {
    var places: [Value: Int] = [:]
    codes = []
    codes.reserveCapacity(column.rowCount)
    for row in column.values.indices {
      guard column.isValid(row) else {
        codes.append(-1)
        continue
      }
      let place = places[column.values[row]] ?? places.count
      if place == places.count { places[column.values[row]] = place }
      guard places.count <= TableEvaluation.maximumSegmentCount else {
        throw LearningError(
          .invalidValues,
          "the column \(name) of segments has more than \(TableEvaluation.maximumSegmentCount) values: it names rows")
      }
      codes.append(place)
    }
    let order = places.keys.sorted()
    var ranks = [Int](repeating: 0, count: order.count)
    for (rank, value) in order.enumerated() { ranks[places[value] ?? 0] = rank }
    codes = codes.map { $0 < 0 ? order.count : ranks[$0] }
    names = order.map(text) + [nil]
  }

  /// The rows among `rows` of each value of the column; of none where all rows of a value are left out.
  func groups(of rows: [Int]) -> [(value: String?, rows: [Int])] {
    var groups = names.map { (value: $0, rows: [Int]()) }
    for row in rows { groups[codes[row]].rows.append(row) }
    return codes.contains(names.count - 1) ? groups : groups.dropLast()
  }
}
