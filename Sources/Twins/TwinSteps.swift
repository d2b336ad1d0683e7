/// How long the steps of a run took. For people who tune; no part of what is signed.
public struct TwinSteps: Sendable {
  /// Milliseconds of each step: `use` (the state is read and rolled, or every fact of use added up), `state` (the new state is
  /// written), `facts` (every other family is read), `fields` (who lives, and what every field counts), `rows` (who the customers are, which
  /// products there are), `twin` (the files of subscriptions are made, written and counted), `customer`, `product` and `process` (theirs are),
  /// `quality` (every field is judged), `revisions` (which earlier snapshots they supersede), `commit`.
  public private(set) var milliseconds: [String: Int64] = [:]
  private let clock = ContinuousClock()
  private var last: ContinuousClock.Instant

  /// Begins with the first step.
  init() { last = clock.now }

  /// Ends a step.
  mutating func end(_ step: String) {
    let now = clock.now
    let (seconds, attoseconds) = (now - last).components
    milliseconds[step] = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    last = now
  }
}
