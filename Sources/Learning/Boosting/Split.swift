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
}

/// The search for the best split of one feature in one leaf.
///
/// The number of rows of a child is estimated from its share of the leaf's hessian, as LightGBM does; the grower
/// counts them before it accepts a split.
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
  package static func numeric(
    _ histogram: UnsafePointer<Int64>, feature: Int, binCount: Int, total: Int64, rowCount: Int, rules: SplitRules
  ) -> Split? {
    let totalHessian = GradientHistogram.hessian(total)
    guard binCount > 0, totalHessian > 0 else { return nil }
    let missing = histogram[FeatureBinning.missingBin]
    let parentScore = rules.score(total)
    // The least hessian of a child, in integers, that both bounds allow.
    let rowShare = Double(totalHessian) * (Double(rules.minimumLeafRowCount) / Double(max(1, rowCount)))
    let least = Int64(max(rowShare, rules.minimumLeafHessian / rules.hessianUnit).rounded(.up))
    var bestScore = parentScore + rules.minimumGain
    var best: (bin: Int, isMissingLeft: Bool, word: Int64)?
    for isMissingLeft in missing == 0 ? [false] : [false, true] {
      var left = isMissingLeft ? missing : 0
      // With missing values to the right alone, they against all others is a split too.
      let end = missing != 0 && !isMissingLeft ? binCount : binCount - 1
      for bin in 0..<max(0, end) {
        let word = histogram[bin]
        if word == 0 { continue }
        left &+= word
        let leftHessian = GradientHistogram.hessian(left)
        if leftHessian < least { continue }
        if totalHessian - leftHessian < least { break }
        let score = rules.score(left, total &- left)
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

  /// The best split of a categorical feature: categories in the order of their mean gradient (Fisher, 1958: the best
  /// partition in two is among the prefixes of that order), from both ends. Missing and unknown levels go right.
  package static func categorical(
    _ histogram: UnsafePointer<Int64>, feature: Int, binCount: Int, total: Int64, rowCount: Int, rules: SplitRules
  ) -> Split? {
    let totalHessian = GradientHistogram.hessian(total)
    guard totalHessian > 0 else { return nil }
    let rowsPerHessian = Double(rowCount) / Double(totalHessian)
    let bins = (0..<binCount).filter {
      Double(GradientHistogram.hessian(histogram[$0])) * rowsPerHessian >= minimumCategoryRowCount
    }
    let rank = bins.map { bin in
      let word = histogram[bin]
      return Double(GradientHistogram.gradient(word)) * rules.gradientUnit
        / (Double(GradientHistogram.hessian(word)) * rules.hessianUnit + categorySmoothing)
    }
    let order = bins.indices.sorted { (rank[$0], bins[$0]) < (rank[$1], bins[$1]) }.map { bins[$0] }
    let parentScore = rules.score(total)
    let rowShare = Double(totalHessian) * (Double(rules.minimumLeafRowCount) / Double(max(1, rowCount)))
    let least = Int64(max(rowShare, rules.minimumLeafHessian / rules.hessianUnit).rounded(.up))
    var bestScore = parentScore + rules.minimumGain
    var best: (bins: ArraySlice<Int>, word: Int64)?
    for direction in [order, order.reversed()] {
      var left: Int64 = 0
      for count in 1...max(1, min(maximumCategoryCount, (direction.count + 1) / 2)) where count <= direction.count {
        left &+= histogram[direction[count - 1]]
        let leftHessian = GradientHistogram.hessian(left)
        if leftHessian < least { continue }
        if totalHessian - leftHessian < least { break }
        let score =
          rules.score(left, total &- left, extraL2: categoryL2)
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
