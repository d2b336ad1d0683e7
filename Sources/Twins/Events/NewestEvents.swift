package import Columns
package import Parallelism

/// What is needed of facts of which only a subscription's newest one holds, such as balances: a row a subscription and moment,
/// of the many that the nights have brought.
package enum NewestEvents {
  /// Tasks of a table; each has the subscriptions of some shards.
  private static let taskCount = 16

  /// The rows of each table that hold at some moment, in their order. O(rows × moments).
  package static func kept(_ tables: [Table], at moments: [TwinMoment], _ workers: WorkerThreads) throws -> [Table] {
    let ids = try tables.map { try $0.int64("subscription_id").values }
    let orders = try tables.map { try FactOrder($0) }
    let found = try workers.map(taskCount: taskCount) { task in
      moments.flatMap { newest(ids, orders, at: $0, task: task) }
    }
    var rows: [[Int]] = tables.map { _ in [] }
    for place in found.joined() { rows[Int(place.table)].append(Int(place.row)) }
    return try workers.map(taskCount: tables.count) { [rows] number in
      var kept: [Int] = []
      for row in rows[number].sorted() where row != kept.last { kept.append(row) }
      return tables[number].rows(at: kept)
    }
  }

  private struct Place {
    let table: Int32
    let row: Int32
  }

  /// The newest row that a moment sees of each subscription of a task; of equal ones, the last.
  private static func newest(
    _ ids: [[Int64]], _ orders: [FactOrder], at moment: TwinMoment, task: Int
  ) -> [Place] {
    var places: [Place] = []
    var placeOf: [Int64: Int] = [:]
    for (table, order) in orders.enumerated() {
      let ids = ids[table]
      for row in ids.indices where Int(UInt64(bitPattern: ids[row]) >> 55) % taskCount == task {
        guard order.isSeen(row, moment) else { continue }
        let place = Place(table: Int32(table), row: Int32(row))
        if let known = placeOf[ids[row]] {
          let best = places[known]
          if !order.precedes(row, orders[Int(best.table)], Int(best.row)) { places[known] = place }
        } else {
          placeOf[ids[row]] = places.count
          places.append(place)
        }
      }
    }
    return places
  }
}
