import Calendar
import Columns
import Glibc
import Learning
import Ledger
import Testing

@Suite struct UntreatedComparisonTests {
  @Test func `the riskiest tenth is held against the truth of the same subscriptions and day`() throws {
    let home = try MiniOperator()
    _ = try home.train()
    let model = try #require(ModelVersion.newest(try home.state))
    let predictions = try ParquetFile.read(home.home.url(model.product("predictions").name))
    let (ids, predicted) = (
      try predictions.int64("subscription_id").values, try predictions.double("gradient_probability").values
    )
    let asOf = try predictions.date("as_of").values
    /// A truth of `share` times what was predicted, for every row of the test date, and nonsense for another day.
    func compared(_ share: Double, version: String? = nil) throws -> UntreatedComparison {
      let path = "/tmp/nightjar-untreated-\(getpid())-\(share).parquet"
      defer { unlink(path) }
      let schema = Schema([
        ColumnField("subscription_id", .int64), ColumnField("as_of", .date),
        ColumnField("probability_untreated_30d", .double, isNullable: true),
      ])
      let days = asOf + asOf.map { $0 - 14 }
      let probabilities = predicted.map { $0 * share } + ids.map { _ in 0.9 }
      try ParquetFile.write(
        Table(
          schema,
          [
            .int64(TypedColumn(ids + ids)), .date(TypedColumn(days)), .double(TypedColumn(probabilities)),
          ]), to: path)
      return try UntreatedComparison(home: home.home, version: version, truthPath: path)
    }
    let right = try compared(0.95)
    #expect(right.holds)
    #expect(right.rows.map(\.group) == ["pooled", "pooled", "prepaid", "prepaid", "postpaid", "postpaid"])
    #expect(right.rows.allSatisfy { abs($0.ratio - 1 / 0.95) < 1e-9 })
    #expect(right.rows[0].rows == ids.count && right.rows[1].rows == ids.count / 10)
    #expect(right.rows[1].predicted > 1.5 * right.rows[0].predicted)
    #expect(try !compared(0.8).holds)
    #expect(try !compared(1.2).holds)
    #expect(right.ratios == "pooled 1.053, prepaid 1.053, postpaid 1.053")

    // The champion is judged, not the newest version; and no version of another horizon than the truth's.
    _ = try home.train(
      MiniOperator.churn([("horizon-days: 30", "horizon-days: 15"), ("minimum-positives: 10", "minimum-positives: 1")]),
      registry: MiniOperator.registry([("minimum-auc: 0.5,", "minimum-auc: 1,")]), night: MiniOperator.night + 1,
      isForced: true)
    #expect(ModelVersion.newest(try home.state)?.number == 2)
    #expect(try compared(0.95).rows == right.rows)
    #expect(try compared(0.95, version: "v0001").rows == right.rows)
    #expect(throws: LearningError.self) { try compared(0.95, version: "v0003") }
    let other = #expect(throws: LearningError.self) { try compared(0.95, version: "v0002") }
    #expect(other?.code == .otherHorizon && other?.exitStatus == 65)

    // What the log did not sign is not judged.
    let file = try home.home.url(model.product("predictions").name)
    try SystemCalls.unlink(file)
    try SystemCalls.writeFile(file, Array("PAR1".utf8))
    let damaged = #expect(throws: LearningError.self) { try compared(0.95) }
    #expect(damaged?.code == .damagedModel)
  }
}
