import Calendar
import Columns
import Datasets

/// Bills and payments by subscription, and the fields that come from them.
///
/// Rows of one bill or payment speak of the same thing, and the newest holds. Payments are applied in order of day and
/// id: one that names a bill of the window pays that bill; one that names none pays the open bills issued by its day,
/// the one due first before the others; one that names a bill outside of the window pays none. What is left over is
/// not carried on.
///
/// A class, since the closures of every account would otherwise copy, and retain, its ten columns.
final class BillingHistory: Sendable {
  static let billColumns =
    ["subscription_id"] + FactOrder.columns + ["bill_id", "due_date", "amount_e4"]
  static let paymentColumns =
    ["subscription_id"] + FactOrder.columns + ["payment_id", "bill_id", "amount_e4", "is_failed"]

  private let bills: RowsByRank
  private let billOrder: FactOrder
  private let billIDs: [Int64]
  private let dueDates: [Int32]
  private let billAmounts: [Int64]
  private let payments: RowsByRank
  private let paymentOrder: FactOrder
  private let paymentIDs: [Int64]
  private let paidBills: TypedColumn<Int64>
  private let paymentAmounts: [Int64]
  private let failures: [Bool]

  init(bills billTable: Table, payments paymentTable: Table, _ index: DenseIndex) throws(ColumnsError) {
    let billOrder = try FactOrder(billTable)
    let billIDs = try billTable.int64("bill_id").values
    bills = RowsByRank(
      ranks: index.ranks(of: try billTable.int64("subscription_id").values), rankCount: index.count
    ) { billIDs[$0] != billIDs[$1] ? billIDs[$0] < billIDs[$1] : billOrder.precedes($0, $1) }
    self.billOrder = billOrder
    self.billIDs = billIDs
    dueDates = try billTable.date("due_date").values
    billAmounts = try billTable.int64("amount_e4").values

    let paymentOrder = try FactOrder(paymentTable)
    let paymentIDs = try paymentTable.int64("payment_id").values
    payments = RowsByRank(
      ranks: index.ranks(of: try paymentTable.int64("subscription_id").values), rankCount: index.count
    ) { paymentIDs[$0] != paymentIDs[$1] ? paymentIDs[$0] < paymentIDs[$1] : paymentOrder.precedes($0, $1) }
    self.paymentOrder = paymentOrder
    self.paymentIDs = paymentIDs
    paidBills = try paymentTable.int64("bill_id")
    paymentAmounts = try paymentTable.int64("amount_e4").values
    failures = try paymentTable.bool("is_failed").values
  }

  /// What one subscription was billed and paid within 91 days.
  private struct Account {
    var billCount: Int32 = 0
    /// Bills issued in the last 28 days.
    var monthBillCount: Int64 = 0
    var last: Int64?
    var mean: Int64?
    var shock: Double?
    var arrears: Int64 = 0
    var lateCount: Int32 = 0
    var failedCount: Int32 = 0
    var paymentAge: Int?
  }

  /// The columns of bills and payments, and the number of bills of the last 28 days a row.
  func columns(_ scene: TwinScene) -> (columns: [String: Column], monthBillCounts: [Int64]) {
    let accounts = scene.ranks.map { account($0, at: scene.moment) }
    let billDays = scene.completeDays.count(.bills)
    let paymentDays = scene.completeDays.count(.payments)
    let areBillsKnown = billDays >= Windows.longest
    let arePaymentsKnown = paymentDays >= Windows.longest
    let areBothKnown = areBillsKnown && arePaymentsKnown
    let columns: [String: Column] = [
      "bill_count_91d": .int32(scene.column(0, knownIf: areBillsKnown) { accounts[$0].billCount }),
      "bill_last_e4": .int64(scene.column(0, knownIf: areBillsKnown) { accounts[$0].last }),
      "bill_mean_91d_e4": .int64(scene.column(0, knownIf: areBillsKnown) { accounts[$0].mean }),
      "bill_shock": .double(scene.column(0, knownIf: areBillsKnown) { accounts[$0].shock }),
      "arrears_e4": .int64(scene.column(0, knownIf: areBothKnown) { accounts[$0].arrears }),
      "late_payment_count_91d": .int32(scene.column(0, knownIf: areBothKnown) { accounts[$0].lateCount }),
      "failed_payment_count_91d": .int32(scene.column(0, knownIf: arePaymentsKnown) { accounts[$0].failedCount }),
      "days_since_last_payment": scene.recency(paymentDays) { accounts[$0].paymentAge },
    ]
    return (columns, accounts.map(\.monthBillCount))
  }

  private func account(_ rank: Int32, at moment: TwinMoment) -> Account {
    var account = Account()
    let issued = newestRows(bills, rank, billIDs, billOrder, moment).sorted { a, b in
      billOrder.eventDates[a] != billOrder.eventDates[b]
        ? billOrder.eventDates[a] < billOrder.eventDates[b] : billIDs[a] < billIDs[b]
    }
    account.billCount = Int32(issued.count)
    account.monthBillCount = issued.reduce(into: 0) { $0 += moment.age(billOrder.eventDates[$1]) < 28 ? 1 : 0 }
    if let last = issued.last {
      let sum = issued.reduce(Int64(0)) { $0 &+ billAmounts[$1] }
      account.last = billAmounts[last]
      account.mean = sum / Int64(issued.count)
      let before = sum &- billAmounts[last]
      if issued.count > 1, before > 0 {
        account.shock = Double(billAmounts[last]) / (Double(before) / Double(issued.count - 1))
      }
    }
    let made = newestRows(payments, rank, paymentIDs, paymentOrder, moment)
    account.failedCount = Int32(made.count { failures[$0] })
    let paid = made.filter { !failures[$0] }.sorted { a, b in
      paymentOrder.eventDates[a] != paymentOrder.eventDates[b]
        ? paymentOrder.eventDates[a] < paymentOrder.eventDates[b] : paymentIDs[a] < paymentIDs[b]
    }
    account.paymentAge = paid.last.map { moment.age(paymentOrder.eventDates[$0]) }
    settle(issued, paid, at: moment, &account)
    return account
  }

  /// The newest row that the moment sees of each id, of those dated within 91 days.
  private func newestRows(
    _ rows: RowsByRank, _ rank: Int32, _ ids: [Int64], _ order: FactOrder, _ moment: TwinMoment
  ) -> [Int] {
    var newest: [Int] = []
    for position in rows.group(rank) {
      let row = rows.row(position)
      guard order.isSeen(row, moment) else { continue }
      if let last = newest.last, ids[last] == ids[row] { newest.removeLast() }
      newest.append(row)
    }
    return newest.filter { moment.age(order.eventDates[$0]) < Windows.longest }
  }

  /// Applies payments to bills and counts what is overdue and what was late.
  private func settle(_ issued: [Int], _ paid: [Int], at moment: TwinMoment, _ account: inout Account) {
    let owed = issued.filter { billAmounts[$0] > 0 }.sorted { a, b in
      dueDates[a] != dueDates[b] ? dueDates[a] < dueDates[b] : billIDs[a] < billIDs[b]
    }
    var open = owed.map { billAmounts[$0] }
    var openWhenDue = open
    for payment in paid {
      var left = paymentAmounts[payment]
      let date = paymentOrder.eventDates[payment]
      for number in owed.indices where left > 0 {
        let bill = owed[number]
        if let named = paidBills[payment] {
          guard named == billIDs[bill] else { continue }
        } else if billOrder.eventDates[bill] > date {
          continue
        }
        let part = min(left, open[number])
        left -= part
        open[number] -= part
        if date <= dueDates[bill] { openWhenDue[number] -= part }
      }
    }
    for number in owed.indices where dueDates[owed[number]] < moment.asOf.rawValue {
      account.arrears &+= open[number]
      if openWhenDue[number] > 0 { account.lateCount += 1 }
    }
  }
}
