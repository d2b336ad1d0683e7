import Columns
import Learning
import Parallelism
import Testing

@Suite struct LeakageGuardTests {
  @Test func `a feature that knows the label is named`() throws {
    let rows = TrainingRows(2_000)
    let planted = FeatureTable(
      rows.table.features + [Feature("left_next_month")],
      rows.table.columns + [rows.labels.enumerated().map { $1 * 2 + Double($0 % 7) / 10 }])
    let error = #expect(throws: LearningError.self) {
      try LeakageGuard.check(planted, labels: rows.labels, maximum: 0.95, threads: WorkerThreads(count: 2))
    }
    #expect(error?.code == .leakage)
    #expect(error?.message.contains("left_next_month") == true)
    #expect(throws: Never.self) {
      try LeakageGuard.check(rows.table, labels: rows.labels, maximum: 0.95, threads: WorkerThreads(count: 2))
    }
  }

  @Test func `a feature that falls with the label, or is missing with it, is a leak too`() {
    let rows = TrainingRows(500)
    let missing = rows.labels.map { $0 == 1 ? Double.nan : 3 }
    let falling = rows.labels.map { -$0 }
    let table = FeatureTable([Feature("missing"), Feature("falling")], [missing, falling])
    let found = LeakageGuard.suspects(table, labels: rows.labels, maximum: 0.95, threads: WorkerThreads(count: 1))
    #expect(
      found == [.init(feature: "missing", auc: 1, form: .missing), .init(feature: "falling", auc: 1, form: .values)])
  }

  /// Suspects above 0.9 of one column.
  private func suspect(_ column: [Double], levels: [String]? = nil, _ labels: [Double]) -> LeakageGuard.Single? {
    let table = FeatureTable([Feature("planted", levels: levels)], [column])
    return LeakageGuard.suspects(table, labels: labels, maximum: 0.9, threads: WorkerThreads(count: 2)).first
  }

  @Test func `levels leak whatever the order of their codes, and a missing one is a level`() {
    let labels = TrainingRows(3_000).labels
    // Half of the levels, every second one, belong to those who left.
    let codes = labels.enumerated().map { Double(($0 * 7 % 20) / 2 * 2) + $1 }
    #expect(RankMetrics.areaUnderCurve(scores: codes, labels: labels).map { $0 < 0.75 } == true)
    let levels = (0..<20).map { "level-\($0)" }
    #expect(suspect(codes, levels: levels, labels)?.form == .levels)
    // Numbers that are codes, likewise.
    #expect(suspect(codes, labels)?.form == .levels)
    // Those who left have no level; a tenth of the others have none either.
    let gaps = labels.enumerated().map { $1 > 0.5 || $0 % 10 == 0 ? Double.nan : Double($0 % 20) }
    #expect(suspect(gaps, levels: levels, labels)?.form == .missing)
    // Half of those who left have no level, the other half have one of their own.
    let split = labels.enumerated().map { $1 > 0.5 ? ($0 % 2 == 0 ? Double.nan : 19) : Double($0 % 19) }
    #expect(suspect(split, levels: levels, labels)?.form == .levels)
  }

  @Test func `missing values count above all others as well as below`() {
    let labels = TrainingRows(3_000).labels
    // Those who left have great values or none.
    let great = labels.enumerated().map { $1 > 0.5 ? ($0 % 2 == 0 ? Double.nan : 1e6 + Double($0)) : Double($0) }
    #expect(suspect(great, labels)?.form == .values)
    let small = great.map { -$0 }
    #expect(suspect(small, labels)?.form == .values)
  }

  @Test func `a column with a level a row, or of noise, is no suspect`() {
    let labels = TrainingRows(3_000).labels
    let names = labels.indices.map(Double.init)
    #expect(suspect(names, levels: names.map { "\($0)" }, labels) == nil)
    #expect(suspect(labels.indices.map { Double($0 % 500) }, levels: (0..<500).map { "\($0)" }, labels) == nil)
    #expect(suspect(labels.indices.map { $0 % 3 == 0 ? .nan : Double($0 % 11) }, labels) == nil)
  }

  @Test func `what tells customers apart is no suspect though each has several rows, a leak of levels stays one`() {
    let customers = (0..<3_000).map { Int64($0 % 501) }
    let labels = customers.map { $0 % 7 == 0 ? 1.0 : 0 }
    let table = FeatureTable(
      [Feature("name", levels: (0..<501).map { "\($0)" }), Feature("reason", levels: (0..<21).map { "\($0)" })],
      [customers.map(Double.init), customers.map { Double($0 % 21) }])
    func names(_ customers: [Int64]?) -> [String] {
      LeakageGuard.suspects(
        table, labels: labels, customers: customers, maximum: 0.9, threads: WorkerThreads(count: 2)
      ).map(\.feature)
    }
    #expect(names(nil) == ["name", "reason"])
    #expect(names(customers) == ["reason"])
  }

  @Test func `what knows every leaver of one segment alone is a leak, and the segment is named`() {
    let labels = TrainingRows(3_000).labels
    let segments = labels.indices.map { $0 % 10 < 3 ? "postpaid" : "prepaid" }
    let table = FeatureTable(
      [Feature("port_code")], [labels.indices.map { segments[$0] == "postpaid" ? labels[$0] : Double.nan }])
    func suspects(_ segments: [String]?) -> [LeakageGuard.Single] {
      LeakageGuard.suspects(
        table, labels: labels, segments: segments, maximum: 0.95, threads: WorkerThreads(count: 2))
    }
    #expect(suspects(nil) == [])
    #expect(suspects(segments) == [.init(feature: "port_code", auc: 1, form: .values, segment: "postpaid")])
    let error = #expect(throws: LearningError.self) {
      try LeakageGuard.check(
        table, labels: labels, segments: segments, maximum: 0.95, threads: WorkerThreads(count: 2))
    }
    #expect(error?.message.contains("port_code (1.0000 by its values within postpaid)") == true)
    // So few say nothing.
    #expect(suspects(labels.indices.map { $0 < 40 ? "postpaid" : "prepaid" }) == [])
  }

  @Test func `the error names feature, AUC and way`() {
    let labels = TrainingRows(500).labels
    let table = FeatureTable([Feature("gone")], [labels.map { $0 > 0.5 ? Double.nan : 0 }])
    let error = #expect(throws: LearningError.self) {
      try LeakageGuard.check(table, labels: labels, maximum: 0.9, threads: WorkerThreads(count: 1))
    }
    #expect(error?.message.contains("gone (1.0000 by being missing)") == true)
  }

  @Test func `dates, instants and excluded columns never become features`() {
    let table = FactTables.table(
      Schema([
        ColumnField("subscription_id", .int64), ColumnField("termination_date", .date, isNullable: true),
        ColumnField("seen_at", .timestamp), ColumnField("tenure_days", .int32), ColumnField("region", .string),
        ColumnField("is_roaming", .bool, isNullable: true), ColumnField("trend", .double),
      ]),
      [["region": .text("north"), "is_roaming": .flag(true), "trend": .real(2)], ["region": .text("east")]])
    let features = FeatureTable(learning: table, excluding: ["subscription_id"], threads: 2)
    #expect(features.features.map(\.name) == ["tenure_days", "region", "is_roaming", "trend"])
    #expect(features.features[1].levels == ["east", "north"])
    #expect(features.columns[1] == [1, 0])
    #expect(features.columns[2][0] == 1 && features.columns[2][1].isNaN)
  }

  @Test func `a table without a column of the model is refused, an unknown level is missing`() throws {
    let schema = Schema([ColumnField("region", .string)])
    let table = FactTables.table(schema, [["region": .text("lake")], ["region": .text("north")]])
    let features = try FeatureTable(table, features: [Feature("region", levels: ["north"])], threads: 1)
    #expect(features.columns[0][0].isNaN)
    #expect(features.columns[0][1] == 0)
    for feature in [Feature("absent"), Feature("region")] {
      let error = #expect(throws: LearningError.self) { try FeatureTable(table, features: [feature], threads: 1) }
      #expect(error?.code == .missingColumn)
    }
  }
}
