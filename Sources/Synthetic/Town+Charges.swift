// What use costs the customer, so that charges, balances and bills agree to the cent (point 11).
extension Town {
  private typealias Law = OperatorLaw.Money

  /// Whether the data of the cycle is used up.
  func isThrottled(_ position: Int, _ day: Int) -> Bool {
    let subscriber = subscribers[position]
    let allowance = OperatorLaw.tariffs[subscriber.tariff].allowanceMegabytes * 1_000
    guard allowance > 0 else { return false }
    if subscriber.isPrepaid {
      return subscriber.bundleExpiry < day || subscriber.cycleKilobytes > allowance
    }
    return subscriber.cycleKilobytes > allowance + 2 * 1_000_000
  }

  /// Puts the day's charge into `use`: outside a bundle by use, inside one only what it does not hold.
  mutating func charge(_ use: inout DayUse, _ position: Int, _ day: Int) {
    let person = persons[subscribers[position].person]
    var chargeE4 = use.international * 2 * Law.internationalMinuteE4
    if use.roaming > 0, subscribers[position].isPrepaid || !person.hasRoamingIncluded {
      chargeE4 += (use.callsOut + use.messagesOut) * Law.roamingEventE4
    }
    if subscribers[position].isPrepaid {
      if subscribers[position].bundleExpiry < day {
        chargeE4 += use.callOutSeconds * Law.callMinuteE4 / 60 + use.messagesOut * Law.messageE4
        chargeE4 += (use.downKilobytes + use.upKilobytes) * Law.megabyteE4 / 1_000
      }
    } else {
      chargeE4 += extraGigabytes(use, position)
    }
    subscribers[position].cycleKilobytes += use.downKilobytes + use.upKilobytes
    var premium = world.draws.stream(.premiumPurchase, subscribers[position].id, day)
    if use.callsOut + use.sessions > 0, premium.happens(person.premiumRate) {
      chargeE4 += Law.premiumAmountsE4[premium.integer(0...Law.premiumAmountsE4.count - 1)]
      use.messagesIn += 1
      if use.roaming > 0 { use.roaming += 1 }
    }
    chargeE4 = chargeE4 / 100 * 100
    if subscribers[position].isPrepaid {
      chargeE4 = min(chargeE4, max(0, subscribers[position].balanceE4))
      subscribers[position].balanceE4 -= chargeE4
    } else {
      subscribers[position].cycleChargeE4 += chargeE4
    }
    use.chargeE4 = chargeE4
    subscribers[position].chargeTotalE4 += chargeE4
  }

  /// Postpaid data beyond the allowance is sold by the gigabyte, two at the most in a cycle.
  private mutating func extraGigabytes(_ use: DayUse, _ position: Int) -> Int {
    let allowance = OperatorLaw.tariffs[subscribers[position].tariff].allowanceMegabytes * 1_000
    let after = subscribers[position].cycleKilobytes + use.downKilobytes + use.upKilobytes
    let needed = min(2, max(0, (after - allowance + 999_999) / 1_000_000))
    let further = max(0, needed - subscribers[position].extraGigabytes)
    subscribers[position].extraGigabytes += further
    return further * Law.extraGigabyteE4
  }
}
