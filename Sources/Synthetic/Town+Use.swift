import Calendar
import Glibc

// What a subscription does on a day (points 6, 9 and 12).
extension Town {
  private typealias Law = OperatorLaw.Use

  /// Draws the activity of the week: the subscription's own trend and a chance around it.
  mutating func drawWeek(_ position: Int, _ day: Int) {
    var stream = world.draws.stream(.activity, subscribers[position].id, day / 7)
    let trend = subscribers[position].slope * (Double(day) - 90) / 90
    subscribers[position].weekActivity = exp(trend + Law.weeklySpread * stream.normal())
  }

  /// Draws the day's use, charges it, remembers it and delivers it.
  mutating func use(_ position: Int, _ day: Int) {
    var day_ = DayUse()
    if isUsing(position) {
      day_ = drawUse(position, day)
      charge(&day_, position, day)
    }
    remember(day_, position, day)
    guard day_.eventCount > 0 else { return }
    if day >= world.firstRawDay {
      writeRawEvents(day_, position, day)
    } else if day != OperatorLaw.Defects.missingDay {
      writeDailySums(day_, position, day)
    }
  }

  private func drawUse(_ position: Int, _ day: Int) -> DayUse {
    let subscriber = subscribers[position]
    let person = persons[subscriber.person]
    var stream = world.draws.stream(.usage, subscriber.id, day)
    var activity = subscriber.weekActivity
    if households[person.household].segment != .machine { activity *= world.dayFactors[day] }
    if subscriber.phase == .leaving { activity *= Law.noticeFactor }
    let isAbroad = person.trip.contains(day)
    var use = DayUse()
    let isBroke = subscriber.isPrepaid && subscriber.balanceE4 <= 0 && subscriber.bundleExpiry < day
    if !isBroke {
      use.callsOut = min(150, stream.poisson(subscriber.callRate * activity))
      use.messagesOut = min(150, stream.poisson(subscriber.messageRate * activity))
      use.sessions = min(300, stream.poisson(subscriber.sessionRate * activity * (isAbroad ? 0.4 : 1)))
    }
    use.callsIn = min(150, stream.poisson(subscriber.callRate * subscriber.incomingFactor * activity))
    use.messagesIn = min(150, stream.poisson(subscriber.incomingMessageRate))
    use.callOutSeconds = seconds(use.callsOut, &stream)
    use.callInSeconds = seconds(use.callsIn, &stream)
    if use.sessions > 0 {
      let spread = Law.sessionKilobytesDaySpread
      var mean = subscriber.sessionKilobytes * exp(spread * stream.normal() - spread * spread / 2)
      if isThrottled(position, day) { mean *= 0.05 }
      use.downKilobytes = min(20_000_000, max(use.sessions, Int(Double(use.sessions) * mean)))
      use.upKilobytes = Int(Double(use.downKilobytes) * Law.uploadShare * (0.5 + stream.uniform()))
    }
    let isOut = world.isOut(cell: households[person.household].cell, on: day) && !isAbroad
    use.dropped = stream.binomial(
      use.callsOut + use.callsIn, isOut ? OperatorLaw.Events.outageDropRate : OperatorLaw.Events.usualDropRate)
    let nightShare = Law.nightShareMean * (person.isNightOwl ? Law.nightOwlFactor : 1)
    use.night = stream.binomial(use.eventCount, nightShare)
    if isAbroad { use.roaming = use.eventCount }
    use.international = stream.binomial(use.callsOut + use.messagesOut, person.internationalRate)
    return use
  }

  private func seconds(_ count: Int, _ stream: inout DrawStream) -> Int {
    var total = 0
    for _ in 0..<count { total += 1 + Int(stream.exponential(mean: Law.callMeanSeconds)) }
    return total
  }

  /// Adds the day to the windows of the law.
  private mutating func remember(_ use: DayUse, _ position: Int, _ day: Int) {
    let start = position * world.dayCount
    totals[start + day] = DayTotals(
      events: Int32(use.eventCount), sessions: Int32(use.sessions),
      kilobytes: Int32(clamping: use.downKilobytes + use.upKilobytes), dropped: Int32(use.dropped),
      callsIn: Int32(use.callsIn), callsOut: Int32(use.callsOut))
    var windows = subscribers[position].windows
    windows.events7 += use.eventCount
    windows.events28 += use.eventCount
    windows.events91 += use.eventCount
    windows.sessions28 += use.sessions
    windows.kilobytes28 += use.downKilobytes + use.upKilobytes
    windows.dropped28 += use.dropped
    windows.callsIn28 += use.callsIn
    windows.callsOut28 += use.callsOut
    if day >= 7 { windows.events7 -= Int(totals[start + day - 7].events) }
    if day >= 28 {
      let old = totals[start + day - 28]
      windows.events28 -= Int(old.events)
      windows.sessions28 -= Int(old.sessions)
      windows.kilobytes28 -= Int(old.kilobytes)
      windows.dropped28 -= Int(old.dropped)
      windows.callsIn28 -= Int(old.callsIn)
      windows.callsOut28 -= Int(old.callsOut)
    }
    if day >= 91 { windows.events91 -= Int(totals[start + day - 91].events) }
    subscribers[position].windows = windows
  }

  private mutating func writeDailySums(_ use: DayUse, _ position: Int, _ day: Int) {
    let date = world.date(day).civil
    let first = world.firstDay.civil
    let month = (date.year - first.year) * 12 + date.month - first.month
    let id = subscribers[position].id
    let text = world.dayTexts[day]
    func write(_ row: inout RowText) {
      row.key("S", id)
      row.comma()
      row.bytes.append(contentsOf: text)
      row.field(use.callsOut)
      row.field(use.callOutSeconds)
      row.field(use.callsIn)
      row.field(use.callInSeconds)
      row.field(use.messagesOut)
      row.field(use.messagesIn)
      row.field(use.sessions)
      row.field(use.downKilobytes)
      row.field(use.upKilobytes)
      row.comma()
      row.money(use.chargeE4)
      row.field(use.dropped)
      row.field(use.night)
      row.field(use.roaming)
      row.field(use.international)
      row.field(use.eventCount)
      row.newline()
    }
    write(&output.usageByMonth[month])
  }
}
