import Calendar

// A raw night: the day's sums taken apart into events, so that adding the events up gives the sums again.
extension Town {
  /// Cuts `use` into events of this day.
  mutating func writeRawEvents(_ use: DayUse, _ position: Int, _ day: Int) {
    let subscriber = subscribers[position]
    var stream = world.draws.stream(.rawEvents, subscriber.id, day)
    let home = households[persons[subscriber.person].household]
    var left = (
      night: use.night, roaming: use.roaming, dropped: use.dropped, international: use.international,
      events: use.eventCount, calls: use.callsOut + use.callsIn, outgoing: use.callsOut + use.messagesOut
    )
    var outSeconds = Splitter(use.callOutSeconds, over: use.callsOut)
    var inSeconds = Splitter(use.callInSeconds, over: use.callsIn)
    var down = Splitter(use.downKilobytes, over: use.sessions)
    var up = Splitter(use.upKilobytes, over: use.sessions, least: 0)
    let chargeable = max(1, use.callsOut + use.messagesOut + use.sessions)
    var charge = Splitter(use.chargeE4 / 100, over: chargeable, least: 0)
    let counts: [(RawEvent.Kind, Int)] = [
      (.callOut, use.callsOut), (.messageOut, use.messagesOut), (.session, use.sessions), (.callIn, use.callsIn),
      (.messageIn, use.messagesIn),
    ]
    var isFirst = true
    for (kind, count) in counts {
      for _ in 0..<count {
        // Selection sampling: exactly as many events carry a mark as the sums say.
        let isNight = take(&left.night, of: left.events, &stream)
        var event = RawEvent(
          kind: kind, second: second(of: day, isNight: isNight, &stream), cell: Int32(cell(home, &stream)),
          number: subscriber.number, other: 0)
        event.isRoaming = take(&left.roaming, of: left.events, &stream)
        left.events -= 1
        switch kind {
        case .callOut: event.seconds = Int32(outSeconds.next(&stream))
        case .callIn: event.seconds = Int32(inSeconds.next(&stream))
        case .session:
          event.downKilobytes = Int32(down.next(&stream))
          event.upKilobytes = Int32(up.next(&stream))
        case .messageOut, .messageIn: break
        }
        if kind == .callOut || kind == .callIn {
          event.isDropped = take(&left.dropped, of: left.calls, &stream)
          left.calls -= 1
        }
        if kind == .callOut || kind == .messageOut {
          event.isInternational = take(&left.international, of: left.outgoing, &stream)
          left.outgoing -= 1
        }
        let isChargeable = kind == .callOut || kind == .messageOut || kind == .session
        if isChargeable || (isFirst && use.callsOut + use.messagesOut + use.sessions == 0) {
          event.chargeE4 = Int32(charge.next(&stream) * 100)
        }
        isFirst = false
        event.other = otherNumber(subscriber, isInternational: event.isInternational, &stream)
        output.rawEvents[day - world.firstRawDay].append(event)
      }
    }
  }

  private func take(_ wanted: inout Int, of rest: Int, _ stream: inout DrawStream) -> Bool {
    guard wanted > 0, stream.happens(Double(wanted) / Double(max(1, rest))) else { return false }
    wanted -= 1
    return true
  }

  private func second(of day: Int, isNight: Bool, _ stream: inout DrawStream) -> Int32 {
    var second = isNight ? stream.integer(79_200...107_999) % 86_400 : stream.integer(21_600...79_199)
    // The hour of a clock change is left out: it does not exist or exists twice.
    if BerlinTime.isChangeDay(world.date(day)), (7_200..<10_800).contains(second) { second += 3_600 }
    return Int32(second)
  }

  private func cell(_ home: Household, _ stream: inout DrawStream) -> Int {
    guard stream.happens(0.2) else { return home.cell }
    let perRegion = OperatorLaw.Population.cellsPerRegion
    return home.region * perRegion + stream.integer(0...perRegion - 1)
  }

  private func otherNumber(_ subscriber: Subscriber, isInternational: Bool, _ stream: inout DrawStream) -> Int {
    if isInternational { return 44_7700_000_000 + stream.integer(0...899_999) }
    if !subscriber.contacts.isEmpty, stream.happens(0.6) {
      return subscribers[subscriber.contacts[stream.integer(0...subscriber.contacts.count - 1)]].number
    }
    return 17_200_000_000 + stream.integer(0...99_999_999)
  }
}

/// Cuts a total into parts at random; every part has at least `least`.
struct Splitter {
  private var total: Int
  private var parts: Int
  private let least: Int

  init(_ total: Int, over parts: Int, least: Int = 1) {
    self.total = total
    self.parts = parts
    self.least = least
  }

  mutating func next(_ stream: inout DrawStream) -> Int {
    defer { parts -= 1 }
    guard parts > 1 else { return total }
    let free = total - least * parts
    guard free > 0 else {
      total -= least
      return least
    }
    // A share around the even one, so that later parts are not starved.
    let share = 2 * stream.uniform() / Double(parts)
    let part = least + min(free, Int(Double(free) * share))
    total -= part
    return part
  }
}
