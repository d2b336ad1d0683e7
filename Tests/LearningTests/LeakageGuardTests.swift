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
    #expect(found.map(\.feature) == ["missing", "falling"])
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
