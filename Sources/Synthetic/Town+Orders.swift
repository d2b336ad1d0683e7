// Orders: of new lines, of changes of plan, and of devices and services between.
//
// An order is written whole when it is known how it goes: the operator's systems tell each of its changes on its day. Its
// draws are of a purpose of their own, so that the rest of the world is the same with and without orders.
extension Town {
  private typealias Law = OperatorLaw.Orders

  /// A change of an order; the day counts from the day on which it was placed.
  private struct Step {
    var day: Int
    var second: Int
    var status: String
    var queue: String
  }

  /// Writes the order of a subscription that begins today: it is completed with the activation.
  mutating func orderLine(_ position: Int, _ day: Int, isMove: Bool) {
    var stream = world.draws.stream(.order, subscribers[position].id, -1)
    let kind = !isMove && stream.happens(Law.portInShare) ? Law.portIn : Law.newLine
    let steps = Town.steps(kind, isWithdrawn: false, &stream)
    writeOrder(position, slot: 0, kind, placedOn: day - (steps.last?.day ?? 0), steps)
  }

  /// Writes the order of a change of plan that takes effect today.
  mutating func orderPlanChange(_ position: Int, _ day: Int) {
    var stream = world.draws.stream(.order, subscribers[position].id, -day - 2)
    let steps = Town.steps(Law.planChange, isWithdrawn: false, &stream)
    writeOrder(position, slot: 1, Law.planChange, placedOn: day - (steps.last?.day ?? 0), steps)
  }

  /// Draws whether something is ordered today. A plan that is asked for now and then is withdrawn before it takes effect.
  mutating func order(_ position: Int, _ day: Int) {
    let subscriber = subscribers[position]
    guard subscriber.phase == .inUse, households[persons[subscriber.person].household].segment != .machine else {
      return
    }
    var stream = world.draws.stream(.order, subscriber.id, day)
    var left = stream.uniform()
    for kind in [Law.device, Law.other, Law.planChange] {
      left -= kind.rate
      guard left < 0 else { continue }
      let isWithdrawn = stream.happens(kind.withdrawalShare)
      writeOrder(position, slot: day + 2, kind, placedOn: day, Town.steps(kind, isWithdrawn: isWithdrawn, &stream))
      return
    }
  }

  /// How an order goes: placed, in progress, perhaps on hold and in progress again, completed or cancelled.
  private static func steps(_ kind: Law.Kind, isWithdrawn: Bool, _ stream: inout DrawStream) -> [Step] {
    var steps = [Step(day: 0, second: stream.integer(8 * 3_600...14 * 3_600), status: "placed", queue: "sales")]
    func add(_ status: String, _ queue: String, after days: Int, _ stream: inout DrawStream) {
      let last = steps[steps.count - 1]
      let second = days == 0 ? last.second + stream.integer(600...3_600) : stream.integer(8 * 3_600...14 * 3_600)
      steps.append(Step(day: last.day + days, second: second, status: status, queue: queue))
    }
    add("in-progress", kind.queue, after: Int(stream.exponential(mean: Law.startMeanDays)), &stream)
    if stream.happens(Law.holdShare) {
      add("on-hold", "back-office", after: Int(stream.exponential(mean: Law.workMeanDays)), &stream)
      add("in-progress", kind.queue, after: 1 + Int(stream.exponential(mean: Law.holdMeanDays)), &stream)
    }
    let end = isWithdrawn ? "cancelled" : "completed"
    add(end, kind.queue, after: min(30, Int(stream.exponential(mean: Law.workMeanDays))), &stream)
    return steps
  }

  private mutating func writeOrder(_ position: Int, slot: Int, _ kind: Law.Kind, placedOn day: Int, _ steps: [Step]) {
    let (id, world) = (subscribers[position].id, world)
    for step in steps {
      output.row(.orders, knownOn: day + step.day) { row in
        row.key("O", id * Law.slotCount + slot)
        row.comma()
        row.key("S", id)
        for (date, second) in [(day + step.day, step.second), (day, steps[0].second)] {
          row.comma()
          row.day(world.date(date))
          row.add(" ")
          row.clock(second)
        }
        row.field(step.status)
        row.field(kind.name)
        row.field(step.queue)
        row.comma()
        row.day(world.date(day + kind.promiseDays))
      }
    }
  }
}
