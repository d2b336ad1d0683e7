// Numbers and customers with their validity (points 2 and 3), written when the run is over: a row is told again when its
// end becomes known.
extension Town {
  mutating func writeAssignments() {
    for assignment in assignments {
      let endKnownOn = assignment.endKnownOn ?? Int.max
      write(assignment, knownOn: assignment.from, hasEnd: endKnownOn < world.firstRawDay)
      if endKnownOn >= world.firstRawDay, endKnownOn <= world.lastDay {
        write(assignment, knownOn: endKnownOn, hasEnd: true)
      }
    }
  }

  private mutating func write(_ assignment: NumberAssignment, knownOn: Int, hasEnd: Bool) {
    // Where a subscription ended before it began to be known, nothing was ever assigned.
    if let to = assignment.to, to < assignment.from { return }
    let subscriber = subscribers[assignment.subscriber]
    let person = persons[subscriber.person]
    let household = households[person.household]
    let world = world
    func validity(_ row: inout RowText) {
      row.comma()
      row.day(world.date(assignment.from))
      row.comma()
      if hasEnd, let to = assignment.to { row.day(world.date(to)) }
    }
    output.row(.numbers, knownOn: knownOn) { row in
      row.add("0")
      row.add(assignment.number)
      row.comma()
      row.key("S", subscriber.id)
      validity(&row)
    }
    output.row(.customers, knownOn: knownOn) { row in
      row.key("S", subscriber.id)
      row.comma()
      row.key("P", person.id)
      row.comma()
      row.key("P", person.payerID)
      row.comma()
      row.key("H", household.id)
      row.comma()
      row.add("894903")
      row.add(subscriber.id * 7 + 3, width: 12)
      validity(&row)
      row.field(household.segment.text)
      row.comma()
      if household.segment == .consumer { row.add(person.birthYear) }
      row.field(OperatorLaw.Population.regions[household.region])
      row.field(OperatorLaw.Population.languages[person.language])
      row.add(",p")
      row.add(person.id, width: 8)
      row.add("@example.net")
    }
  }
}
