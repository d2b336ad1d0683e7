import Calendar
import Columns
import Datasets
import Testing
import Vault

@Suite struct OrdersTests {
  private static let feed = """
    kind: orders
    files: "orders_*.csv"
    zone: Europe/Berlin
    reject-threshold: 0.9
    columns:
      order: {from: order}
      subscription: {from: line}
      changed_at: {from: changed, format: "yyyy-MM-dd HH:mm:ss"}
      placed_at: {from: placed, format: "yyyy-MM-dd HH:mm:ss"}
      status: {from: status, values: {WAIT: on-hold, NEW: placed, OK: completed}}
      kind: {from: kind}
      queue: {from: team}
      promised_date: {from: promised, format: "dd.MM.yyyy"}
    """

  /// The facts of a file, a line each, without delivery.
  private func facts(_ world: borrowing IngestWorld) throws -> [String] {
    let table = try world.table(.orders)
    return try (0..<table.rowCount).map { row in
      func day(_ name: String) throws -> String { try table.date(name)[row].map { "\(Day(rawValue: $0))" } ?? "-" }
      func text(_ name: String) throws -> String { try table.string(name)[row] ?? "-" }
      return try [
        day("event_date"), day("known_date"), day("placed_date"), text("status"), text("kind"), text("queue"),
        day("promised_date"),
      ].joined(separator: " ")
    }
  }

  @Test func `each change of an order is a fact of its local day`() throws {
    let world = try IngestWorld()
    try world.feed("orders", Self.feed)
    try world.deliver(
      "orders_1.csv",
      """
      order,line,changed,placed,status,kind,team,promised
      O-1,S-1,2026-11-20 09:00:00,2026-11-20 09:00:00,NEW,device,sales,24.11.2026
      O-1,S-1,2026-11-21 00:30:00,2026-11-20 09:00:00,WAIT,device,,24.11.2026
      O-1,S-1,2026-11-22 08:00:00,2026-11-20 09:00:00,OK,device,logistics,

      """)
    try world.night("2026-11-22")
    #expect(
      try facts(world) == [
        "2026-11-20 2026-11-22 2026-11-20 placed device sales 2026-11-24",
        "2026-11-21 2026-11-22 2026-11-20 on-hold device - 2026-11-24",
        "2026-11-22 2026-11-22 2026-11-20 completed device logistics -",
      ])
    let orders = try world.table(.orders)
    #expect(try Set(orders.int64("order_id").values) == [world.key().pseudonym(.order, "O-1")])
    #expect(try Set(orders.int64("subscription_id").values) == [world.key().pseudonym(.subscription, "S-1")])
  }

  @Test func `rows that tell of no order are rejected, their neighbours stay`() throws {
    let world = try IngestWorld()
    try world.feed("orders", Self.feed)
    try world.deliver(
      "orders_1.csv",
      """
      order,line,changed,placed,status,kind,team,promised
      O-1,S-1,2026-11-21 09:00:00,2026-11-20 09:00:00,NEW,device,sales,24.11.2026
      ,S-1,2026-11-21 09:00:00,2026-11-20 09:00:00,NEW,device,sales,24.11.2026
      O-2,,2026-11-21 09:00:00,2026-11-20 09:00:00,NEW,device,sales,24.11.2026
      O-3,S-1,2026-11-21 09:00:00,2026-11-22 09:00:00,NEW,device,sales,24.11.2026
      O-4,S-1,2026-11-21 09:00:00,2026-11-20 09:00:00,LOST,device,sales,24.11.2026
      O-5,S-1,2026-11-21 09:00:00,2026-11-20 09:00:00,NEW,toaster,sales,24.11.2026
      O-6,S-1,2026-11-21 09:00:00,,NEW,device,sales,24.11.2026
      O-7,S-1,2026-11-21 09:00:00,2026-11-20 09:00:00,NEW,device,sales,31.02.2026
      O-8,S-1,2026-11-23 09:00:00,2026-11-20 09:00:00,NEW,device,sales,24.11.2026

      """)
    try world.night("2026-11-22")
    #expect(try facts(world) == ["2026-11-21 2026-11-22 2026-11-20 placed device sales 2026-11-24"])
    let codes = try world.rejectCodes()
    #expect(
      codes == [
        "missing-value", "missing-value", "bad-period", "unknown-value", "unknown-value", "missing-value",
        "wrong-type", "out-of-window",
      ], "in the order of the rows: \(codes)")
  }
}
