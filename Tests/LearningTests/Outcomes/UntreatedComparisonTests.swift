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
    func compared(_ share: Double) throws -> UntreatedComparison {
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
      return try UntreatedComparison(home: home.home, truthPath: path)
    }
    let right = try compared(0.95)
    #expect(right.holds)
    #expect(right.rows.map(\.group) == ["pooled", "pooled", "prepaid", "prepaid", "postpaid", "postpaid"])
    #expect(right.rows.allSatisfy { abs($0.ratio - 1 / 0.95) < 1e-9 })
    #expect(right.rows[0].rows == ids.count && right.rows[1].rows == ids.count / 10)
    #expect(right.rows[1].predicted > 1.5 * right.rows[0].predicted)
    #expect(try !compared(0.8).holds)
    #expect(try !compared(1.2).holds)
  }
}
