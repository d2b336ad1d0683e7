import Learning
import Testing

@Suite struct TableLabelsTests {
  /// Labels in one column, read as `evaluate` reads them.
  private func positiveCount(_ labels: [String], positive: String?) throws -> String {
    let lines = ["left,p"] + labels.enumerated().map { "\($1),0.\($0 + 1)" }
    return try TableFileTests.withFile(lines.joined(separator: "\n") + "\n") { path in
      var evaluation = TableEvaluation(label: "left", score: "p")
      evaluation.positive = positive
      evaluation.replicateCount = 0
      return try evaluation.run(input: path, threads: 1).summary
    }
  }

  @Test(arguments: [
    (["0", "1", "1"], "0", 1), (["0", "1", "1"], "1", 2), (["1", "2", "1"], "2", 1), (["1", "2.0", "7"], "2", 1),
    (["0.5", "", "0.5"], "0.50", 2), (["true", "false", "false"], "false", 2), (["True", "false", ""], "TRUE", 1),
    (["yes", "no", "no"], "no", 2),
  ]) func `the value that counts as 1 may be a number, a flag or a text`(labels: [String], positive: String, count: Int)
    throws
  {
    let rows = labels.count { !$0.isEmpty }
    #expect(try positiveCount(labels, positive: positive).hasPrefix("\(rows) rows, \(count) of label 1"))
  }

  @Test(arguments: [(["0", "1"], "yes"), (["true", "false"], "1"), (["1", "2"], nil), (["yes", "no"], nil)])
  func `a value that the column cannot have, or none where one is needed, is an error`(
    labels: [String], positive: String?
  ) {
    let error = #expect(throws: LearningError.self) { try positiveCount(labels, positive: positive) }
    #expect(error?.code == .invalidValues)
  }

  @Test func `an amount has no value that counts as 1`() throws {
    let error = #expect(throws: LearningError.self) {
      try TableFileTests.withFile("amount,x\n3,1\n4,2\n") { path in
        var trial = TableTrial(label: "amount")
        trial.positive = "3"
        trial.gradient.objective = .squared
        return try trial.run(input: path, test: nil, model: nil, output: nil, threads: 1).summary
      }
    }
    #expect(error?.code == .invalidValues)
  }
}
