import Calendar
import Columns
import Delivery
import Vault

/// The file of the truth: one row a subscription of the active base and as-of day.
struct TruthFile {
  /// The rows, in the order of the file.
  let rows: [TruthRow]
  let world: World
  /// The key of the home whose pseudonyms the file names, too.
  let key: PseudonymKey?

  /// The columns, with what they mean.
  private static let fields = [
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
  ]
  /// The further columns of a world whose customers respond to contacts.
  private static let responseFields =
    [
      ColumnField(
        "probability_now_30d", .double,
        "True probability with what past contacts still do, and no contact from the day on."),
      ColumnField(
        "probability_untreated_30d", .double, isNullable: true,
        "True probability where campaigns and their effects end with the day; missing for the run's last 30 days."
      ),
      ColumnField("response_type", .string, "persuadable, sleeping-dog or indifferent to contacts."),
    ]
    + OperatorLaw.Responses.offers.map {
      ColumnField(
        "effect_\($0.name.replacing("-", with: "_"))_30d", .double,
        "What a contact of the day by sms with that offer would add to probability_now_30d.")
    }
  private static let pseudonym = ColumnField("subscription_id", .int64, "Pseudonym of the subscription in the home.")

  private var hasResponses: Bool { world.settings.responses != .none }

  private var schema: Schema {
    Schema(
      TruthFile.fields + (hasResponses ? TruthFile.responseFields : []) + (key == nil ? [] : [TruthFile.pseudonym]))
  }

  /// Writes Parquet where the name ends so, else CSV.
  func write(to path: String) throws {
    if path.hasSuffix(".parquet") {
      try ParquetFile.write(table, to: path)
    } else {
      try ByteFile.write([text.bytes], to: path)
    }
  }

  private func operatorKey(_ row: TruthRow) -> String {
    var text = RowText()
    text.key("S", row.subscriptionID)
    return String(decoding: text.bytes, as: UTF8.self)
  }

  private var table: Table {
    let keys = rows.map(operatorKey)
    var columns: [Column] = [
      .string(TypedColumn(keys)),
      .date(TypedColumn(rows.map { world.date($0.day).rawValue })),
      .string(TypedColumn(rows.map { $0.isPrepaid ? "prepaid" : "postpaid" })),
      .double(TypedColumn(rows.map(\.probability))),
      .double(TypedColumn(rows.map(\.bestObservable))),
      .int64(TypedColumn(rows.map { Int64($0.valueE4) })),
      .date(TypedColumn(optionals: rows.map { $0.decisionDay.map { world.date($0).rawValue } }, placeholder: 0)),
    ]
    if hasResponses {
      columns.append(.double(TypedColumn(rows.map(\.probabilityNow))))
      columns.append(.double(TypedColumn(optionals: rows.map(\.probabilityUntreated), placeholder: 0)))
      columns.append(.string(TypedColumn(rows.map { $0.response?.kind ?? "" })))
      for offer in OperatorLaw.Responses.offers.indices {
        columns.append(.double(TypedColumn(rows.map { $0.response?.effects[offer] ?? 0 })))
      }
    }
    if let key { columns.append(.int64(TypedColumn(keys.map { key.pseudonym(.subscription, $0) }))) }
    return Table(schema, columns)
  }

  private var text: RowText {
    var text = RowText()
    text.add(schema.fields.map(\.name).joined(separator: ","))
    text.newline()
    for row in rows {
      let operatorKey = operatorKey(row)
      text.add(operatorKey)
      text.comma()
      text.day(world.date(row.day))
      text.field(row.isPrepaid ? "prepaid" : "postpaid")
      text.field("\(row.probability)")
      text.field("\(row.bestObservable)")
      text.field(row.valueE4)
      text.comma()
      if let day = row.decisionDay { text.day(world.date(day)) }
      if hasResponses {
        text.field("\(row.probabilityNow)")
        text.field(row.probabilityUntreated.map { "\($0)" } ?? "")
        text.field(row.response?.kind ?? "")
        for effect in row.response?.effects ?? [] { text.field("\(effect)") }
      }
      if let key { text.field("\(key.pseudonym(.subscription, operatorKey))") }
      text.newline()
    }
    return text
  }
}
