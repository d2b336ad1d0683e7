import Calendar
import Columns
import Datasets

/// The fields of bills and payments that take both, or more than one bill.
///
/// Payments are applied in order of day and id: one that names a bill of the window pays that bill; one that names none pays
/// the open bills issued by its day, the one due first before the others; one that names a bill outside of the window pays
/// none. What is left over is not carried on.
///
/// A class, since the closures of every account would otherwise copy, and retain, its columns.
final class BillingRules: Sendable {
  static let billColumns = EventHistory.columns(.bills) + ["due_date", "amount_e4"]
  static let paymentColumns = EventHistory.columns(.payments) + ["bill_id", "amount_e4", "is_failed"]

  private let billDates: [Int32]
  private let billIDs: [Int64]
  private let dueDates: [Int32]
  private let billAmounts: [Int64]
  private let paymentDates: [Int32]
  private let paymentIDs: [Int64]
  private let paidBills: TypedColumn<Int64>
  private let paymentAmounts: [Int64]
  private let failures: [Bool]

  init(bills: Table, payments: Table) throws(ColumnsError) {
    billDates = try bills.date("event_date").values
    billIDs = try bills.int64("bill_id").values
    dueDates = try bills.date("due_date").values
    billAmounts = try bills.int64("amount_e4").values
    paymentDates = try payments.date("event_date").values
    paymentIDs = try payments.int64("payment_id").values
    paidBills = try payments.int64("bill_id")
    paymentAmounts = try payments.int64("amount_e4").values
    failures = try payments.bool("is_failed").values
  }

  /// What one subscription was billed and paid within 91 days.
  private struct Account {
    var shock: Double?
    var arrears: Int64 = 0
    var lateCount: Int32 = 0
  }

  /// The columns of the rules, of the bills and payments that hold.
  func columns(_ scene: TwinScene, bills: HeldEvents, payments: HeldEvents) -> [String: Column] {
    let accounts = (0..<scene.rowCount).map { row in
      bills.positions(row).isEmpty
        ? Account()
        : account(
          issued: recent(bills, row), made: recent(payments, row).filter { !failures[$0] }, at: scene.moment)
    }
    let areBillsKnown = scene.completeDays.count(.bills) >= Windows.longest
    let areBothKnown = areBillsKnown && scene.completeDays.count(.payments) >= Windows.longest
    return [
      "bill_shock": .double(scene.column(0, knownIf: areBillsKnown) { accounts[$0].shock }),
      "arrears_e4": .int64(scene.column(0, knownIf: areBothKnown) { accounts[$0].arrears }),
      "late_payment_count_91d": .int32(scene.column(0, knownIf: areBothKnown) { accounts[$0].lateCount }),
    ]
  }

  /// The facts of a row's events of the window.
  private func recent(_ held: HeldEvents, _ row: Int) -> [Int] {
    held.positions(row).lazy.filter { held.ages[$0] < Int32(Windows.longest) }.map { Int(held.facts[$0]) }
  }

  private func account(issued: [Int], made: [Int], at moment: TwinMoment) -> Account {
    var account = Account()
    let bills = issued.sorted { a, b in
      billDates[a] != billDates[b] ? billDates[a] < billDates[b] : billIDs[a] < billIDs[b]
    }
    if let last = bills.last, bills.count > 1 {
      let before = bills.dropLast().reduce(Int64(0)) { $0 &+ billAmounts[$1] }
      if before > 0 { account.shock = Double(billAmounts[last]) / (Double(before) / Double(bills.count - 1)) }
    }
    let payments = made.sorted { a, b in
      paymentDates[a] != paymentDates[b] ? paymentDates[a] < paymentDates[b] : paymentIDs[a] < paymentIDs[b]
    }
    settle(bills, payments, at: moment, &account)
    return account
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
      let date = paymentDates[payment]
      for number in owed.indices where left > 0 {
        let bill = owed[number]
        if let named = paidBills[payment] {
          guard named == billIDs[bill] else { continue }
        } else if billDates[bill] > date {
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
