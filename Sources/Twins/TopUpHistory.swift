import Columns
import Datasets

/// Top-ups and balances by subscription, and the fields that come from them.
///
/// Rows of one top-up speak of the same thing, and the newest holds; so does the newest balance.
struct TopUpHistory: Sendable {
  static let topUpColumns = ["subscription_id"] + FactOrder.columns + ["top_up_id", "amount_e4"]
  static let balanceColumns = ["subscription_id"] + FactOrder.columns + ["balance_e4", "bundle_expiry_date"]

  private let topUps: RowsByRank
  private let topUpOrder: FactOrder
  private let ids: [Int64]
  private let amounts: [Int64]
  private let balanceRanks: [Int32]
  private let balanceOrder: FactOrder
  private let balances: [Int64]
  private let expiries: TypedColumn<Int32>
  private let rankCount: Int

  init(topUps table: Table, balances balanceTable: Table, _ index: DenseIndex) throws(ColumnsError) {
    let order = try FactOrder(table)
    let ids = try table.int64("top_up_id").values
    topUps = RowsByRank(
      ranks: index.ranks(of: try table.int64("subscription_id").values), rankCount: index.count
    ) { ids[$0] != ids[$1] ? ids[$0] < ids[$1] : order.precedes($0, $1) }
    topUpOrder = order
    self.ids = ids
    amounts = try table.int64("amount_e4").values
    balanceRanks = index.ranks(of: try balanceTable.int64("subscription_id").values)
    balanceOrder = try FactOrder(balanceTable)
    balances = try balanceTable.int64("balance_e4").values
    expiries = try balanceTable.date("bundle_expiry_date")
    rankCount = index.count
  }

  private struct Purse {
    var counts: [3 of Int32] = [0, 0, 0]
    var sums: [3 of Int64] = [0, 0, 0]
    var age: Int?
  }

  /// The columns of top-ups and balances.
  func columns(_ scene: TwinScene) -> [String: Column] {
    let purses = scene.ranks.map { purse($0, at: scene.moment) }
    let topUpDays = scene.completeDays.count(.topUps)
    var columns: [String: Column] = [:]
    for (window, days) in Windows.lengths.enumerated() {
      let isKnown = topUpDays >= days
      columns["topup_count_\(days)d"] = .int32(scene.column(0, knownIf: isKnown) { purses[$0].counts[window] })
      columns["topup_e4_\(days)d"] = .int64(scene.column(0, knownIf: isKnown) { purses[$0].sums[window] })
    }
    columns["days_since_last_topup"] = scene.recency(topUpDays) { purses[$0].age }
    let newest = newestBalances(scene.moment)
    let balanceDays = scene.completeDays.count(.balances)
    /// The balance row of a twin's row, where nothing newer can be missing.
    func balanceRow(_ row: Int) -> Int? {
      let found = Int(newest[Int(scene.ranks[row])])
      guard found >= 0 else { return nil }
      let age = scene.moment.age(balanceOrder.eventDates[found])
      return age < Windows.longest && age <= balanceDays ? found : nil
    }
    columns["balance_e4"] = .int64(scene.column(0) { balanceRow($0).map { balances[$0] } })
    columns["bundle_days_left"] = .int32(
      scene.column(0) { row in
        balanceRow(row).flatMap { expiries[$0] }.map { Int32(-scene.moment.age($0)) }
      })
    return columns
  }

  private func purse(_ rank: Int32, at moment: TwinMoment) -> Purse {
    var purse = Purse()
    var pending: Int?
    func count(_ row: Int) {
      let age = moment.age(topUpOrder.eventDates[row])
      purse.age = min(purse.age ?? age, age)
      for (window, days) in Windows.lengths.enumerated() where age < days {
        purse.counts[window] += 1
        purse.sums[window] &+= amounts[row]
      }
    }
    for position in topUps.group(rank) {
      let row = topUps.row(position)
      guard topUpOrder.isSeen(row, moment) else { continue }
      if let pending, ids[pending] != ids[row] { count(pending) }
      pending = row
    }
    if let pending { count(pending) }
    return purse
  }

  /// The newest balance row that the moment sees, a rank; -1 where there is none.
  private func newestBalances(_ moment: TwinMoment) -> [Int32] {
    var newest = [Int32](repeating: -1, count: rankCount)
    for (row, rank) in balanceRanks.enumerated() where rank >= 0 && balanceOrder.isSeen(row, moment) {
      let found = Int(newest[Int(rank)])
      if found < 0 || !balanceOrder.precedes(row, found) { newest[Int(rank)] = Int32(row) }
    }
    return newest
  }
}
