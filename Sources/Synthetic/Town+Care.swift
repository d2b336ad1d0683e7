import Glibc

// Trouble tickets: without a cause, after an outage, after a shock of the bill, before a cancellation (points 6 and 10).
extension Town {
  private typealias Law = OperatorLaw.Care

  /// Opens today's tickets and closes those whose day has come.
  mutating func care(_ position: Int, _ day: Int) {
    closeTickets(position, day)
    guard subscribers[position].phase != .silent else { return }
    let subscriber = subscribers[position]
    let person = persons[subscriber.person]
    guard households[person.household].segment != .machine else { return }
    var stream = world.draws.stream(.ticket, subscriber.id, day)
    var rates = Law.rates
    let isOut = world.isOut(cell: households[person.household].cell, on: day)
    if isOut, totals[position * world.dayCount + day].dropped >= 2 { rates[0] += Law.outageTicketRate }
    if let shock = billShock(position, day), shock >= 1.3, let billed = subscriber.lastBillDay, day - billed < 10 {
      rates[1] += Law.shockTicketRate
    }
    rates[4] *= exp(Law.cancellationFrailty * person.frailty)
    // One draw decides whether and which: the rates are laid side by side.
    var left = stream.uniform()
    for (category, rate) in rates.enumerated() {
      left -= rate
      guard left < 0 else { continue }
      openTicket(position, day, category: category, stream: &stream)
      return
    }
  }

  private mutating func openTicket(_ position: Int, _ day: Int, category: Int, stream: inout DrawStream) {
    if category == 0 { subscribers[position].networkTicketDays.append(day) }
    if category == 4 {
      subscribers[position].cancellationDays.append(day)
      careContact(position, day)
    }
    subscribers[position].ticketCount += 1
    let ticket = OpenTicket(
      id: subscribers[position].id * 64 + subscribers[position].ticketCount, openedDay: day,
      openedSecond: stream.integer(7 * 3_600...22 * 3_600), category: category,
      channel: stream.index(Law.channelWeights))
    writeTicket(ticket, position, changedDay: day, changedSecond: ticket.openedSecond, status: "open")
    let days = min(30, Int(stream.exponential(mean: Law.resolutionMeanDays)))
    if days > 0 {
      subscribers[position].openTickets.append((day + days, ticket))
    } else {
      let second = min(86_399, ticket.openedSecond + stream.integer(300...5_000))
      writeTicket(ticket, position, changedDay: day, changedSecond: second, status: "resolved")
    }
  }

  private mutating func closeTickets(_ position: Int, _ day: Int) {
    guard !subscribers[position].openTickets.isEmpty else { return }
    let due = subscribers[position].openTickets.filter { $0.day == day }
    subscribers[position].openTickets.removeAll { $0.day == day }
    for (_, ticket) in due {
      var stream = world.draws.stream(.ticket, ticket.id, -day - 1)
      writeTicket(
        ticket, position, changedDay: day, changedSecond: stream.integer(8 * 3_600...18 * 3_600), status: "resolved")
    }
  }

  private mutating func writeTicket(
    _ ticket: OpenTicket, _ position: Int, changedDay: Int, changedSecond: Int, status: String
  ) {
    let isApp = Law.channels[ticket.channel] == "app"
    let kind = output.ticketKind(isApp: isApp, knownOn: changedDay)
    let isResolved = status == "resolved"
    var stream = world.draws.stream(.ticketText, ticket.id)
    let text = TicketText.text(category: ticket.category, isResolved: isResolved, stream: &stream)
    let id = subscribers[position].id
    let world = world
    func instant(_ row: inout RowText, _ day: Int, _ second: Int) {
      row.day(world.date(day))
      row.add(kind == .appTickets ? "T" : " ")
      row.clock(second)
      guard kind == .appTickets else { return }
      row.add(BerlinTime.offsetSeconds(world.date(day), second: second) == 7_200 ? "+02:00" : "+01:00")
    }
    output.row(kind, knownOn: changedDay) { row in
      if kind == .appTickets {
        row.add("{\"ticket\":\"K")
        row.add(ticket.id, width: 8)
        row.add("\",\"customer\":{\"subscription\":\"S")
        row.add(id, width: 8)
        row.add("\"},\"changed\":\"")
        instant(&row, changedDay, changedSecond)
        row.add("\",\"opened\":\"")
        instant(&row, ticket.openedDay, ticket.openedSecond)
        row.add("\",\"resolved\":")
        if isResolved {
          row.add("\"")
          instant(&row, changedDay, changedSecond)
          row.add("\"")
        } else {
          row.add("null")
        }
        row.add(",\"status\":\"\(status)\",\"category\":\"\(Law.categories[ticket.category])\",\"text\":")
        row.json(text)
        row.add("}")
      } else {
        row.key("K", ticket.id)
        row.comma()
        row.key("S", id)
        row.comma()
        instant(&row, changedDay, changedSecond)
        row.comma()
        instant(&row, ticket.openedDay, ticket.openedSecond)
        row.comma()
        if isResolved { instant(&row, changedDay, changedSecond) }
        row.field(status)
        row.field(Law.categories[ticket.category])
        row.field(Law.channels[ticket.channel])
        row.comma()
        row.quoted(text)
      }
    }
  }
}
