import Columns
import Foundation
import Learning
import Testing

@Suite struct TableScoringTests {
  /// Rows of a table to train on and to score: two numbers, a text, and a label that follows from them.
  static let csv: String = {
    var lines = ["name,x,gap,plan,label"]
    for row in 0..<400 {
      let (x, plan) = (Double(row % 37) / 10 - 1.8, ["a", "b", "c"][row % 3])
      let isPositive = x * (plan == "b" ? 1 : -1) + Double(row % 11) / 5 > 1.1
      lines.append("r\(row),\(x),\(row % 5 == 0 ? "" : "\(row % 7)"),\(plan),\(isPositive ? "yes" : "no")")
    }
    return lines.joined(separator: "\n") + "\n"
  }()

  /// Fits a model to the rows, scores them, and gives the table of the scores.
  func scores(
    _ algorithm: TableTrial.Algorithm, _ reasons: TableScoring.Reasons, threads: Int = 2
  ) throws -> (table: Table, report: TableScoring.Report) {
    try TableFileTests.withFile(Self.csv) { path in
      defer { for ending in [".model", ".scores"] { try? FileManager.default.removeItem(atPath: path + ending) } }
      var trial = TableTrial(label: "label", excluded: ["name"])
      trial.positive = "yes"
      trial.algorithm = algorithm
      trial.gradient.treeCount = 10
      trial.gradient.leafCount = 7
      trial.gradient.minimumLeafRowCount = 5
      _ = try trial.run(input: path, test: nil, model: path + ".model", output: nil, threads: threads)
      let report = try TableScoring(model: path + ".model", reasons: reasons, kept: ["name"]).run(
        input: path, output: path + ".scores", threads: threads)
      return (try ParquetFile.read(path + ".scores"), report)
    }
  }

  @Test(arguments: TableTrial.Algorithm.allCases) func `contributions and the base value add up to every score`(
    algorithm: TableTrial.Algorithm
  ) throws {
    let (table, report) = try scores(algorithm, .all)
    #expect(report.rowCount == 400 && report.featureCount == 3)
    #expect(
      table.schema.fields.map(\.name) == [
        "name", "raw_score", "probability", "base_value", "contribution_x", "contribution_gap", "contribution_plan",
      ])
    let (raw, probabilities) = (try table.double("raw_score").values, try table.double("probability").values)
    let parts = try ["base_value", "contribution_x", "contribution_gap", "contribution_plan"].map {
      try table.double($0).values
    }
    for row in 0..<400 {
      #expect((parts.reduce(0) { $0 + $1[row] } - raw[row]).magnitude < 1e-9)
      #expect((1 / (1 + exp(-raw[row])) - probabilities[row]).magnitude < 1e-12)
    }
    #expect(Set(raw).count > 5)
    #expect(table["name"] == .string(TypedColumn((0..<400).map { "r\($0)" })))
    #expect(try scores(algorithm, .all, threads: 1).table == table)
  }

  @Test(arguments: TableTrial.Algorithm.allCases) func `reasons by rank are the greatest contributions`(
    algorithm: TableTrial.Algorithm
  ) throws {
    let (all, top) = (try scores(algorithm, .all).table, try scores(algorithm, .top(2)).table)
    let names = ["x", "gap", "plan"]
    let columns = try names.map { try all.double("contribution_\($0)").values }
    for row in 0..<400 {
      let order = names.indices.filter { columns[$0][row] > 0 }.sorted { columns[$0][row] > columns[$1][row] }
      for rank in 0..<2 {
        let expected = order.count > rank ? order[rank] : nil
        #expect(try top.string("reason_\(rank + 1)")[row] == expected.map { names[$0] })
        #expect(try top.double("reason_\(rank + 1)_contribution")[row] == expected.map { columns[$0][row] })
      }
    }
  }

  @Test(arguments: ["{}", "{\"features\": 3}", "treacle", "", "tree\nversion=v4\n"])
  func `a hostile model file is a typed error`(text: String) throws {
    let error = #expect(throws: LearningError.self) {
      try TableFileTests.withFile(text) {
        try TableScoring(model: $0).run(input: "/nowhere", output: nil, threads: 1)
      }
    }
    #expect(error?.code == .damagedModel)
  }

  @Test(arguments: ["tree\n", "{"]) func `a model file of more than a gigabyte is refused unread`(head: String) throws {
    let error = #expect(throws: LearningError.self) {
      try TableFileTests.withFile(head) { path in
        // Sparse: it takes no room on the disk.
        #expect(truncate(path, (1 << 30) + 1) == 0)
        return try TableScoring(model: path).run(input: "/nowhere", output: nil, threads: 1)
      }
    }
    #expect(error?.code == .damagedModel && error?.message.contains("1073741825 bytes") == true)
  }

  @Test func `a logistic model that contradicts itself is a typed error`() throws {
    let fit: (String) -> String = { source in
      """
      {"features": [{"name": "x"}, {"name": "plan", "levels": ["a"]}], "intercept": 0,
       "terms": [{"coefficient": 1, "source": \(source)}]}
      """
    }
    let sound = fit("{\"value\": {\"feature\": 0, \"mean\": 0, \"deviation\": 1}}")
    let rows = "x,plan\n1,a\n"
    func score(_ model: String) throws -> TableScoring.Report {
      try TableFileTests.withFile(rows) { input in
        try TableFileTests.withFile(model) { try TableScoring(model: $0).run(input: input, output: nil, threads: 1) }
      }
    }
    #expect(try score(sound).rowCount == 1)
    for source in [
      "{\"value\": {\"feature\": 2, \"mean\": 0, \"deviation\": 1}}",
      "{\"value\": {\"feature\": -1, \"mean\": 0, \"deviation\": 1}}",
      "{\"value\": {\"feature\": 0, \"mean\": 0, \"deviation\": 0}}",
      "{\"value\": {\"feature\": 1, \"mean\": 0, \"deviation\": 1}}",
      "{\"level\": {\"feature\": 0, \"code\": 0, \"mean\": 0, \"deviation\": 1}}",
      "{\"level\": {\"feature\": 1, \"code\": 1, \"mean\": 0, \"deviation\": 1}}",
    ] {
      let error = #expect(throws: LearningError.self) { try score(fit(source)) }
      #expect(error?.code == .damagedModel)
    }
  }

  @Test func `a column that the model or the caller needs is named where it is absent`() throws {
    try TableFileTests.withFile(Self.csv) { path in
      defer { try? FileManager.default.removeItem(atPath: path + ".model") }
      var trial = TableTrial(label: "label", excluded: ["name"])
      trial.positive = "yes"
      _ = try trial.run(input: path, test: nil, model: path + ".model", output: nil, threads: 1)
      for (text, kept, missing) in [("x,plan\n1,a\n", [], "gap"), (Self.csv, ["who"], "who")] {
        let error = #expect(throws: LearningError.self) {
          try TableFileTests.withFile(text) {
            try TableScoring(model: path + ".model", kept: kept).run(input: $0, output: nil, threads: 1)
          }
        }
        #expect(error?.code == .missingColumn && error?.message.contains(missing) == true)
      }
    }
  }

  /// Scores a few rows by a model of `csv`, which has columns that look different in the few.
  static func scores(_ csv: String, rows: String, _ algorithm: TableTrial.Algorithm) throws -> [Double] {
    try TableFileTests.withFile(csv) { path in
      defer { for ending in [".model", ".scores"] { try? FileManager.default.removeItem(atPath: path + ending) } }
      var trial = TableTrial(label: "label")
      trial.algorithm = algorithm
      trial.gradient.treeCount = 20
      trial.gradient.minimumLeafRowCount = 5
      _ = try trial.run(input: path, test: nil, model: path + ".model", output: nil, threads: 2)
      return try TableFileTests.withFile(rows) { input in
        _ = try TableScoring(model: path + ".model").run(input: input, output: path + ".scores", threads: 2)
        return try ParquetFile.read(path + ".scores").double("raw_score").values
      }
    }
  }

  /// A text column of numbers and a word, one of flags and a word, and one in which nothing stands; the label follows the first.
  static let mixed: String = {
    let lines = (0..<200).map { row in
      let (steps, sure) = (["1", "2", "3", "none"][row % 4], ["true", "false", "maybe"][row % 3])
      return "\(steps),\(sure),,\(row % 4 == 2 || row % 16 == 0 ? 1 : 0)"
    }
    return (["steps,sure,later,label"] + lines).joined(separator: "\n") + "\n"
  }()

  @Test(arguments: TableTrial.Algorithm.allCases) func `a row scores the same whatever stands in the rows beside it`(
    algorithm: TableTrial.Algorithm
  ) throws {
    let header = "steps,sure,later\n"
    let rows = ["3,true,\n", "1,,word\n", ",false,\n", "2,true,\n"]
    let together = try Self.scores(Self.mixed, rows: header + rows.joined() + "none,maybe,x\n", algorithm)
    #expect(Set(together).count > 2)
    for (place, row) in rows.enumerated() {
      let alone = try Self.scores(Self.mixed, rows: header + row, algorithm)
      #expect(alone.count == 1 && (alone[0] - together[place]).magnitude < 1e-12)
    }
  }

  @Test func `a test table whose levels look like numbers is evaluated`() throws {
    try TableFileTests.withFile(Self.mixed) { train in
      try TableFileTests.withFile("steps,sure,later,label\n3,true,word,1\n1,false,,0\n") { test in
        var trial = TableTrial(label: "label")
        trial.gradient.treeCount = 5
        trial.gradient.minimumLeafRowCount = 5
        trial.validation = test
        let report = try trial.run(input: train, test: test, model: nil, output: nil, threads: 1)
        #expect(report.auc == 1 && report.featureCount == 2)
        #expect(report.leftOutColumns == ["later"] && report.unreadColumns == nil)
      }
    }
  }

  @Test func `a model without features scores every row`() throws {
    let model = "{\"features\": [], \"intercept\": 0.25, \"terms\": []}"
    try TableFileTests.withFile("a,b\n1,2\n3,4\n5,6\n") { input in
      defer { try? FileManager.default.removeItem(atPath: input + ".scores") }
      let report = try TableFileTests.withFile(model) {
        try TableScoring(model: $0).run(input: input, output: input + ".scores", threads: 1)
      }
      #expect(report.rowCount == 3)
      #expect(try ParquetFile.read(input + ".scores").double("raw_score").values == [0.25, 0.25, 0.25])
    }
  }

  @Test func `a name that the model's file cannot hold is named`() throws {
    let error = #expect(throws: LearningError.self) {
      try TableFileTests.withFile("my x,label\n1,0\n2,1\n") { path in
        try TableTrial(label: "label").run(input: path, test: nil, model: path + ".model", output: nil, threads: 1)
      }
    }
    #expect(error?.message.contains("'my x'") == true)
  }

  @Test(arguments: ["x,amount\n", "x,amount\n1,-2\n"])
  func `a table to choose or to test by has rows of the objective's labels`(other: String) throws {
    let lines = (0..<60).map { "\($0 % 10),\($0 % 4)" }
    try TableFileTests.withFile("x,amount\n" + lines.joined(separator: "\n") + "\n") { train in
      try TableFileTests.withFile(other) { path in
        var trial = TableTrial(label: "amount")
        trial.gradient.objective = .poisson
        trial.gradient.treeCount = 5
        trial.gradient.minimumLeafRowCount = 5
        if other == "x,amount\n" {
          // Without rows there is nothing to measure, and nothing to refuse.
          let report = try trial.run(input: train, test: path, model: nil, output: nil, threads: 1)
          #expect(report.treeCount == 5)
        } else {
          let tested = #expect(throws: LearningError.self) {
            try trial.run(input: train, test: path, model: nil, output: nil, threads: 1)
          }
          #expect(tested?.code == .cannotTrain && tested?.message.contains("1 rows to test") == true)
        }
        trial.validation = path
        let chosen = #expect(throws: LearningError.self) {
          try trial.run(input: train, test: nil, model: nil, output: nil, threads: 1)
        }
        let searched = #expect(throws: LearningError.self) {
          try TableSearch(trial).run(input: train, model: nil, threads: 1)
        }
        for error in [chosen, searched] { #expect(error?.code == .cannotTrain) }
      }
    }
  }

  @Test(arguments: [["x", "x"], ["raw_score"]]) func `two columns of one name are refused`(kept: [String]) throws {
    let model = "{\"features\": [{\"name\": \"x\"}], \"intercept\": 0, \"terms\": []}"
    let error = #expect(throws: LearningError.self) {
      try TableFileTests.withFile("x,raw_score\n1,2\n") { input in
        try TableFileTests.withFile(model) {
          try TableScoring(model: $0, kept: kept).run(input: input, output: nil, threads: 1)
        }
      }
    }
    #expect(error?.code == .invalidColumns)
  }

  @Test func `a label of texts needs the one that counts`() throws {
    let error = #expect(throws: LearningError.self) {
      try TableFileTests.withFile(Self.csv) {
        try TableTrial(label: "label", excluded: ["name"]).run(
          input: $0, test: nil, model: nil, output: nil, threads: 1)
      }
    }
    #expect(error?.code == .invalidValues && error?.message.contains("--positive") == true)
  }

  @Test(arguments: [Objective.squared, .poisson, .quantile])
  func `amounts are learned, stopped in time, scored and explained`(objective: Objective) throws {
    let lines = (0..<600).map { row in
      "\(row % 10),\(["a", "b"][row % 2]),\(row % 10 / 3 + row % 2 + (row * 7919) % 3)"
    }
    let text = (["x,plan,amount"] + lines).joined(separator: "\n") + "\n"
    try TableFileTests.withFile(text) { path in
      defer {
        for ending in [".model", ".scores", ".out"] { try? FileManager.default.removeItem(atPath: path + ending) }
      }
      var trial = TableTrial(label: "amount")
      trial.gradient.objective = objective
      trial.gradient.treeCount = 200
      trial.gradient.learningRate = 0.3
      trial.gradient.minimumLeafRowCount = 5
      trial.gradient.earlyStoppingRounds = 5
      trial.validation = path
      let report = try trial.run(input: path, test: nil, model: path + ".model", output: path + ".out", threads: 2)
      let amounts = try #require(report.amounts)
      #expect(report.evaluation == nil && report.auc == nil && report.objective == objective)
      #expect((report.treeCount ?? 0) < 200)
      #expect((amounts.rootMeanSquaredError ?? 9) < 1.2)
      if objective == .quantile {
        #expect(((amounts.shareBelow ?? 0) - 0.5).magnitude < 0.2)
      } else {
        #expect(((amounts.meanPrediction ?? 0) / (amounts.meanLabel ?? 1) - 1).magnitude < 0.05)
      }
      _ = try TableScoring(model: path + ".model", reasons: .all, kept: ["x"]).run(
        input: path, output: path + ".scores", threads: 2)
      let (scores, out) = (try ParquetFile.read(path + ".scores"), try ParquetFile.read(path + ".out"))
      #expect(
        scores.schema.fields.map(\.name) == [
          "x", "raw_score", "prediction", "base_value", "contribution_x", "contribution_plan",
        ])
      #expect(try scores.double("prediction").values == out.double("prediction").values)
    }
  }
}
