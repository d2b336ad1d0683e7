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

  /// The parts of some sessions that nights from `first` on brought for a feed.
  static func load(
    _ home: Home, _ products: [Product], feed: String, since first: String, of sessions: Set<Int64>
  ) throws -> [SessionPart] {
    var parts: [SessionPart] = []
    for product in products
    where product.name.contains("/from=\(feed)/") && (product.partition["date"] ?? "") >= first {
      // Batch by batch: of a night's parts only those of the sessions stay in memory.
      try ParquetFile.forEachBatch(of: home.url(product.name)) { batch in
        let names = try batch.int64("session").values
        let rows = names.indices.filter { sessions.contains(names[$0]) }
        guard !rows.isEmpty else { return }
        let positions = try batch.int64("position").values
        let (days, knowns) = (try batch.date("event_date").values, try batch.date("known_date").values)
        let (owners, marks) = (try batch.int64("subscription_id").values, try batch.int32("marks").values)
        let (seconds, charges) = (try batch.int64("seconds").values, try batch.int64("charge_e4").values)
        let (downs, ups) = (try batch.int64("down_bytes").values, try batch.int64("up_bytes").values)
        for row in rows {
          parts.append(
            SessionPart(
              session: names[row], position: positions[row], day: days[row], known: knowns[row], owner: owners[row],
              marks: marks[row], seconds: seconds[row], downBytes: downs[row], upBytes: ups[row],
              chargeE4: charges[row]))
        }
      }
    }
    return parts
  }
}
