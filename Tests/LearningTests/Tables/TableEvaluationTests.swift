import Columns
import Foundation
import Learning
import Testing

@Suite struct TableEvaluationTests {
  static let csv: String = {
    var lines = ["left,p,plan,months,w"]
    for row in 0..<120 {
      let p = Double(row * 37 % 101) / 101
      let hasLeft = row * 53 % 29 < 6 + Int(16 * p)
      lines.append(
        "\(hasLeft ? "yes" : "no"),\(p),\(["b", "a", ""][row % 3]),\(row % 2 == 0 ? 12 : 3),\(row % 4)")
    }
    return lines.joined(separator: "\n") + "\n"
  }()

  func report(
    _ text: String = csv, threads: Int = 2, _ change: (inout TableEvaluation) -> Void = { _ in }
  ) throws -> TableEvaluation.Report {
    try TableFileTests.withFile(text) { path in
      var evaluation = TableEvaluation(label: "left", score: "p")
      evaluation.positive = "yes"
      evaluation.replicateCount = 20
      change(&evaluation)
      return try evaluation.run(input: path, threads: threads)
    }
  }

  func object(_ report: TableEvaluation.Report) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(try report.json.utf8)) as? [String: Any])
  }

  @Test func `the result names what was computed`() throws {
    let report = try object(try report())
    #expect(report["format"] as? String == "nightjar-evaluation/1")
    let input = try #require(report["input"] as? [String: Any])
    #expect((input["sha256"] as? String)?.count == 64 && input["weight"] is NSNull)
    let definitions = try #require(report["definitions"] as? [String: [String: String]])
    let groups = try #require(report["groups"] as? [[String: Any]])
    let metrics = try #require(groups[0]["metrics"] as? [String: [String: Any]])
    #expect(metrics.count == 20 && groups[0]["segment"] is NSNull)
    for (name, metric) in metrics {
      let identifier = try #require(metric["definition"] as? String)
      #expect(identifier.hasPrefix(name + "/"))
      #expect(definitions[identifier]?["text"]?.isEmpty == false, "\(identifier)")
      if let values = metric["values"] as? [[String: Any]] {
        #expect(values.count == 10 && values.allSatisfy { $0["value"] is Double && $0["lower"] is Double })
      } else {
        #expect(metric["value"] is Double && metric["lower"] is Double && metric["reason"] == nil, "\(name)")
      }
    }
  }

  @Test func `segments are the values of a column, the missing one last`() throws {
    let whole = try report { $0.segments = ["plan", "months"] }
    let groups = try #require(try object(whole)["groups"] as? [[String: Any]])
    let segments = groups.dropFirst().compactMap { $0["segment"] as? [String: Any] }
    #expect(segments.map { $0["value"] as? String } == ["a", "b", nil, "3", "12"])
    #expect(groups.map { $0["rowCount"] as? Int } == [120, 40, 40, 40, 60, 60])
    // A segment has the metrics of a file that holds nothing else.
    let lines = Self.csv.split(separator: "\n")
    let part = lines.filter { $0.hasPrefix("left") || $0.contains(",a,") }.joined(separator: "\n") + "\n"
    let alone = try #require(try object(try report(part))["groups"] as? [[String: Any]])
    #expect((groups[1]["metrics"] as? NSDictionary) == (alone[0]["metrics"] as? NSDictionary))
  }

  @Test func `neither threads nor the order of rows change a byte`() throws {
    let lines = Self.csv.split(separator: "\n")
    let turned = ([lines[0]] + lines.dropFirst().reversed()).joined(separator: "\n") + "\n"
    func groups(_ report: TableEvaluation.Report) throws -> NSArray {
      try #require(try object(report)["groups"] as? NSArray)
    }
    let change = { (evaluation: inout TableEvaluation) in
      evaluation.segments = ["plan"]
      evaluation.weight = "w"
    }
    #expect(try report(threads: 1, change).json == report(threads: 3, change).json)
    #expect(try groups(report(Self.csv, change)) == groups(report(turned, change)))
  }

  @Test func `rows that lack something are left out and counted`() throws {
    let text = "left,p,w\nyes,0.9,1\nno,0.1,1\n,0.5,1\nyes,NaN,1\nno,,1\nno,0.4,\nyes,0.3,0\nno,0.2,2\n"
    let report = try report(text) { $0.weight = "w" }
    #expect(
      report.warnings == [
        "4 of 8 rows are left out: 1 without a label, 2 without a finite score, 1 without a finite weight"
      ])
    let object = try object(report)
    #expect(object["rowCount"] as? Int == 8 && object["usedRowCount"] as? Int == 3)
    #expect(
      object["leftOut"] as? [String: Int] == [
        "withoutLabel": 1, "withoutScore": 2, "withoutWeight": 1, "ofWeightZero": 1,
      ])
    let groups = try #require(object["groups"] as? [[String: Any]])
    #expect(groups[0]["weight"] as? Double == 4 && groups[0]["positiveCount"] as? Int == 1)
  }

  @Test func `a segment whose rows are all left out stays, and says that it has none`() throws {
    let text = "left,p,w,plan\nyes,0.9,1,a\nno,0.2,1,a\n,0.5,1,b\nyes,0.4,0,c\n,0.3,1,\n"
    let report = try report(text) {
      $0.weight = "w"
      $0.segments = ["plan"]
    }
    let groups = try #require(try object(report)["groups"] as? [[String: Any]])
    #expect(groups.map { $0["rowCount"] as? Int } == [2, 2, 0, 0, 0])
    let segments = groups.dropFirst().compactMap { $0["segment"] as? [String: Any] }
    #expect(segments.map { $0["value"] as? String } == ["a", "b", "c", nil])
    let metrics = try #require(groups[2]["metrics"] as? [String: [String: Any]])
    #expect(metrics["auc"]?["value"] is NSNull && metrics["auc"]?["reason"] as? String == "no rows")
  }

  @Test func `one label only, or no row, is a warning and a reason`() throws {
    let one = try report("left,p\nno,0.5\nno,0.25\n")
    #expect(one.warnings == ["every row has label 0"])
    #expect(one.lines.contains { $0.contains("AUC") && $0.contains("no row has label 1") })
    let none = try report("left,p\n")
    #expect(none.warnings == ["there is no row to evaluate"])
    let groups = try #require(try object(none)["groups"] as? [[String: Any]])
    let metrics = try #require(groups[0]["metrics"] as? [String: [String: Any]])
    #expect(metrics["brier"]?["value"] is NSNull && metrics["brier"]?["reason"] as? String == "no rows")
    #expect(groups[0]["baseRate"] is NSNull)
  }

  @Test func `a score outside 0 and 1 leaves metrics of order`() throws {
    let text = "left,p\nyes,3\nno,-1\nyes,0.5\nno,0.25\n"
    let report = try report(text)
    let scores = try #require(try object(report)["scores"] as? [String: Any])
    #expect(scores["areProbabilities"] as? Bool == false && scores["outsideCount"] as? Int == 2)
    #expect(report.lines.contains("2 scores lie outside 0 and 1: metrics of probabilities are left out"))
    #expect(report.warnings.isEmpty)
  }

  @Test(arguments: [
    ("left,q\nyes,0.5\n", "no column p to take the scores from"), ("lost,p\nyes,0.5\n", "no column left"),
    ("left,p\nyes,high\n", "something that is no number"),
    ("left,p,w\nyes,0.5,1\nno,0.5,-1\n", "row 2 is the first"),
  ]) func `a column that cannot be used is named`(text: String, message: String) {
    let error = #expect(throws: LearningError.self) {
      _ = try report(text) { if text.contains("w") { $0.weight = "w" } }
    }
    #expect(error?.message.contains(message) == true)
  }

  @Test func `a label of numbers is 0 or 1`() {
    let error = #expect(throws: LearningError.self) {
      _ = try report("left,p\n1,0.5\n0,0.5\n2,0.5\n") { $0.positive = nil }
    }
    #expect(error?.code == .invalidValues && error?.message.contains("row 3 is the first") == true)
  }

  @Test func `a column that names rows is no segment`() {
    let text = "left,p,name\n" + (0..<1_001).map { "yes,0.5,r\($0)\n" }.joined()
    let error = #expect(throws: LearningError.self) { _ = try report(text) { $0.segments = ["name"] } }
    #expect(error?.message.contains("it names rows") == true)
  }

  @Test func `a Parquet file is read as well`() throws {
    try TableFileTests.withFile("") { path in
      let schema = Schema([
        ColumnField("left", .bool, isNullable: true, "Label."), ColumnField("p", .double, "Score."),
        ColumnField("day", .date, "Day."),
      ])
      try ParquetFile.write(
        Table(
          schema,
          [
            .bool(TypedColumn(optionals: [true, false, nil, true], placeholder: false)),
            .double(TypedColumn([0.5, 0.25, 0.5, .infinity])), .date(TypedColumn([0, 1, 1, 1])),
          ]), to: path)
      var evaluation = TableEvaluation(label: "left", score: "p")
      evaluation.segments = ["day"]
      let report = try evaluation.run(input: path, threads: 1)
      #expect(report.warnings == ["2 of 4 rows are left out: 1 without a label, 1 without a finite score"])
      let groups = try #require(try object(report)["groups"] as? [[String: Any]])
      #expect(
        groups.dropFirst().map { ($0["segment"] as? [String: Any])?["value"] as? String } == [
          "1970-01-01", "1970-01-02",
        ])
    }
  }
}
