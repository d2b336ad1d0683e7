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
