import Calendar

// Balances, bundles and top-ups (point 12): half of the customers in cycles of 28 days, half at random.
extension Town {
  private typealias Law = OperatorLaw.Money

  /// A prepaid day after its use: the bundle is renewed, money comes in, the balance is told.
  mutating func prepay(_ position: Int, _ day: Int) {
    if subscribers[position].phase != .silent {
      topUp(position, day)
      renewBundle(position, day)
    }
    let isSunday = world.date(day).isoWeekday == 7
    let moved = subscribers[position].lastTopUp == day || subscribers[position].bundleExpiry == day + Law.cycleDays
    guard isSunday || moved || day >= world.firstRawDay else { return }
    let subscriber = subscribers[position]
    let world = world
    output.row(.balances, knownOn: day) { row in
      row.key("S", subscriber.id)
      row.comma()
      row.day(world.date(day))
      row.comma()
      row.money(subscriber.balanceE4)
      row.comma()
      if subscriber.bundleExpiry >= 0 { row.day(world.date(subscriber.bundleExpiry)) }
    }
  }

  private mutating func renewBundle(_ position: Int, _ day: Int) {
    let fee = OperatorLaw.tariffs[subscribers[position].tariff].feeE4(on: day)
    guard fee > 0, subscribers[position].bundleExpiry < day, subscribers[position].balanceE4 >= fee else { return }
    // The first renewal waits for the cycle's day; later ones follow the last bundle or the money.
    if day < subscribers[position].cycleAnchor { return }
    subscribers[position].balanceE4 -= fee
    subscribers[position].bundleExpiry = day + Law.cycleDays
    subscribers[position].cycleKilobytes = 0
    subscribers[position].feeTotalE4 += fee
  }

  private mutating func topUp(_ position: Int, _ day: Int) {
    let subscriber = subscribers[position]
    guard households[persons[subscriber.person].household].segment != .machine || day % 28 == 0 else { return }
    let fee = OperatorLaw.tariffs[subscriber.tariff].feeE4(on: day)
    var stream = world.draws.stream(.topUp, subscriber.id, day)
    let isDue: Bool
    if persons[subscriber.person].isRegularTopper {
      isDue = (day - subscriber.cycleAnchor + 28_000) % Law.cycleDays == 0 && !stream.happens(Law.skipShare)
    } else {
      let isLow = subscriber.balanceE4 < max(Law.lowBalanceE4, fee) && subscriber.bundleExpiry < day + 2
      isDue = stream.happens(isLow ? Law.lowBalanceTopUpRate : Law.idleTopUpRate)
    }
    guard isDue else { return }
    // The smallest amount that pays the next bundle; sometimes one more step.
    let needed = max(0, fee - subscriber.balanceE4)
    var step = Law.topUpAmountsE4.firstIndex { $0 >= needed } ?? Law.topUpAmountsE4.count - 1
    if fee == 0 { step = stream.integer(0...2) }
    if stream.happens(0.2) { step = min(step + 1, Law.topUpAmountsE4.count - 1) }
    receive(Law.topUpAmountsE4[step], position, day)
  }

  /// Puts money on the balance and tells of it.
  mutating func receive(_ amount: Int, _ position: Int, _ day: Int) {
    subscribers[position].balanceE4 += amount
    subscribers[position].lastTopUp = day
    subscribers[position].topUpDays.append(day)
    subscribers[position].topUpTotalE4 += amount
    let id = subscribers[position].id
    let ordinal = id * 256 + subscribers[position].topUpDays.count
    let world = world
    output.row(.topUps, knownOn: day) { row in
      row.key("T", ordinal)
      row.comma()
      row.key("S", id)
      row.comma()
      row.day(world.date(day))
      row.comma()
      row.money(amount)
    }
  }
}
