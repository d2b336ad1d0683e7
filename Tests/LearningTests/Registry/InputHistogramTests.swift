import ElementaryFunctions
import FoundationEssentials
import Learning
import Parallelism
import Randomness
import Testing

@Suite struct InputHistogramTests {
  private let random = CounterRandom(seed: 5, stream: 2)

  private func numbers(_ count: Int, _ draw: UInt64, shift: Double = 0) -> [Double] {
    (0..<count).map { row in
      let value = random.uniform(UInt64(row), draw)
      return value < 0.1 ? .nan : value < 0.4 ? 0 : (value * 1_000).rounded() + shift
    }
  }

  /// The definition: the shares of each group, found by looking at every bound for every value.
  private func naive(_ reference: [Double], _ night: [Double], bounds: [Double]) -> Double {
    func shares(_ values: [Double]) -> [Double] {
      var groups = [Double](repeating: 0, count: bounds.count + 2)
      for value in values {
        if value.isNaN { groups[bounds.count + 1] += 1 } else { groups[bounds.count { $0 < value }] += 1 }
      }
      return groups.map { $0 / Double(values.count) }
    }
    return zip(shares(night), shares(reference)).reduce(0) { sum, pair in
      guard pair.0 > 0 || pair.1 > 0 else { return sum }
      let (p, q) = (max(pair.0, 0.0001), max(pair.1, 0.0001))
      return sum + (p - q) * naturalLogarithm(p / q)
    }
  }

  @Test func `the index is that of the definition, and bounds are deciles without repeats`() throws {
    let values = numbers(5_000, 1)
    let reference = InputHistogram(reference: Feature("x"), values)
    let bounds = try #require(reference.bounds)
    #expect(bounds == bounds.sorted() && Set(bounds).count == bounds.count)
    // A third of the values are 0: several deciles are one bound.
    #expect(bounds.first == 0 && (5...8).contains(bounds.count))
    #expect(reference.rowCount == 5_000)
    #expect(reference.missingCount == values.count { $0.isNaN })
    for shift in [0.0, 50, 400] {
      let night = numbers(3_000, 2, shift: shift)
      let found = try #require(reference.stabilityIndex(of: reference.counting(night)))
      #expect(abs(found - naive(values, night, bounds: bounds)) < 1e-12)
      #expect((found < 0.05) == (shift == 0))
    }
    #expect(reference.stabilityIndex(of: reference.counting(values)) == 0)
    #expect(reference.stabilityIndex(of: reference.counting([])) == nil)
  }

  @Test func `a value on a bound is in the group below it, everything finite has a group`() throws {
    let reference = InputHistogram(reference: Feature("x"), (1...100).map(Double.init))
    #expect(reference.bounds == [10, 20, 30, 40, 50, 60, 70, 80, 90])
    #expect(reference.counts == [Int](repeating: 10, count: 10))
    let night = reference.counting([10, 10.5, -1e300, 1e300, .infinity, .nan, 90, 100])
    #expect(night.counts == [2, 1, 0, 0, 0, 0, 0, 0, 1, 2])
    #expect(night.missingCount == 2)
    let constant = InputHistogram(reference: Feature("x"), [7, 7, 7])
    #expect(constant.bounds == [] && constant.counts == [3])
    let nothing = InputHistogram(reference: Feature("x"), [.nan, .nan])
    #expect(nothing.bounds == [] && nothing.counts == [0] && nothing.missingCount == 2)
  }

  @Test func `values that follow the order of many rows have their bounds`() {
    let reference = InputHistogram(reference: Feature("x"), (0..<400_000).map { Double($0 % 2) })
    #expect(reference.bounds == [0] && reference.counts == [200_000, 200_000])
  }

  @Test func `texts that the training had not seen are counted and named`() throws {
    let feature = Feature("plan", levels: ["a", "b", "rare"])
    let codes = (0..<1_000).map { row in row < 5 ? 2 : row < 600 ? 0 : row < 990 ? 1 : Double.nan }
    let reference = InputHistogram(reference: feature, codes)
    #expect(reference.counts == [595, 390, 5] && reference.missingCount == 10)
    let texts: [String?] = ["a", "new", nil, "new", "newer", "b"]
    let (night, unseen) = reference.counting(texts: texts)
    #expect(night.counts == [1, 1, 0] && night.missingCount == 1 && night.unseenCount == 3)
    #expect(unseen == ["new", "newer"])
    #expect(night.unseenShare == 0.5)
    // Groups: a, b, the rest with the unseen, missing.
    let pairs = [(1.0 / 6, 0.595), (1.0 / 6, 0.39), (0.5, 0.005), (1.0 / 6, 0.01)]
    let wanted = pairs.reduce(0) { $0 + ($1.0 - $1.1) * naturalLogarithm($1.0 / $1.1) }
    #expect(abs(try #require(reference.stabilityIndex(of: night)) - wanted) < 1e-12)
  }

  @Test func `an empty group counts as a share of one in ten thousand`() throws {
    let reference = InputHistogram(reference: Feature("x"), (1...100).map(Double.init))
    let index = try #require(reference.stabilityIndex(of: reference.counting([Double](repeating: 5, count: 50))))
    let wanted = (1 - 0.1) * naturalLogarithm(1 / 0.1) + 9 * (0.0001 - 0.1) * naturalLogarithm(0.0001 / 0.1)
    #expect(abs(index - wanted) < 1e-12)
  }
}
