// Numbers and customers with their validity (points 2 and 3), written when the run is over: a row is told again when its
// end becomes known.
extension Town {
  mutating func writeAssignments() {
    for assignment in assignments {
      // Where a subscription ended before it began to be known, nothing was ever assigned.
      if let to = assignment.to, to <= assignment.from { continue }
      let endKnownOn = assignment.endKnownOn ?? Int.max
      writeCustomer(assignment, knownOn: assignment.from, hasEnd: false)
      if endKnownOn < world.firstRawDay {
        // The history tells a number's whole assignment at once.
        writeNumber(assignment, knownOn: assignment.from, hasEnd: true)
      } else {
        writeNumber(assignment, knownOn: assignment.from, hasEnd: false)
        if endKnownOn <= world.lastDay { writeNumber(assignment, knownOn: endKnownOn, hasEnd: true) }
      }
      if endKnownOn <= world.lastDay { writeCustomer(assignment, knownOn: endKnownOn, hasEnd: true) }
    }
  }

  /// A number is valid up to, not including, the day of its end.
  private mutating func writeNumber(_ assignment: NumberAssignment, knownOn: Int, hasEnd: Bool) {
    let id = subscribers[assignment.subscriber].id
    let world = world
    output.row(.numbers, knownOn: knownOn) { row in
      row.add("0")
      row.add(assignment.number)
      row.comma()
      row.key("S", id)
      row.comma()
      row.day(world.date(assignment.from))
      row.comma()
      if hasEnd, let to = assignment.to { row.day(world.date(to)) }
    }
  }

  /// A customer's link is valid up to and including its last day.
  private mutating func writeCustomer(_ assignment: NumberAssignment, knownOn: Int, hasEnd: Bool) {
    let subscriber = subscribers[assignment.subscriber]
    let person = persons[subscriber.person]
    let household = households[person.household]
    let world = world
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
      row.comma()
      row.day(world.date(assignment.from))
      row.comma()
      if hasEnd, let to = assignment.to { row.day(world.date(to - 1)) }
      row.comma()
      row.day(world.date(knownOn))
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
