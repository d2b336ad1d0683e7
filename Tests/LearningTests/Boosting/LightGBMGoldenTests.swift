import Columns
import Foundation
import Learning
import Parallelism
import Testing

/// Models that LightGBM 4.7 wrote, with what it predicts and how it explains nine rows: missing and unknown values among them.
@Suite struct LightGBMGoldenTests {
  struct Golden {
    var model: BoostedModel
    var text: String
    var table: FeatureTable
    var predictions: [Double] = []
    var contributions: [[Double]] = []
    var baseValue = 0.0

    init(_ name: String) throws {
      let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/")
      text = try String(contentsOfFile: "\(folder)/LightGBM/\(name).txt", encoding: .utf8)
      let lines = try String(contentsOfFile: "\(folder)/LightGBM/\(name).csv", encoding: .utf8).split(separator: "\n")
      model = try BoostedModel(lightGBMText: text)
      let width = model.features.count
      var columns = [[Double]](repeating: [], count: width)
      for line in lines.dropFirst() {
        let values = line.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) ?? .nan }
        for feature in 0..<width { columns[feature].append(values[feature]) }
        predictions.append(values[width])
        contributions.append(Array(values[(width + 1)..<(2 * width + 1)]))
        baseValue = values[2 * width + 1]
      }
      table = FeatureTable(model.features, columns)
    }
  }

  @Test(arguments: [
    "logistic", "squared", "squared-zero-as-missing", "poisson", "gamma", "tweedie", "quantile",
  ]) func `a model of LightGBM's predicts and explains as it does there`(name: String) throws {
    let golden = try Golden(name)
    let threads = WorkerThreads(count: 2)
    let raw = golden.model.rawScores(golden.table, threads: threads)
    let explainer = try TreeExplainer(golden.model, threads: threads)
    let contributions = explainer.contributions(golden.table, threads: threads)
    #expect(golden.predictions.count == 9)
    #expect((explainer.baseValue - golden.baseValue).magnitude < 1e-12)
    for row in golden.predictions.indices {
      let expected = golden.predictions[row]
      #expect((golden.model.prediction(raw[row]) - expected).magnitude <= 1e-12 * max(1, expected.magnitude))
      for feature in contributions.indices {
        #expect((contributions[feature][row] - golden.contributions[row][feature]).magnitude < 1e-12)
      }
    }
    // Written again, it is the same model.
    #expect(try BoostedModel(lightGBMText: golden.model.lightGBMText()) == golden.model)
  }

  /// The rows have regions by number, one of them unknown, plans that are texts and numbers, tiers in order, which LightGBM took for
  /// numbers, and a column of one value, of which the model says nothing.
  @Test func `a model of a pandas frame scores a table's own values as it does the frame's`() throws {
    let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/")
    let rows = "\(folder)/LightGBM/pandas.csv"
    let model = try BoostedModel(lightGBMText: String(contentsOfFile: "\(folder)/LightGBM/pandas.txt", encoding: .utf8))
    #expect(
      model.features.map(\.levels) == [
        ["only"], ["10", "20", "30", "40"], ["low", "mid", "high"], nil, ["a", "2", "1.5"],
      ])
    try TableFileTests.withFile("") { path in
      defer { try? FileManager.default.removeItem(atPath: path + ".scores") }
      _ = try TableScoring(model: "\(folder)/LightGBM/pandas.txt", kept: ["raw"]).run(
        input: rows, output: path + ".scores", threads: 2)
      let scores = try ParquetFile.read(path + ".scores")
      let (found, wanted) = (try scores.double("raw_score").values, try scores.double("raw").values)
      #expect(found.count == 9 && Set(wanted).count > 5)
      for row in found.indices { #expect((found[row] - wanted[row]).magnitude < 1e-12) }
    }
    #expect(try BoostedModel(lightGBMText: model.lightGBMText()) == model)
  }
}
