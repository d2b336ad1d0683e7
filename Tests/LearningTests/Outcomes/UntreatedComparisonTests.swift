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
    try home.twin()
    guard case .published(let entry, _) = try home.score() else {
      Issue.record("nothing was scored")
      return
    }
    let scores = try ParquetFile.read(home.home.url(entry.products[0].name))
    let (ids, predicted) = (
      try scores.int64("subscription_id").values, try scores.double("churn_probability").values
    )
    /// A truth of `share` times what was predicted, for every row of the night, and nonsense for another day.
    func compared(_ share: Double) throws -> UntreatedComparison {
      let path = "/tmp/nightjar-untreated-\(getpid())-\(share).parquet"
      defer { unlink(path) }
      let schema = Schema([
        ColumnField("subscription_id", .int64), ColumnField("as_of", .date), ColumnField("payment_type", .string),
        ColumnField("probability_30d", .double),
      ])
      let night = MiniOperator.night.rawValue
      let days = ids.map { _ in night } + ids.map { _ in night - 14 }
      let types = (ids + ids).map { $0 % 2 == 0 ? "prepaid" : "postpaid" }
      let probabilities = predicted.map { $0 * share } + ids.map { _ in 0.9 }
      try ParquetFile.write(
        Table(
          schema,
          [
            .int64(TypedColumn(ids + ids)), .date(TypedColumn(days)), .string(TypedColumn(types)),
            .double(TypedColumn(probabilities)),
          ]), to: path)
      return try UntreatedComparison(home: home.home, night: MiniOperator.night, truthPath: path)
    }
    let right = try compared(0.95)
    #expect(right.holds)
    #expect(right.rows.map(\.group) == ["pooled", "pooled", "prepaid", "prepaid", "postpaid", "postpaid"])
    #expect(right.rows.allSatisfy { abs($0.ratio - 1 / 0.95) < 1e-9 })
    #expect(right.rows[0].rows == ids.count && right.rows[1].rows == ids.count / 10)
    #expect(right.rows[1].predicted > 1.5 * right.rows[0].predicted)
    #expect(try !compared(0.8).holds)
    #expect(try !compared(1.2).holds)
    #expect(throws: LearningError.self) {
      try UntreatedComparison(home: home.home, night: MiniOperator.night - 1, truthPath: "/nonexistent")
    }
  }
}
