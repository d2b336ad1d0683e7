import ElementaryFunctions

/// How the values of one input of a model, or its scores, fall into groups that the training chose.
///
/// Numbers: value x is in the first group g with x ≤ bounds[g], the last group has no bound. The bounds are the deciles of the
/// training, without repeats, so that a value that many rows have is a bound of its own. Texts: a group each. All counts are integers.
package struct InputHistogram: Sendable, Hashable, Codable {
  package var name: String
  /// Of numbers: ascending, one fewer than the counts.
  package var bounds: [Double]?
  /// Of texts: the levels that the model knows, one a count.
  package var levels: [String]?
  /// Rows by group.
  package var counts: [Int]
  /// Rows without a value.
  package var missingCount: Int
  /// Rows with a text that the training had not seen; 0 in a reference.
  package var unseenCount = 0

  /// Groups that numbers are cut into, at most.
  package static let groupCount = 10
  /// Texts with less than one row of the reference in this many count with the rest.
  private static let textShare = 100
  /// Smaller shares count as this one: an empty group is no infinity.
  package static let leastShare = 0.0001

  /// The rows.
  package var rowCount: Int { counts.reduce(missingCount + unseenCount, +) }
  /// The share of rows without a value, which a model also sees where it does not know the text.
  package var missingShare: Double { rowCount > 0 ? Double(missingCount) / Double(rowCount) : 0 }
  /// The share of rows with an unseen text.
  package var unseenShare: Double { rowCount > 0 ? Double(unseenCount) / Double(rowCount) : 0 }

  /// The reference of a feature of training rows. O(rows + sample · log sample).
  package init(reference feature: Feature, _ values: [Double]) {
    name = feature.name
    missingCount = 0
    if let levels = feature.levels {
      self.levels = levels
      counts = [Int](repeating: 0, count: levels.count)
    } else {
      let bounds = InputHistogram.deciles(values)
      self.bounds = bounds
      counts = [Int](repeating: 0, count: bounds.count + 1)
    }
    count(values)
  }

  /// Later values in the groups of this reference.
  package func counting(_ values: [Double]) -> InputHistogram {
    var other = emptied
    other.count(values)
    return other
  }

  /// Later texts in the groups of this reference; also the texts that it does not know, the most frequent first.
  package func counting(texts: some Sequence<String?>) -> (histogram: InputHistogram, unseen: [String]) {
    var other = emptied
    let places = Dictionary((levels ?? []).enumerated().map { ($1, $0) }) { first, _ in first }
    var unseen: [String: Int] = [:]
    for text in texts {
      guard let text else {
        other.missingCount += 1
        continue
      }
      if let place = places[text] { other.counts[place] += 1 } else { unseen[text, default: 0] += 1 }
    }
    other.unseenCount = unseen.values.reduce(0, +)
    return (other, unseen.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key))
  }

  private var emptied: InputHistogram {
    var other = self
    other.counts = [Int](repeating: 0, count: counts.count)
    (other.missingCount, other.unseenCount) = (0, 0)
    return other
  }

  private mutating func count(_ values: [Double]) {
    var (counts, missing) = (self.counts, missingCount)
    if levels != nil {
      for value in values {
        let isKnown = value >= 0 && value < Double(counts.count)
        if isKnown { counts[Int(value)] += 1 } else { missing += 1 }
      }
    } else {
      // At most nine bounds: looking at every one needs no branch.
      let bounds = bounds ?? []
      for value in values {
        guard value.isFinite else {
          missing += 1
          continue
        }
        var group = 0
        for bound in bounds { group += bound < value ? 1 : 0 }
        counts[group] += 1
      }
    }
    (self.counts, missingCount) = (counts, missing)
  }

  /// The values with a tenth, two tenths … of the rows up to them, without repeats and without the greatest value.
  private static func deciles(_ values: [Double]) -> [Double] {
    var sample = SampleRows.values(of: values).filter(\.isFinite)
    sample.sort()
    var bounds: [Double] = []
    for part in 1..<groupCount where !sample.isEmpty {
      // -0 and 0 are one value; a file must not have either by chance.
      let bound = sample[max(0, (part * sample.count + groupCount - 1) / groupCount - 1)] + 0
      if bound != bounds.last, bound < sample[sample.count - 1] { bounds.append(bound) }
    }
    return bounds
  }

  /// The population stability index of a night against this reference: Σ (p − q) ln (p/q) over the groups, p the share of the
  /// night and q that of the reference (Siddiqi, Credit Risk Scorecards, 2006, chapter 8). Nil where either has no rows.
  ///
  /// Numbers: the groups and the missing values. Texts: each with at least 1 % of the reference, the rest with the unseen, the
  /// missing. Added in this order, with a logarithm that is the same on every machine.
  package func stabilityIndex(of night: InputHistogram) -> Double? {
    guard rowCount > 0, night.rowCount > 0, counts.count == night.counts.count else { return nil }
    var groups = Array(zip(night.counts, counts))
    if levels != nil {
      let named = counts.indices.filter { counts[$0] * InputHistogram.textShare >= rowCount }
      let (all, kept) = (groups, named.map { groups[$0] })
      groups =
        kept + [
          (
            all.reduce(night.unseenCount) { $0 + $1.0 } - kept.reduce(0) { $0 + $1.0 },
            all.reduce(0) { $0 + $1.1 } - kept.reduce(0) { $0 + $1.1 }
          )
        ]
    }
    groups.append((night.missingCount, missingCount))
    let (nightRows, rows) = (Double(night.rowCount), Double(rowCount))
    var sum = 0.0
    for (found, usual) in groups where found != 0 || usual != 0 {
      let p = max(Double(found) / nightRows, InputHistogram.leastShare)
      let q = max(Double(usual) / rows, InputHistogram.leastShare)
      sum += (p - q) * naturalLogarithm(p / q)
    }
    return sum
  }

  /// Whether the numbers can be those of a reference.
  var isSound: Bool {
    guard counts.allSatisfy({ $0 >= 0 && $0 <= InputHistogram.rowLimit }),
      (0...InputHistogram.rowLimit).contains(missingCount), unseenCount == 0,
      counts.count <= 100_000
    else { return false }
    switch (bounds, levels) {
    case (let bounds?, nil):
      return bounds.count + 1 == counts.count && bounds.allSatisfy(\.isFinite)
        && zip(bounds, bounds.dropFirst()).allSatisfy(<)
    case (nil, let levels?): return levels.count == counts.count && Set(levels).count == levels.count
    default: return false
    }
  }

  /// No reference has more rows; sums of counts below it cannot overflow.
  private static let rowLimit = 1 << 40
}
