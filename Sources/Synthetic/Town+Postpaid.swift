// Bills and their payment (points 7, 9 and 11).
extension Town {
  private typealias Law = OperatorLaw.Money

  /// A postpaid day before its use: due payments are tried, and the cycle is billed on its day.
  mutating func bill(_ position: Int, _ day: Int) {
    pay(position, day)
    let anchor = subscribers[position].cycleAnchor
    guard day >= anchor, day > subscribers[position].activationDay, (day - anchor) % Law.billCycleDays == 0 else {
      return
    }
    let from = max(subscribers[position].activationDay, day - Law.billCycleDays)
    issueBill(position, day, from: from, to: day - 1)
  }

  /// The bills that were issued before the run, and what was used in the cycle that is open on its first day.
  mutating func billBeforeRun(_ position: Int) {
    let subscriber = subscribers[position]
    guard !subscriber.isPrepaid, subscriber.activationDay < 0 else { return }
    for cycle in stride(from: Law.earlierBillCount, through: 0, by: -1) {
      let issue = subscriber.cycleAnchor - cycle * Law.billCycleDays
      let from = issue - Law.billCycleDays
      guard from >= subscriber.activationDay else { continue }
      var stream = world.draws.stream(.payment, subscriber.id, -cycle - 1)
      subscribers[position].cycleChargeE4 = Int(stream.exponential(mean: Law.earlierChargeMeanE4)) / 100 * 100
      if issue < 0 { issueBill(position, issue, from: from, to: issue - 1) }
    }
    // What fell due before the run was paid.
    let settled = subscribers[position].duePayments.filter { $0.day < 0 }
    subscribers[position].duePayments.removeAll { $0.day < 0 }
    for payment in settled { writePayment(payment, position, payment.day, isFailed: false) }
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
