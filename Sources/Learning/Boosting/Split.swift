import CTrees

/// How a leaf may be parted in two, and what that gains.
package struct Split: Sendable, Hashable {
  /// The gain: GL²/(HL + λ) + GR²/(HR + λ) − G²/(H + λ), in units of the loss times two.
  package var gain: Double
  /// The feature.
  package var feature: Int
  /// The bins that go left, the missing one among them where missing values do.
  package var leftBins: BinSet
  /// The last bin to the left of a numeric split; −1 for a categorical one.
  package var lastLeftBin: Int
  /// Whether missing values go left.
  package var isMissingLeft: Bool
  /// The sums of the left child.
  package var leftWord: Int64
}

/// What a split must keep, and how gradients are measured.
package struct SplitRules: Sendable {
  /// Rows that each child must have.
  package var minimumLeafRowCount: Int
  /// Sum of hessians that each child must have.
  package var minimumLeafHessian: Double
  /// α: taken from the absolute value of each sum of gradients.
  package var l1 = 0.0
  /// λ: added to each sum of hessians.
  package var l2: Double
  /// What a split must gain.
  package var minimumGain: Double
  /// Gradient of one integer.
  package var gradientUnit: Double
  /// Hessian of one integer.
  package var hessianUnit: Double

  package init(
    minimumLeafRowCount: Int, minimumLeafHessian: Double, l2: Double, minimumGain: Double, gradientUnit: Double,
    hessianUnit: Double
  ) {
    self.minimumLeafRowCount = minimumLeafRowCount
    self.minimumLeafHessian = minimumLeafHessian
    self.l2 = l2
    self.minimumGain = minimumGain
    self.gradientUnit = gradientUnit
    self.hessianUnit = hessianUnit
  }

  /// G²/(H + λ).
  @inline(__always) package func score(_ word: Int64, extraL2: Double = 0) -> Double {
    let gradient = Double(GradientHistogram.gradient(word)) * gradientUnit
    return gradient * gradient / (Double(GradientHistogram.hessian(word)) * hessianUnit + l2 + extraL2)
  }

  /// GL²/(HL + λ) + GR²/(HR + λ), over one denominator: division is what the search spends its time on.
  @inline(__always) package func score(_ left: Int64, _ right: Int64, extraL2: Double = 0) -> Double {
    let leftGradient = Double(GradientHistogram.gradient(left)) * gradientUnit
    let rightGradient = Double(GradientHistogram.gradient(right)) * gradientUnit
    let leftHessian = Double(GradientHistogram.hessian(left)) * hessianUnit + l2 + extraL2
    let rightHessian = Double(GradientHistogram.hessian(right)) * hessianUnit + l2 + extraL2
    return (leftGradient * leftGradient * rightHessian + rightGradient * rightGradient * leftHessian)
      / (leftHessian * rightHessian)
  }

  /// The value of a leaf before shrinkage, within its bounds: −S(G)/(H + λ), where S takes α from |G|.
  package func value(_ word: Int64, _ bounds: ValueBounds, extraL2: Double = 0) -> Double {
    let hessian = Double(GradientHistogram.hessian(word)) * hessianUnit + l2 + extraL2
    return bounds.clamped(hessian > 0 ? -shrunkGradient(word) / hessian : 0)
  }

  /// What a leaf of value v takes from the loss, times two: −(2·S(G)·v + (H + λ)·v²).
  package func score(_ word: Int64, value: Double, extraL2: Double = 0) -> Double {
    let hessian = Double(GradientHistogram.hessian(word)) * hessianUnit + l2 + extraL2
    return -(2 * shrunkGradient(word) * value + hessian * value * value)
  }

  private func shrunkGradient(_ word: Int64) -> Double {
    SplitRules.shrunk(Double(GradientHistogram.gradient(word)) * gradientUnit, l1: l1)
  }

  /// The least hessian of a child of a leaf, in integers: the one that is asked for, and the share that the least number of
  /// rows has where the leaf has `rowCount` and they are not counted. One more than the leaf's own where no child can have it.
  func leastHessian(_ total: Int64, rowCount: Int?) -> Int64 {
    let whole = Double(GradientHistogram.hessian(total))
    let share = rowCount.map { whole * (Double(minimumLeafRowCount) / Double(max(1, $0))) } ?? 0
    return Int64(min(max(share, minimumLeafHessian / hessianUnit).rounded(.up), whole + 1))
  }

  /// Whether both children have rows enough, where `count` of `rowCount` go left.
  func allows(_ count: Int, of rowCount: Int) -> Bool { min(count, rowCount - count) >= max(1, minimumLeafRowCount) }

  /// Takes `l1` from the absolute value of a sum of gradients.
  package static func shrunk(_ gradient: Double, l1: Double) -> Double {
    gradient > l1 ? gradient - l1 : gradient < -l1 ? gradient + l1 : 0
  }
}

/// Between which values a leaf's must lie, before shrinkage: what monotone splits above leave to it.
package struct ValueBounds: Sendable, Hashable {
  package var lower = -Double.infinity
  package var upper = Double.infinity

  package init() {}

  /// Whether nothing is asked.
  var isFree: Bool { lower == -.infinity && upper == .infinity }

  /// The nearest value within the bounds.
  package func clamped(_ value: Double) -> Double { min(max(value, lower), upper) }
}

/// The search for the best split of one feature in one leaf.
///
/// The number of rows of a child is estimated from its share of the leaf's hessian, as LightGBM does, unless the rows of
/// each bin were counted. The grower counts the rows of a split before it accepts it.
package enum SplitSearch {
  /// Added to the hessian of a category when categories are put in order: few rows do not make an extreme.
  package static let categorySmoothing = 10.0
  /// Added to λ in categorical splits, which have more freedom than numeric ones.
  package static let categoryL2 = 10.0
  /// The most categories on the smaller side.
  package static let maximumCategoryCount = 32
  /// Rows that a category must have in the leaf to be told from the rest.
  package static let minimumCategoryRowCount = 10.0

  /// The best split of a numeric feature: each bin's end is tried with missing values to the right, and again to the
  /// left where there are any. Ties go to the lowest bin, then to missing values on the right.
  ///
  /// - Parameters:
  ///   - direction: 1 where the right child's value must not be below the left one's, −1 for the contrary, 0 for neither.
  ///   - bounds: what values the children may have.
  ///   - binCounts: the leaf's rows in each of the 256 bins; nil to estimate from hessians how many a child has.
  package static func numeric(
    _ histogram: UnsafePointer<Int64>, feature: Int, binCount: Int, total: Int64, rowCount: Int, rules: SplitRules,
    direction: Double = 0, bounds: ValueBounds = ValueBounds(), binCounts: [Int]? = nil
  ) -> Split? {
    let totalHessian = GradientHistogram.hessian(total)
    guard binCount > 0, totalHessian > 0 else { return nil }
    let missing = histogram[FeatureBinning.missingBin]
    let isPlain = rules.l1 == 0 && direction == 0 && bounds.isFree
    let parentScore = isPlain ? rules.score(total) : rules.score(total, value: rules.value(total, bounds))
    let least = rules.leastHessian(total, rowCount: binCounts == nil ? rowCount : nil)
    var bestScore = parentScore + rules.minimumGain
    var best: (bin: Int, isMissingLeft: Bool, word: Int64)?
    for isMissingLeft in missing == 0 ? [false] : [false, true] {
      var left = isMissingLeft ? missing : 0
      // With missing values to the right alone, they against all others is a split too.
      let end = missing != 0 && !isMissingLeft ? binCount : binCount - 1
      if isPlain, binCounts == nil {
        var search = nightjar_split_search(
          total: total, least_hessian: least, gradient_unit: rules.gradientUnit, hessian_unit: rules.hessianUnit,
          l2: rules.l2)
        let bin = nightjar_best_bin(&search, histogram, max(0, end), left, &bestScore, &left)
        if bin < end { best = (bin, isMissingLeft, left) }
        continue
      }
      var leftCount = isMissingLeft ? binCounts?[FeatureBinning.missingBin] ?? 0 : 0
      for bin in 0..<max(0, end) {
        let word = histogram[bin]
        if word == 0 { continue }
        left &+= word
        leftCount += binCounts?[bin] ?? 0
        let leftHessian = GradientHistogram.hessian(left)
        if leftHessian < least { continue }
        if totalHessian - leftHessian < least { break }
        if binCounts != nil, !rules.allows(leftCount, of: rowCount) { continue }
        let score =
          isPlain
          ? rules.score(left, total &- left) : constrained(left, total &- left, rules, direction, bounds)
        if score > bestScore {
          bestScore = score
          best = (bin, isMissingLeft, left)
        }
      }
    }
    guard let best else { return nil }
    // Where the leaf has no missing value, one that comes later goes with the majority.
    let isMissingLeft =
      missing == 0 ? 2 * GradientHistogram.hessian(best.word) >= totalHessian : best.isMissingLeft
    var leftBins = BinSet()
    for bin in 0...best.bin { leftBins.insert(bin) }
    if isMissingLeft { leftBins.insert(FeatureBinning.missingBin) }
    return Split(
      gain: bestScore - parentScore, feature: feature, leftBins: leftBins, lastLeftBin: best.bin,
      isMissingLeft: isMissingLeft, leftWord: best.word)
  }

  /// The score of two children with bounds on their values and an order between them; −∞ where they are out of order.
  private static func constrained(
    _ left: Int64, _ right: Int64, _ rules: SplitRules, _ direction: Double, _ bounds: ValueBounds, extraL2: Double = 0
  ) -> Double {
    let (leftValue, rightValue) = (
      rules.value(left, bounds, extraL2: extraL2), rules.value(right, bounds, extraL2: extraL2)
    )
    if direction * (rightValue - leftValue) < 0 { return -.infinity }
    return rules.score(left, value: leftValue, extraL2: extraL2)
      + rules.score(right, value: rightValue, extraL2: extraL2)
  }

  /// The best split of a categorical feature: categories in the order of their mean gradient (Fisher, 1958: the best
  /// partition in two is among the prefixes of that order), from both ends. Missing and unknown levels go right.
  package static func categorical(
    _ histogram: UnsafePointer<Int64>, feature: Int, binCount: Int, total: Int64, rowCount: Int, rules: SplitRules,
    bounds: ValueBounds = ValueBounds(), binCounts: [Int]? = nil
  ) -> Split? {
    let totalHessian = GradientHistogram.hessian(total)
    guard totalHessian > 0 else { return nil }
    let rowsPerHessian = Double(rowCount) / Double(totalHessian)
    let bins = (0..<binCount).filter { bin in
      let count =
        binCounts.map { Double($0[bin]) } ?? Double(GradientHistogram.hessian(histogram[bin])) * rowsPerHessian
      return count >= minimumCategoryRowCount
    }
    let rank = bins.map { bin in
      let word = histogram[bin]
      return Double(GradientHistogram.gradient(word)) * rules.gradientUnit
        / (Double(GradientHistogram.hessian(word)) * rules.hessianUnit + categorySmoothing)
    }
    let order = bins.indices.sorted { (rank[$0], bins[$0]) < (rank[$1], bins[$1]) }.map { bins[$0] }
    let isPlain = rules.l1 == 0 && bounds.isFree
    let parentScore = isPlain ? rules.score(total) : rules.score(total, value: rules.value(total, bounds))
    let least = rules.leastHessian(total, rowCount: binCounts == nil ? rowCount : nil)
    var bestScore = parentScore + rules.minimumGain
    var best: (bins: ArraySlice<Int>, word: Int64)?
    for direction in [order, order.reversed()] {
      var (left, leftCount) = (Int64(0), 0)
      for count in 1...max(1, min(maximumCategoryCount, (direction.count + 1) / 2)) where count <= direction.count {
        left &+= histogram[direction[count - 1]]
        leftCount += binCounts?[direction[count - 1]] ?? 0
        let leftHessian = GradientHistogram.hessian(left)
        if leftHessian < least { continue }
        if totalHessian - leftHessian < least { break }
        if binCounts != nil, !rules.allows(leftCount, of: rowCount) { continue }
        let score =
          isPlain
          ? rules.score(left, total &- left, extraL2: categoryL2)
          : constrained(left, total &- left, rules, 0, bounds, extraL2: categoryL2)
        if score > bestScore {
          bestScore = score
          best = (direction[0..<count], left)
        }
      }
    }
    guard let best else { return nil }
    var leftBins = BinSet()
    for bin in best.bins { leftBins.insert(bin) }
    return Split(
      gain: bestScore - parentScore, feature: feature, leftBins: leftBins, lastLeftBin: -1, isMissingLeft: false,
      leftWord: best.word)
  }
}
