import Foundation
import Learning
import Testing

@Suite struct TableSearchTests {
  static func text(_ rows: TrainingRows) -> String {
    let names = rows.table.features.map(\.name) + ["label"]
    let lines = rows.labels.indices.map { row in
      let values = rows.table.columns.map { $0[row].isNaN ? "" : "\($0[row])" }
      return (values + ["\(Int(rows.labels[row]))"]).joined(separator: ",")
    }
    return ([names.joined(separator: ",")] + lines).joined(separator: "\n") + "\n"
  }

  @Test func `a search finds parameters at least as good as the given ones, the same every time`() throws {
    try TableFileTests.withFile(Self.text(TrainingRows(3_000))) { train in
      try TableFileTests.withFile(Self.text(TrainingRows(2_000, seed: 3))) { valid in
        defer { try? FileManager.default.removeItem(atPath: train + ".model") }
        var trial = TableTrial(label: "label")
        trial.gradient.leafCount = 2
        trial.gradient.learningRate = 0.3
        trial.gradient.earlyStoppingRounds = 10
        trial.validation = valid
        var search = TableSearch(trial)
        search.candidateCount = 6
        search.fullResource = 6
        let report = try search.run(input: train, model: train + ".model", threads: 2)
        #expect(!report.isCut)
        #expect(report.trials.count == 8)
        #expect(report.loss < report.trials.filter { $0.candidate == 0 }.map(\.loss).min() ?? 0)
        let again = try search.run(input: train, model: nil, threads: 1)
        #expect(again.best == report.best && again.loss == report.loss)
        // The options that it answers learn the very model that it wrote.
        var fit = TableTrial(label: "label")
        fit.gradient = report.best
        _ = try fit.run(input: train, test: nil, model: train + ".again", output: nil, threads: 2)
        defer { try? FileManager.default.removeItem(atPath: train + ".again") }
        let texts = try ["model", "again"].map { try String(contentsOfFile: "\(train).\($0)", encoding: .utf8) }
        #expect(texts[0] == texts[1])
        search.seed = 2
        #expect(try search.run(input: train, model: nil, threads: 2).trials.map(\.loss) != report.trials.map(\.loss))
      }
    }
  }

  @Test func `the options of a search name all that was given and is not the default`() throws {
    try TableFileTests.withFile(Self.text(TrainingRows(400))) { path in
      var trial = TableTrial(label: "label")
      trial.validation = path
      var search = TableSearch(trial)
      search.candidateCount = 1
      search.fullResource = 0.1
      let plain = try search.run(input: path, model: nil, threads: 1).options
      #expect(plain.hasPrefix("--trees ") && plain.hasSuffix("--rounding-noise 0.0 --seed 1"))
      let features = TrainingRows(400).table.features.map(\.name)
      search.trial.gradient.growth = .depthWise
      search.trial.gradient.maximumDepth = 3
      search.trial.gradient.l1 = 0.5
      search.trial.gradient.oneSideSampling = .init(topFraction: 0.2, otherFraction: 0.1)
      search.trial.gradient.monotone = [features[0]: .decreasing]
      search.trial.gradient.interactions = [[features[0], features[2]], [features[3]]]
      let given = try search.run(input: path, model: nil, threads: 1).options
      #expect(
        given.hasSuffix(
          "--growth depth-wise --max-depth 3 --l1 0.5 --one-side 0.2,0.1 --monotone \(features[0]):- "
            + "--interactions '\(features[0]),\(features[2]);\(features[3])'"))
      search.trial.gradient = GradientBoosting.Parameters()
      search.trial.gradient.objective = .tweedie
      let tweedie = try search.run(input: path, model: nil, threads: 1).options
      #expect(tweedie.hasSuffix("--objective tweedie --tweedie-power 1.5"))
    }
  }

  @Test(arguments: [1, 5]) func `a search whose seconds are over at once has one tree, and says that it was cut`(
    candidateCount: Int
  ) throws {
    try TableFileTests.withFile(Self.text(TrainingRows(2_000))) { path in
      defer { try? FileManager.default.removeItem(atPath: path + ".model") }
      var trial = TableTrial(label: "label")
      trial.validation = path
      var search = TableSearch(trial)
      search.candidateCount = candidateCount
      search.seconds = 0
      let report = try search.run(input: path, model: path + ".model", threads: 2)
      #expect(report.isCut && report.summary.contains("cut: the seconds ran out"))
      #expect(report.trials.map(\.candidate) == [0] && report.bestCandidate == 0)
      #expect(report.trials[0].treeCount > 100 && report.best.treeCount == 1)
      let text = try String(contentsOfFile: path + ".model", encoding: .utf8)
      #expect(try BoostedModel(lightGBMText: text).trees.count == 1)
    }
  }

  @Test func `a search without a table to choose by is refused`() throws {
    try TableFileTests.withFile(Self.text(TrainingRows(100))) { train in
      let error = #expect(throws: LearningError.self) {
        try TableSearch(TableTrial(label: "label")).run(input: train, model: nil, threads: 1)
      }
      #expect(error?.code == .cannotTrain)
    }
  }
}
