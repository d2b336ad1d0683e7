import ElementaryFunctions
import Learning
import Randomness

/// Rows with a known law, for the tests of the learners: numeric features with ties and missing values, two categorical
/// ones, and a label that depends on some of them.
struct TrainingRows {
  var table: FeatureTable
  var labels: [Double]

  init(_ rowCount: Int, seed: UInt64 = 1, levelCount: Int = 12) {
    let random = CounterRandom(seed: seed, stream: 7)
    func normal(_ row: Int, _ draw: UInt64) -> Double {
      (0..<4).reduce(0.0) { $0 + random.uniform(UInt64(row), draw * 10 + UInt64($1)) - 0.5 } * 1.7320508
    }
    var columns = [[Double]](repeating: [], count: 8)
    var labels: [Double] = []
    for row in 0..<rowCount {
      let x = (0..<5).map { normal(row, UInt64($0)) }
      let count = (x[3] * 3).rounded()
      let isMissing = random.uniform(UInt64(row), 90) < 0.1
      let level = Double(random.integer(below: UInt64(levelCount), UInt64(row), 91))
      let plan = Double(random.integer(below: 3, UInt64(row), 92))
      let score =
        1.2 * x[0] - 0.8 * x[1] * x[2] + (isMissing ? 0.7 : 0.3 * x[4]) + (level.truncatingRemainder(dividingBy: 3) - 1)
        + (count > 2 ? 0.6 : 0) - 1
      labels.append(random.uniform(UInt64(row), 93) < logistic(score) ? 1 : 0)
      let values = [x[0], x[1], x[2], count, isMissing ? .nan : x[4], level, plan, 1]
      for (index, value) in values.enumerated() { columns[index].append(value) }
    }
    let levels = (0..<levelCount).map { "level-\($0)" }
    table = FeatureTable(
      [
        Feature("slope"), Feature("left"), Feature("right"), Feature("count"), Feature("gap"),
        Feature("region", levels: levels), Feature("plan", levels: ["a", "b", "c"]), Feature("constant"),
      ], columns)
    self.labels = labels
  }
}
