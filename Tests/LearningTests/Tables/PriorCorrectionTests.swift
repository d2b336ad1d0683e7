import Columns
import ElementaryFunctions
import Foundation
import Learning
import Randomness
import Testing

@Suite struct PriorCorrectionTests {
  /// A table of three numbers and a label with a known law; of the rows of label 0 the share `rate` is kept.
  static func csv(_ rowCount: Int, seed: UInt64, rate: Double = 1) -> String {
    let random = CounterRandom(seed: seed, stream: 5)
    var lines = ["a,b,c,y"]
    for row in 0..<rowCount {
      let x = (0..<3).map { random.uniform(UInt64(row), UInt64($0)) }
      let isPositive = random.uniform(UInt64(row), 3) < logistic(3 * x[0] - 2 * x[1] - 3.2)
      if isPositive || random.uniform(UInt64(row), 4) < rate {
        lines.append("\(x[0]),\(x[1]),\(x[2]),\(isPositive ? 1 : 0)")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  func trial(_ algorithm: TableTrial.Algorithm, rate: Double) -> TableTrial {
    var trial = TableTrial(label: "y")
    trial.algorithm = algorithm
    trial.negativeRate = rate
    trial.gradient.treeCount = 20
    trial.gradient.leafCount = 7
    trial.logistic.penalty = 0.01
    return trial
  }

  @Test(arguments: TableTrial.Algorithm.allCases) func `a model of kept rows is calibrated on whole ones`(
    algorithm: TableTrial.Algorithm
  ) throws {
    try TableFileTests.withFile(Self.csv(12_000, seed: 1, rate: 0.1)) { kept in
      try TableFileTests.withFile(Self.csv(6_000, seed: 2)) { whole in
        func run(_ rate: Double) throws -> TableTrial.Report {
          try trial(algorithm, rate: rate).run(input: kept, test: whole, model: nil, output: nil, threads: 2)
        }
        let (right, wrong) = (try #require(run(0.1).evaluation), try #require(run(1).evaluation))
        let rate = Double(right.positiveCount) / Double(right.rowCount)
        #expect(try (#require(right.meanProbability) / rate - 1).magnitude < 0.15)
        #expect(try #require(wrong.meanProbability) > 3 * rate, "without the offset every probability is too great")
        #expect(try #require(wrong.expectedCalibrationError) > 4 * #require(right.expectedCalibrationError))
        #expect(right.auc == wrong.auc, "the order of the scores stays")
        #expect(try #require(right.logLoss) < #require(wrong.logLoss))
      }
    }
  }

  @Test(arguments: TableTrial.Algorithm.allCases) func `the saved model has the offset, and every score moves by it`(
    algorithm: TableTrial.Algorithm
  ) throws {
    try TableFileTests.withFile(Self.csv(3_000, seed: 3, rate: 0.25)) { path in
      let endings = [".right", ".wrong", ".scores"]
      defer { for ending in endings { try? FileManager.default.removeItem(atPath: path + ending) } }
      func raw(_ model: String) throws -> [Double] {
        _ = try TableScoring(model: model, reasons: .all).run(input: path, output: path + ".scores", threads: 1)
        let table = try ParquetFile.read(path + ".scores")
        let raw = try table.double("raw_score").values
        // Contributions stay what they were, and the base value moves.
        let sums = try ["base_value", "contribution_a", "contribution_b", "contribution_c"].map {
          try table.double($0).values
        }
        for row in raw.indices { #expect((sums.reduce(0) { $0 + $1[row] } - raw[row]).magnitude < 1e-9) }
        return raw
      }
      for (ending, rate) in [(".right", 0.25), (".wrong", 1)] {
        _ = try trial(algorithm, rate: rate).run(input: path, test: nil, model: path + ending, output: nil, threads: 1)
      }
      let (right, wrong) = (try raw(path + ".right"), try raw(path + ".wrong"))
      for row in right.indices { #expect((right[row] - wrong[row] - naturalLogarithm(0.25)).magnitude < 1e-12) }
    }
  }

  @Test func `without a test table the kept rows stand for all`() throws {
    try TableFileTests.withFile(Self.csv(10_000, seed: 4, rate: 0.2)) { path in
      let report = try trial(.logistic, rate: 0.2).run(input: path, test: nil, model: nil, output: nil, threads: 2)
      // The regression fits the share of label 1 among the kept rows; weights and offset keep it calibrated among all.
      #expect(try (#require(report.evaluation?.calibrationSlope) - 1).magnitude < 0.05)
      #expect(try #require(report.evaluation?.calibrationIntercept).magnitude < 0.15)
      #expect(try #require(report.evaluation?.meanProbability) < 0.12)
    }
  }
}
