import Randomness

/// The Poisson bootstrap: in each replicate every row counts as often as a draw from Poisson(1) says (Hanley and MacGibbon,
/// Computer Methods and Programs in Biomedicine 83, 2006; Chamandy et al., 2012).
///
/// A draw is a function of seed, replicate and the row's rank, so that neither threads nor the order of the file change one. A
/// replicate needs no sorting: the rows keep their rank.
package struct PoissonBootstrap: Sendable, Hashable {
  /// The number of replicates; 0 for no intervals.
  package var replicateCount: Int
  /// The seed.
  package var seed: UInt64

  /// Makes a bootstrap.
  package init(replicateCount: Int, seed: UInt64) {
    self.replicateCount = replicateCount
    self.seed = seed
  }

  /// 2³² · P(Poisson(1) ≤ k) for k = 0, 1, …; what lies above the last has a probability below 2⁻³².
  private static let thresholds: [UInt64] = {
    var (term, sum, thresholds) = (0.36787944117144233, 0.0, [UInt64]())
    for k in 0..<13 {
      sum += term
      thresholds.append(UInt64((sum * 0x1p32).rounded()))
      term /= Double(k + 1)
    }
    return thresholds
  }()

  /// Writes the weights of a replicate over `weights`, one a row; `own` are the rows' own weights. O(n).
  package func draw(_ replicate: Int, own: [Double]?, into weights: inout [Double]) {
    let random = CounterRandom(seed: seed, stream: UInt64(replicate))
    let thresholds = PoissonBootstrap.thresholds
    let (t0, t1, t2, t3) = (thresholds[0], thresholds[1], thresholds[2], thresholds[3])
    func count(_ bits: UInt64) -> Double {
      var count = (bits >= t0 ? 1 : 0) + (bits >= t1 ? 1 : 0) + (bits >= t2 ? 1 : 0) + (bits >= t3 ? 1 : 0)
      while count > 3, count < thresholds.count, bits >= thresholds[count] { count += 1 }
      return Double(count)
    }
    // A word gives two draws.
    for pair in 0..<(weights.count + 1) / 2 {
      let bits = random.bits(UInt64(pair))
      let row = 2 * pair
      weights[row] = count(bits >> 32)
      if row + 1 < weights.count { weights[row + 1] = count(bits & 0xFFFF_FFFF) }
    }
    if let own { for row in own.indices { weights[row] *= own[row] } }
  }

  /// The interval of 95 % of a statistic: the 2.5 % and 97.5 % quantiles of its replicates, by straight lines between order
  /// statistics (type 7 of Hyndman and Fan), and their standard deviation. NaN is a replicate in which the statistic does not exist;
  /// nil where more than a tenth are such, or where fewer than two are left.
  package static func interval(_ replicates: [Double]) -> (lower: Double, upper: Double, error: Double)? {
    let found = replicates.filter { !$0.isNaN }.sorted()
    guard found.count > 1, found.count * 10 >= replicates.count * 9 else { return nil }
    func quantile(_ share: Double) -> Double {
      let place = share * Double(found.count - 1)
      let low = Int(place)
      let high = min(low + 1, found.count - 1)
      return found[low] + (place - Double(low)) * (found[high] - found[low])
    }
    let mean = found.reduce(0, +) / Double(found.count)
    let variance = found.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) } / Double(found.count - 1)
    return (quantile(Confidence.tail), quantile(1 - Confidence.tail), variance.squareRoot())
  }
}
