// Bills and their payment (points 7, 9 and 11).
extension Town {
  private typealias Law = OperatorLaw.Money

  /// A postpaid day before its use: due payments are tried, and the cycle is billed on its day.
  mutating func bill(_ position: Int, _ day: Int) {
    pay(position, day)
    let anchor = subscribers[position].cycleAnchor
    if day == anchor {
      // What was used before belongs to a bill that was issued before the records begin.
      subscribers[position].cycleChargeE4 = 0
      subscribers[position].cycleKilobytes = 0
      subscribers[position].extraGigabytes = 0
    }
    guard day > anchor, (day - anchor) % Law.billCycleDays == 0 else { return }
    issueBill(position, day, from: day - Law.billCycleDays, to: day - 1)
  }

  /// Bills the days `from...to` on `day`: the fee of those days and the charges of their use.
  mutating func issueBill(_ position: Int, _ day: Int, from: Int, to: Int) {
    let subscriber = subscribers[position]
    let fee = OperatorLaw.tariffs[subscriber.tariff].feeE4(on: to) * (to - from + 1) / Law.billCycleDays / 100 * 100
    let amount = fee + subscriber.cycleChargeE4
    let billID = subscriber.id * 64 + subscriber.bills.count + 1
    subscribers[position].bills.append(amount)
    subscribers[position].lastBillDay = day
    subscribers[position].cycleChargeE4 = 0
    subscribers[position].cycleKilobytes = 0
    subscribers[position].extraGigabytes = 0
    subscribers[position].feeTotalE4 += fee
    subscribers[position].duePayments.append(
      DuePayment(day: payDay(subscriber.id, billID, day), billID: billID, amountE4: amount, attempt: 1))
    let world = world
    output.row(.bills, knownOn: day) { row in
      row.key("B", billID)
      row.comma()
      row.key("S", subscriber.id)
      for date in [day, day + Law.dueDays, from, to] {
        row.comma()
        row.day(world.date(date))
      }
      row.comma()
      row.money(amount)
    }
  }

  /// When a bill is paid: at its due day, or some weeks late.
  private func payDay(_ id: Int, _ billID: Int, _ day: Int) -> Int {
    var stream = world.draws.stream(.payment, billID, 0)
    let isLate = stream.happens(Law.latePaymentShare)
    return day + Law.dueDays + (isLate ? stream.integer(5...25) : stream.integer(-2...0))
  }

  private mutating func pay(_ position: Int, _ day: Int) {
    guard subscribers[position].duePayments.contains(where: { $0.day == day }) else { return }
    let due = subscribers[position].duePayments.filter { $0.day == day }
    subscribers[position].duePayments.removeAll { $0.day == day }
    let missShare = persons[subscribers[position].person].missShare
    for payment in due {
      var stream = world.draws.stream(.payment, payment.billID, payment.attempt)
      let fails = stream.happens(payment.attempt == 1 ? Law.failedAttemptShare + missShare : missShare * 2)
      writePayment(payment, position, day, isFailed: fails)
      if payment.attempt == 1, day > (subscribers[position].lastBillDay ?? day) + Law.dueDays {
        subscribers[position].troubleDays.append(day)
      }
      guard fails else { continue }
      subscribers[position].troubleDays.append(day)
      if payment.attempt < 4 {
        var again = payment
        again.attempt += 1
        again.day = day + 7
        subscribers[position].duePayments.append(again)
      } else {
        subscribers[position].unpaidBills += 1
        suspend(position, day)
      }
    }
  }

  private mutating func writePayment(_ payment: DuePayment, _ position: Int, _ day: Int, isFailed: Bool) {
    let id = subscribers[position].id
    let world = world
    output.row(.payments, knownOn: day) { row in
      row.key("Z", payment.billID * 8 + payment.attempt)
      row.comma()
      row.key("S", id)
      row.comma()
      row.day(world.date(day))
      row.comma()
      row.money(payment.amountE4)
      row.comma()
      row.key("B", payment.billID)
      row.field(isFailed ? "true" : "false")
    }
  }
}
