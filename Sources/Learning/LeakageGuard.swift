package import Parallelism

/// Looks for features that know the future.
///
/// Twins are built from what was known at the as-of date, and only columns of the twins' catalogue are features; this is
/// the last net: a feature that alone orders the labels almost perfectly has seen them. Whatever way a learner could use
/// it is tried: its quantities rising or falling, with the missing ones below or above all others; its levels by the share
/// that left, where a missing value is a level of its own; and whether there is a value at all. All rows are looked at, and those of
/// each segment by themselves: what only postpaid customers have can know all of their leavers, and still hardly order everybody's.
package enum LeakageGuard {
  /// The way in which a feature orders the labels.
  package enum Form: String, Sendable, Hashable, Codable {
    /// By its quantity.
    case values
    /// By the share of ones at each of its values.
    case levels
    /// By whether it is missing.
    case missing
  }

  /// A feature with its own AUC.
  package struct Single: Sendable, Hashable, Codable {
    package var feature: String
    /// The greatest AUC of the ways tried, and the way; the simplest one of equals.
    package var auc: Double
    package var form: Form
    /// The segment within which it has that AUC; nil for all rows.
    package var segment: String?

    package init(feature: String, auc: Double, form: Form, segment: String? = nil) {
      (self.feature, self.auc, self.form, self.segment) = (feature, auc, form, segment)
    }

    /// The way in words.
    package var way: String {
      let way =
        switch form {
        case .values: "by its values"
        case .levels: "by its levels"
        case .missing: "by being missing"
        }
      return way + (segment.map { " within \($0)" } ?? "")
    }
  }

  /// What the guard found in the rows of a training.
  package struct Finding: Sendable, Hashable, Codable {
    /// The features that were looked at.
    package var checkedFeatureCount: Int
    /// The AUC above which a feature counts as a leak.
    package var maximum: Double
    /// The best five single features, the best first.
    package var best: [Single]
    /// The best of all; nil where no feature has an AUC.
    package var strongest: Single? { best.first }

    package init(checkedFeatureCount: Int, maximum: Double, best: [Single]) {
      (self.checkedFeatureCount, self.maximum, self.best) = (checkedFeatureCount, maximum, best)
    }
  }

  /// The best single features that a finding keeps.
  private static let bestCount = 5

  /// Rows of either label that a segment must have to be looked at by itself: with fewer the best of many honest features may pass
  /// for a leak by chance.
  static let minimumSegmentCount = 50

  /// A numeric feature with at most this many values may be a code, whose order means nothing.
  static let maximumCodeCount = 256

  /// The features whose own AUC lies above `maximum`. O(features · rows · log rows).
  ///
  /// - Parameters:
  ///   - customers: whose each row is, where several may be one customer's.
  ///   - segments: the segment of each row, such as its payment type; nil for no segments.
  package static func suspects(
    _ table: FeatureTable, labels: [Double], customers: [Int64]? = nil, segments: [String]? = nil, maximum: Double,
    threads: WorkerThreads
  ) -> [Single] {
    singles(table, labels: labels, customers: customers, segments: segments, threads: threads)
      .filter { $0.auc > maximum }
  }

  /// Every feature that has an AUC, in the table's order.
  private static func singles(
    _ table: FeatureTable, labels: [Double], customers: [Int64]?, segments: [String]?, threads: WorkerThreads
  ) -> [Single] {
    let groups = CustomerGroups(heldOutPercent: 50)
    let sides = customers.map { $0.map { groups.isHeldOut($0) ? 1 : 0 } } ?? labels.indices.map { $0 & 1 }
    let parts = segments.map { Part.segments($0, labels: labels, sides) } ?? []
    let found = threads.collect(taskCount: table.features.count) { index -> Single? in
      let (feature, column) = (table.features[index], table.columns[index])
      let whole = strongest(column, isCategorical: feature.isCategorical, labels: labels, sides)
      var best = whole.map { Single(feature: feature.name, auc: $0.auc, form: $0.form) }
      for part in parts {
        let within = strongest(
          part.rows.map { column[$0] }, isCategorical: feature.isCategorical, labels: part.labels, part.sides)
        if let within, within.auc > best?.auc ?? 0 {
          best = Single(feature: feature.name, auc: within.auc, form: within.form, segment: part.segment)
        }
      }
      return best
    }
    return found.compactMap { $0 }
  }

  /// The rows of a segment.
  private struct Part: Sendable {
    var segment: String
    var rows: [Int]
    var labels: [Double]
    var sides: [Int]

    /// The segments with enough rows of either label, by name; none where one segment has all rows.
    static func segments(_ names: [String], labels: [Double], _ sides: [Int]) -> [Part] {
      let rows = Dictionary(grouping: names.indices) { names[$0] }
      guard rows.count > 1 else { return [] }
      return rows.sorted { $0.key < $1.key }.compactMap { name, rows in
        let ones = rows.count { labels[$0] > 0.5 }
        guard min(ones, rows.count - ones) >= minimumSegmentCount else { return nil }
        return Part(segment: name, rows: rows, labels: rows.map { labels[$0] }, sides: rows.map { sides[$0] })
      }
    }
  }

  /// Rows that are alike to one way of looking: how many, and how many of them are ones.
  private struct Group {
    var (ones, rows) = (0.0, 0.0)
    var zeros: Double { rows - ones }

    mutating func add(_ label: Double) {
      ones += label
      rows += 1
    }
  }

  /// The way in which a column orders the labels best; nil where a class is missing.
  private static func strongest(
    _ column: [Double], isCategorical: Bool, labels: [Double], _ sides: [Int]
  ) -> (auc: Double, form: Form)? {
    var (missing, present) = (Group(), Group())
    for row in column.indices {
      if column[row].isFinite { present.add(labels[row]) } else { missing.add(labels[row]) }
    }
    let pairs = (missing.ones + present.ones) * (missing.zeros + present.zeros)
    guard pairs > 0 else { return nil }
    var ways: [(auc: Double, form: Form)] = []
    let ties = (missing.ones * missing.zeros + present.ones * present.zeros) / 2
    if missing.rows > 0 { ways.append(((missing.ones * present.zeros + ties) / pairs, .missing)) }
    if !isCategorical {
      // One order of the values that are there; the missing ones then lie below or above all of them.
      let rows = column.indices.filter { column[$0].isFinite }
      let area = RankMetrics.areaUnderCurve(scores: rows.map { column[$0] }, labels: rows.map { labels[$0] })
      let wins = (area ?? 0) * present.ones * present.zeros + missing.ones * missing.zeros / 2
      ways.append(((wins + present.ones * missing.zeros) / pairs, .values))
      ways.append(((wins + missing.ones * present.zeros) / pairs, .values))
    }
    var best: (auc: Double, form: Form)?
    for (auc, form) in ways where max(auc, 1 - auc) > best?.auc ?? 0 { best = (max(auc, 1 - auc), form) }
    if let codes = codes(column, atMost: isCategorical ? .max : maximumCodeCount) {
      let auc = levelWins(codes, labels, sides) / pairs
      if auc > best?.auc ?? 0 { best = (auc, .levels) }
    }
    return best
  }

  /// The values numbered in the order of their first rows, a missing one like any other; nil for more than `atMost`.
  private static func codes(_ column: [Double], atMost: Int) -> [Int]? {
    var numbers: [Double: Int] = [:]
    var codes = [Int](repeating: 0, count: column.count)
    for row in column.indices {
      // NaN equals nothing, so a missing value is keyed by a number that no level and hardly a quantity has.
      let key = column[row].isFinite ? column[row] : -.greatestFiniteMagnitude
      if let number = numbers[key] {
        codes[row] = number
      } else {
        guard numbers.count < atMost else { return nil }
        codes[row] = numbers.count
        numbers[key] = numbers.count
      }
    }
    return codes
  }

  /// Pairs of a one and a zero that the levels order rightly, ties half. A row counts with the share of ones among the rows
  /// of the other half that have its level.
  ///
  /// Halves (of the customers, or even and odd rows) keep a row's own label out of its share, and those that its customer has at
  /// other dates: a column with a level a row, or a customer, would else look like a perfect one. A level that the other half lacks has that half's share over all.
  private static func levelWins(_ codes: [Int], _ labels: [Double], _ sides: [Int]) -> Double {
    let count = (codes.max() ?? 0) + 1
    var halves = [[Group]](repeating: [Group](repeating: Group(), count: count), count: 2)
    var totals = [Group(), Group()]
    for row in codes.indices {
      halves[sides[row]][codes[row]].add(labels[row])
      totals[sides[row]].add(labels[row])
    }
    var scored: [(share: Double, group: Group)] = []
    for half in 0..<2 {
      let (other, total) = (halves[1 - half], totals[1 - half])
      let overall = total.rows > 0 ? total.ones / total.rows : 0
      for (code, group) in halves[half].enumerated() where group.rows > 0 {
        // One row's worth of the overall share, so that levels of few rows do not run to 0 and 1.
        scored.append(((other[code].ones + overall) / (other[code].rows + 1), group))
      }
    }
    scored.sort { $0.share < $1.share }
    var (wins, zerosBelow, start) = (0.0, 0.0, 0)
    while start < scored.count {
      var (end, tied) = (start, Group())
      while end < scored.count, scored[end].share == scored[start].share {
        tied.ones += scored[end].group.ones
        tied.rows += scored[end].group.rows
        end += 1
      }
      wins += tied.ones * (zerosBelow + tied.zeros / 2)
      zerosBelow += tied.zeros
      start = end
    }
    return wins
  }

  /// Looks at every feature as `suspects` does; throws `leakage` where there is a suspect, and names all of them, with AUC and way.
  @discardableResult
  package static func check(
    _ table: FeatureTable, labels: [Double], customers: [Int64]? = nil, segments: [String]? = nil, maximum: Double,
    threads: WorkerThreads
  ) throws(LearningError) -> Finding {
    let singles = singles(table, labels: labels, customers: customers, segments: segments, threads: threads)
    let suspects = singles.filter { $0.auc > maximum }
    guard suspects.isEmpty else {
      let names = suspects.map { "\($0.feature) (\(FixedPoint.text($0.auc, digits: 4)) \($0.way))" }
      throw LearningError(
        .leakage,
        "implausibly good alone (AUC above \(maximum)): \(names.joined(separator: ", ")); find out whether they know the "
          + "future, and exclude them or raise features.maximum-single-feature-auc")
    }
    let ranked = singles.sorted { ($1.auc, $0.feature) < ($0.auc, $1.feature) }
    return Finding(checkedFeatureCount: table.features.count, maximum: maximum, best: Array(ranked.prefix(bestCount)))
  }
}
