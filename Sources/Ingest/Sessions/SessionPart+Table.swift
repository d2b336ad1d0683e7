import Calendar
import Columns
import Datasets
import Ledger

extension SessionPart {
  /// The table of one delivery's parts, in their order.
  static func table(_ deliveries: [(delivery: Int64, parts: [SessionPart])]) -> Table {
    let parts = deliveries.flatMap(\.parts)
    let ids = deliveries.flatMap { entry in entry.parts.map { _ in entry.delivery } }
    func number(_ path: KeyPath<SessionPart, Int64>) -> Column { .int64(TypedColumn(parts.map { $0[keyPath: path] })) }
    return Table(
      Dataset.sessionParts.schema,
      [
        number(\.session), number(\.position), .date(TypedColumn(parts.map(\.day))),
        .date(TypedColumn(parts.map(\.known))), .int64(TypedColumn(ids)), number(\.owner),
        .int32(TypedColumn(parts.map(\.marks))), number(\.seconds), number(\.downBytes), number(\.upBytes),
        number(\.chargeE4),
      ])
  }

  /// The parts that a table holds.
  static func read(_ table: Table) throws(ColumnsError) -> [SessionPart] {
    let (names, positions) = (try table.int64("session").values, try table.int64("position").values)
    let (days, knowns) = (try table.date("event_date").values, try table.date("known_date").values)
    let (owners, marks) = (try table.int64("subscription_id").values, try table.int32("marks").values)
    let (seconds, charges) = (try table.int64("seconds").values, try table.int64("charge_e4").values)
    let (downs, ups) = (try table.int64("down_bytes").values, try table.int64("up_bytes").values)
    return names.indices.map { row in
      SessionPart(
        session: names[row], position: positions[row], day: days[row], known: knowns[row], owner: owners[row],
        marks: marks[row], seconds: seconds[row], downBytes: downs[row], upBytes: ups[row], chargeE4: charges[row])
    }
  }

  /// Gives the parts of some sessions that nights from `first` on brought for a feed, with their deliveries and nights.
  ///
  /// Read batch by batch: of a night's parts only those of the sessions stay in memory.
  static func forEach(
    _ home: Home, _ products: [Product], since first: Day, of sessions: Set<Int64>,
    _ body: (SessionPart, _ delivery: Int64, _ night: Day) -> Void
  ) throws {
    for product in products {
      guard let night = product.partition["date"].flatMap({ Day($0) }), night >= first else { continue }
      try ParquetFile.forEachBatch(of: home.url(product.name)) { batch in
        let isWanted = try batch.int64("session").values.map { sessions.contains($0) }
        guard isWanted.contains(true) else { return }
        let rows = batch.rows(where: isWanted)
        for (part, delivery) in zip(try read(rows), try rows.int64("delivery_id").values) {
          body(part, delivery, night)
        }
      }
    }
  }
}
