import ElementaryFunctions

/// How far a distribution has moved from a reference: PSI = Σ (p − q) ln (p/q) over groups, p the share of the night and q
/// that of the reference (Siddiqi, Credit Risk Scorecards, 2006, chapter 8).
///
/// Numbers: the reference's bins, ascending, are cut where a tenth of its rows is passed, so that there are ten groups at
/// most; what lies below or above every bin of the reference are two more. Texts: each with at least 1 % of the reference, the rest
/// together. Missing values are a group. The order of the sum is fixed, and the logarithm the same on every machine.
package enum PopulationStability {
  private static let groupCount: Int64 = 10
  /// Texts with less than one row in this many count with the rest.
  private static let textShare: Int64 = 100
  /// Smaller shares count as this one: an empty group is no infinity.
  package static let leastShare = 0.0001

  /// The index; nil where either has no rows or they count different things.
  package static func index(of night: FieldProfile, against reference: FieldProfile) -> Double? {
    guard night.kind == reference.kind, night.rowCount > 0, reference.rowCount > 0 else { return nil }
    let groups = reference.kind == .text ? texts(night, reference) : numbers(night, reference)
    let all = groups + [(night.missingCount, reference.missingCount)]
    let (nightRows, referenceRows) = (Double(night.rowCount), Double(reference.rowCount))
    var sum = 0.0
    for (found, usual) in all where found != 0 || usual != 0 {
      let p = max(Double(found) / nightRows, leastShare)
      let q = max(Double(usual) / referenceRows, leastShare)
      sum += (p - q) * naturalLogarithm(p / q)
    }
    return sum
  }

  private static func numbers(_ night: FieldProfile, _ reference: FieldProfile) -> [(Int64, Int64)] {
    let total = reference.presentCount
    let ends = groupEnds(reference.bins, total)
    guard let first = reference.bins.keys.min(), let last = ends.last else { return [(night.presentCount, 0)] }
    // Below, the groups, above.
    var counts = [(Int64, Int64)](repeating: (0, 0), count: ends.count + 2)
    func group(_ bin: Int) -> Int {
      if bin < first { return 0 }
      if bin > last { return ends.count + 1 }
      return 1 + (ends.firstIndex { bin <= $0 } ?? ends.count - 1)
    }
    for (bin, count) in night.bins { counts[group(bin)].0 += count }
    for (bin, count) in reference.bins { counts[group(bin)].1 += count }
    return counts
  }

  /// The last bin of each group, ascending.
  private static func groupEnds(_ bins: [Int: Int64], _ total: Int64) -> [Int] {
    var ends: [Int] = []
    var (passed, closed): (Int64, Int64) = (0, 0)
    for (bin, count) in bins.sorted(by: { $0.key < $1.key }) {
      passed += count
      if passed * groupCount >= (closed + 1) * total {
        ends.append(bin)
        closed = passed * groupCount / total
      }
    }
    return ends
  }

  private static func texts(_ night: FieldProfile, _ reference: FieldProfile) -> [(Int64, Int64)] {
    let named = reference.rankedTexts.filter { $0.rowCount * textShare >= reference.rowCount }
    let groups = named.map { (night.texts[$0.text] ?? 0, $0.rowCount) }
    let rest = (
      night.presentCount - groups.reduce(0) { $0 + $1.0 }, reference.presentCount - groups.reduce(0) { $0 + $1.1 }
    )
    return groups + [rest]
  }
}
