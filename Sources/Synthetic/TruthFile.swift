import Calendar
import Columns
import Delivery

/// The file of the truth: one row a subscription of the active base and as-of day.
enum TruthFile {
  /// The columns, with what they mean.
  static let schema = Schema([
    ColumnField("subscription", .string, "Operator's key of the subscription."),
    ColumnField("as_of", .date, "Day at whose end the truth holds."),
    ColumnField("payment_type", .string, "prepaid or postpaid."),
    ColumnField(
      "probability_30d", .double, "True probability of voluntary churn within 30 days, latents known, standing held."),
    ColumnField(
      "best_observable_30d", .double, "The same, integrated over the latents given simple emitted evidence."),
    ColumnField("value_e4", .int64, "Discounted expected margin of 24 periods of 30 days, in 1/10,000 of the unit."),
    ColumnField(
      "voluntary_end", .date, isNullable: true, "Day of the next voluntary decision to leave within the run."),
  ])

  static func write(_ rows: [TruthRow], world: World, to path: String) throws {
    if path.hasSuffix(".parquet") {
      try ParquetFile.write(table(rows, world), to: path)
    } else {
      try ByteFile.write([text(rows, world).bytes], to: path)
    }
  }

  private static func table(_ rows: [TruthRow], _ world: World) -> Table {
    func key(_ id: Int) -> String {
      var text = RowText()
      text.key("S", id)
      return String(decoding: text.bytes, as: UTF8.self)
    }
    return Table(
      schema,
      [
        .string(TypedColumn(rows.map { key($0.subscriptionID) })),
        .date(TypedColumn(rows.map { world.date($0.day).rawValue })),
        .string(TypedColumn(rows.map { $0.isPrepaid ? "prepaid" : "postpaid" })),
        .double(TypedColumn(rows.map(\.probability))),
        .double(TypedColumn(rows.map(\.bestObservable))),
        .int64(TypedColumn(rows.map { Int64($0.valueE4) })),
        .date(TypedColumn(optionals: rows.map { $0.decisionDay.map { world.date($0).rawValue } }, placeholder: 0)),
      ])
  }

  private static func text(_ rows: [TruthRow], _ world: World) -> RowText {
    var text = RowText()
    text.add(schema.fields.map(\.name).joined(separator: ","))
    text.newline()
    for row in rows {
      text.key("S", row.subscriptionID)
      text.comma()
      text.day(world.date(row.day))
      text.field(row.isPrepaid ? "prepaid" : "postpaid")
      text.field("\(row.probability)")
      text.field("\(row.bestObservable)")
      text.field(row.valueE4)
      text.comma()
      if let day = row.decisionDay { text.day(world.date(day)) }
      text.newline()
    }
    return text
  }
}
