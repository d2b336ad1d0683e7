import Randomness

/// Parts customers by a hash of the person, so that all subscriptions of one, at every date, stand on one side.
package struct CustomerGroups: Sendable {
  /// Per cent of the customers on the side that judges.
  package let heldOutPercent: Int
  /// The same for every model and night, so that a customer never changes sides.
  private let random = CounterRandom(seed: 0x6375_7374_6F6D_6572, stream: 1)

  package init(heldOutPercent: Int) { self.heldOutPercent = heldOutPercent }

  /// Whether the rows of a person judge and never teach.
  package func isHeldOut(_ person: Int64) -> Bool {
    random.integer(below: 100, UInt64(bitPattern: person)) < UInt64(heldOutPercent)
  }
}
