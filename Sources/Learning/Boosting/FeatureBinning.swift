import CTrees

/// How the values of one feature fall into bins.
///
/// Numeric: `upperBounds` ascend and value x is in the first bin b with x ≤ upperBounds[b]; the last bound is +∞.
/// Infinite numbers are values like others, in an outermost bin. Categorical: `levelBins[code]` is the bin of a level; rare
/// levels beyond the 255th have none. A missing value and a level without a bin are in `missingBin`.
package struct FeatureBinning: Sendable, Hashable {
  /// The bin of missing values: the last that a byte holds.
  package static let missingBin = 255
  /// Bins of values, the missing one apart.
  package static let maximumBinCount = 255

  /// The bins of values in use.
  package let binCount: Int
  /// Numeric features: the greatest value of each bin. Empty for categorical ones.
  package let upperBounds: [Double]
  /// Categorical features: the bin of each level code, 255 for none. Empty for numeric ones.
  package let levelBins: [UInt8]
  /// The smallest and the greatest finite value, for the model file; nil where there is none.
  package let range: ClosedRange<Double>?

  /// Whether the feature is categorical.
  package var isCategorical: Bool { !levelBins.isEmpty }

  /// Learns the bins of a feature's values.
  package init(_ feature: Feature, _ values: [Double]) {
    if let levels = feature.levels {
      self.init(categorical: values, levelCount: levels.count)
    } else {
      self.init(numeric: values)
    }
  }

  /// Learns the bins of a numeric column. O(rows + sample · log sample).
  package init(numeric values: [Double], maximumBinCount: Int = FeatureBinning.maximumBinCount) {
    var sample = SampleRows.values(of: values)
    SampleOrder.sort(&sample)
    var distinct: [Double] = []
    var counts: [Int] = []
    for value in sample {
      if distinct.last == value {
        counts[counts.count - 1] += 1
      } else {
        distinct.append(value)
        counts.append(1)
      }
    }
    upperBounds = FeatureBinning.bounds(distinct, counts, maximumBinCount: maximumBinCount)
    binCount = upperBounds.count
    levelBins = []
    let finite = distinct.filter(\.isFinite)
    range = finite.isEmpty ? nil : finite[0]...finite[finite.count - 1]
  }

  /// Learns the bins of a categorical column: the most frequent levels first, ties by code.
  package init(categorical values: [Double], levelCount: Int) {
    var counts = [Int](repeating: 0, count: levelCount)
    for value in values where value >= 0 && value < Double(levelCount) { counts[Int(value)] += 1 }
    let order = counts.indices.filter { counts[$0] > 0 }.sorted { (counts[$1], $0) < (counts[$0], $1) }
    var bins = [UInt8](repeating: UInt8(FeatureBinning.missingBin), count: max(1, levelCount))
    for (bin, level) in order.prefix(FeatureBinning.maximumBinCount).enumerated() { bins[level] = UInt8(bin) }
    levelBins = bins
    binCount = min(order.count, FeatureBinning.maximumBinCount)
    upperBounds = []
    range = nil
  }

  /// Places the bounds: one bin a distinct value where there are few enough, else bins of about equal count, with a
  /// bin of its own for each value that is more frequent than that.
  private static func bounds(_ distinct: [Double], _ counts: [Int], maximumBinCount: Int) -> [Double] {
    guard !distinct.isEmpty else { return [] }
    // What is half-way to an infinite number does not lie between the two: the lower one is the bound then.
    func boundary(after index: Int) -> Double {
      let middle = distinct[index] / 2 + distinct[index + 1] / 2
      return middle >= distinct[index] && middle < distinct[index + 1] ? middle : distinct[index]
    }
    var bounds: [Double] = []
    if distinct.count <= maximumBinCount {
      for index in 0..<distinct.count - 1 { bounds.append(boundary(after: index)) }
    } else {
      var restRowCount = counts.reduce(0, +)
      var restBinCount = maximumBinCount
      var mean = Double(restRowCount) / Double(restBinCount)
      let isBig = counts.map { Double($0) >= mean }
      for index in counts.indices where isBig[index] {
        restBinCount -= 1
        restRowCount -= counts[index]
      }
      mean = restBinCount > 0 ? Double(restRowCount) / Double(restBinCount) : .infinity
      var filled = 0
      for index in 0..<distinct.count - 1 {
        filled += counts[index]
        if !isBig[index] { restRowCount -= counts[index] }
        let isClosed =
          isBig[index] || Double(filled) >= mean || (isBig[index + 1] && Double(filled) >= max(1, mean / 2))
        guard isClosed else { continue }
        bounds.append(boundary(after: index))
        filled = 0
        if bounds.count == maximumBinCount - 1 { break }
        if !isBig[index] {
          restBinCount -= 1
          mean = restBinCount > 0 ? Double(restRowCount) / Double(restBinCount) : .infinity
        }
      }
    }
    return bounds + [.infinity]
  }

  /// The bins of values, a byte each. O(values).
  package func bins(of values: [Double]) -> FlatBuffer<UInt8> {
    let bins = FlatBuffer<UInt8>(uninitializedCount: values.count)
    if isCategorical || binCount == 0 {
      for (row, value) in values.enumerated() {
        let isKnown = value >= 0 && value < Double(levelBins.count)
        bins.base[row] = isKnown ? levelBins[Int(value)] : UInt8(FeatureBinning.missingBin)
      }
      return bins
    }
    // 256 bounds, the unused ones infinite.
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 256) { padded in
      padded.initialize(repeating: .infinity)
      for (index, bound) in upperBounds.enumerated() { padded[index] = bound }
      values.withUnsafeBufferPointer { values in
        guard let first = values.baseAddress else { return }
        nightjar_find_bins(first, values.count, padded.baseAddress!, bins.base)
      }
    }
    return bins
  }

  /// The threshold of the model file for a split after bin `bin`: +∞ where every value goes left.
  package func threshold(afterBin bin: Int) -> Double { upperBounds[bin] }
}
