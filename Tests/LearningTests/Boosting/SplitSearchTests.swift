import Learning
import Randomness
import Testing

@Suite struct SplitSearchTests {
  let rules = SplitRules(
    minimumLeafRowCount: 5, minimumLeafHessian: 1e-3, l2: 1, minimumGain: 1e-10, gradientUnit: 0.001,
    hessianUnit: 0.01)

  func histogram(_ seed: UInt64, binCount: Int, hasMissing: Bool) -> [Int64] {
    let random = CounterRandom(seed: seed, stream: 3)
    var words = [Int64](repeating: 0, count: 256)
    for bin in 0..<binCount where random.uniform(UInt64(bin), 9) < 0.8 {
      words[bin] = (Int64(random.integer(below: 2_000, UInt64(bin))) - 1_000) << 32 + Int64(1 + bin % 40)
    }
    if hasMissing { words[255] = Int64(700) << 32 + 25 }
    return words
  }

  /// Every threshold in both directions, by the formula.
  func naive(_ words: [Int64], binCount: Int, rowCount: Int) -> (gain: Double, word: Int64)? {
    let total = words.reduce(0, &+)
    let least = Double(rules.minimumLeafRowCount) / Double(rowCount) * Double(GradientHistogram.hessian(total))
    var best: (gain: Double, word: Int64)?
    for isMissingLeft in [false, true] {
      for bin in 0..<binCount {
        let left = words[0...bin].reduce(0, &+) &+ (isMissingLeft ? words[255] : 0)
        let right = total &- left
        guard Double(GradientHistogram.hessian(left)) >= least, Double(GradientHistogram.hessian(right)) >= least
        else { continue }
        func score(_ word: Int64) -> Double {
          let g = Double(GradientHistogram.gradient(word)) * 0.001
          return g * g / (Double(GradientHistogram.hessian(word)) * 0.01 + 1)
        }
        let gain = score(left) + score(right) - score(total)
        if gain > (best?.gain ?? 1e-10) + 1e-13 { best = (gain, left) }
      }
    }
    return best
  }

  @Test(arguments: 0..<60) func `the numeric search finds the best of all thresholds`(seed: Int) {
    let binCount = 2 + seed * 4
    let words = histogram(UInt64(seed), binCount: binCount, hasMissing: seed % 2 == 0)
    let total = words.reduce(0, &+)
    let found = words.withUnsafeBufferPointer {
      SplitSearch.numeric(
        $0.baseAddress!, feature: 4, binCount: binCount, total: total, rowCount: 500, rules: rules)
    }
    let expected = naive(words, binCount: binCount, rowCount: 500)
    #expect(found?.leftWord == expected?.word)
    guard let found, let expected else { return }
    #expect((found.gain - expected.gain).magnitude < 1e-9)
    let left = (0..<256).filter { found.leftBins.contains($0) }.reduce(Int64(0)) { $0 &+ words[$1] }
    #expect(left == found.leftWord)
  }

  /// Every threshold in both directions, with values shrunk and bounded: −(2·S(G)·v + (H + λ)·v²), by the definition.
  func naive(
    _ words: [Int64], binCount: Int, rowCount: Int, _ rules: SplitRules, direction: Double, _ bounds: ValueBounds,
    counts: [Int]? = nil
  ) -> Double? {
    let total = words.reduce(0, &+)
    func hessian(_ word: Int64) -> Double { Double(GradientHistogram.hessian(word)) }
    func shrunk(_ word: Int64) -> Double {
      let gradient = Double(GradientHistogram.gradient(word)) * rules.gradientUnit
      return gradient.magnitude <= rules.l1 ? 0 : gradient - (gradient < 0 ? -rules.l1 : rules.l1)
    }
    func value(_ word: Int64) -> Double {
      min(max(-shrunk(word) / (hessian(word) * rules.hessianUnit + rules.l2), bounds.lower), bounds.upper)
    }
    func score(_ word: Int64) -> Double {
      let value = value(word)
      return -(2 * shrunk(word) * value + (hessian(word) * rules.hessianUnit + rules.l2) * value * value)
    }
    let share = counts == nil ? Double(rules.minimumLeafRowCount) / Double(rowCount) * hessian(total) : 0
    let least = max(share, rules.minimumLeafHessian / rules.hessianUnit)
    var best: Double?
    for isMissingLeft in [false, true] {
      for bin in 0..<binCount {
        let isLeft = (0..<256).map { $0 <= bin || (isMissingLeft && $0 == 255) }
        let left = words.indices.filter { isLeft[$0] }.reduce(Int64(0)) { $0 &+ words[$1] }
        let right = total &- left
        guard hessian(left) > 0, hessian(right) > 0, hessian(left) >= least, hessian(right) >= least else { continue }
        if let counts {
          let count = counts.indices.filter { isLeft[$0] }.reduce(0) { $0 + counts[$1] }
          guard min(count, rowCount - count) >= rules.minimumLeafRowCount else { continue }
        }
        if direction * (value(right) - value(left)) < 0 { continue }
        let gain = score(left) + score(right) - score(total)
        if gain > best ?? rules.minimumGain { best = gain }
      }
    }
    return best
  }

  @Test(arguments: 0..<40, [-1.0, 0, 1])
  func `with a penalty, bounds and a direction the search finds the best of all thresholds`(
    seed: Int, direction: Double
  ) {
    var (rules, bounds) = (rules, ValueBounds())
    rules.l1 = seed % 3 == 0 ? 0 : 0.2
    if seed % 2 == 1 { (bounds.lower, bounds.upper) = (-0.4, 0.6) }
    let binCount = 2 + seed * 4
    let words = histogram(UInt64(seed), binCount: binCount, hasMissing: seed % 4 < 2)
    let found = words.withUnsafeBufferPointer {
      SplitSearch.numeric(
        $0.baseAddress!, feature: 4, binCount: binCount, total: words.reduce(0, &+), rowCount: 500, rules: rules,
        direction: direction, bounds: bounds)
    }
    let expected = naive(words, binCount: binCount, rowCount: 500, rules, direction: direction, bounds)
    #expect(((found?.gain ?? 0) - (expected ?? 0)).magnitude < 1e-8)
  }

  @Test(arguments: 0..<40, [0, 0.2]) func `where rows are counted no child has fewer than the least`(
    seed: Int, l1: Double
  ) {
    var rules = rules
    (rules.l1, rules.minimumLeafRowCount) = (l1, 60)
    let random = CounterRandom(seed: UInt64(seed), stream: 5)
    let binCount = 10 + seed * 4
    let words = histogram(UInt64(seed), binCount: binCount, hasMissing: seed % 2 == 0)
    let counts = words.indices.map { words[$0] == 0 ? 0 : 1 + Int(random.integer(below: 50, UInt64($0))) }
    let rowCount = counts.reduce(0, +)
    let found = words.withUnsafeBufferPointer {
      SplitSearch.numeric(
        $0.baseAddress!, feature: 4, binCount: binCount, total: words.reduce(0, &+), rowCount: rowCount, rules: rules,
        binCounts: counts)
    }
    let expected = naive(
      words, binCount: binCount, rowCount: rowCount, rules, direction: 0, ValueBounds(), counts: counts)
    #expect(((found?.gain ?? 0) - (expected ?? 0)).magnitude < 1e-8)
    guard let found else { return }
    let count = (0..<256).filter { found.leftBins.contains($0) }.reduce(0) { $0 + counts[$1] }
    #expect(min(count, rowCount - count) >= 60)
  }

  /// The best gain of all prefixes of the categories' order that leave rows enough on both sides, by the definition.
  func naive(_ words: [Int64], counts: [Int], binCount: Int, rowCount: Int, _ rules: SplitRules) -> Double? {
    let total = words.reduce(0, &+)
    func rank(_ bin: Int) -> Double {
      Double(GradientHistogram.gradient(words[bin])) * rules.gradientUnit
        / (Double(GradientHistogram.hessian(words[bin])) * rules.hessianUnit + SplitSearch.categorySmoothing)
    }
    let order = (0..<binCount).sorted { (rank($0), $0) < (rank($1), $1) }
    var best: Double?
    for length in 1..<binCount {
      let count = order[..<length].reduce(0) { $0 + counts[$1] }
      guard min(count, rowCount - count) >= rules.minimumLeafRowCount else { continue }
      let left = order[..<length].reduce(Int64(0)) { $0 &+ words[$1] }
      let gain =
        rules.score(left, extraL2: SplitSearch.categoryL2)
        + rules.score(total &- left, extraL2: SplitSearch.categoryL2) - rules.score(total)
      if gain > best ?? rules.minimumGain { best = gain }
    }
    return best
  }

  @Test func `categories that are counted are parted by the best prefix that leaves rows enough on both sides`() {
    let counts = [100, 20, 300, 40, 500, 60] + [Int](repeating: 0, count: 250)
    var rules = rules
    rules.minimumLeafRowCount = 80
    var foundCount = 0
    for seed in 0..<30 {
      let random = CounterRandom(seed: UInt64(seed), stream: 4)
      var words = [Int64](repeating: 0, count: 256)
      for bin in 0..<6 { words[bin] = (Int64(random.integer(below: 20_000, UInt64(bin))) - 10_000) << 32 + 3_000 }
      let found = words.withUnsafeBufferPointer {
        SplitSearch.categorical(
          $0.baseAddress!, feature: 0, binCount: 6, total: words.reduce(0, &+), rowCount: 1_020, rules: rules,
          binCounts: counts)
      }
      let expected = naive(words, counts: counts, binCount: 6, rowCount: 1_020, rules)
      #expect(((found?.gain ?? 0) - (expected ?? 0)).magnitude < 1e-9)
      guard let found else { continue }
      foundCount += 1
      let count = (0..<6).filter { found.leftBins.contains($0) }.reduce(0) { $0 + counts[$1] }
      #expect(min(count, 1_020 - count) >= 80)
    }
    #expect(foundCount >= 20)
  }

  @Test(arguments: 0..<30) func `no subset of few categories beats the Fisher order`(seed: Int) throws {
    // Hessians alike, so that smoothing does not change the order.
    let random = CounterRandom(seed: UInt64(seed), stream: 4)
    var words = [Int64](repeating: 0, count: 256)
    for bin in 0..<6 { words[bin] = (Int64(random.integer(below: 20_000, UInt64(bin))) - 10_000) << 32 + 3_000 }
    let total = words.reduce(0, &+)
    let found = try #require(
      words.withUnsafeBufferPointer {
        SplitSearch.categorical(
          $0.baseAddress!, feature: 0, binCount: 6, total: total, rowCount: 18_000, rules: rules)
      })
    var best = -Double.infinity
    for subset in 1..<63 {
      let left = (0..<6).filter { subset >> $0 & 1 == 1 }.reduce(Int64(0)) { $0 &+ words[$1] }
      let score =
        rules.score(left, extraL2: SplitSearch.categoryL2)
        + rules.score(total &- left, extraL2: SplitSearch.categoryL2)
      best = max(best, score)
    }
    #expect((found.gain + rules.score(total) - best).magnitude < 1e-9)
    #expect(!found.leftBins.contains(255))
  }
}
