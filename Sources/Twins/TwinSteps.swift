/// How long the steps of a run took. For people who tune; no part of what is signed.
public struct TwinSteps: Sendable {
  /// Milliseconds of each step: `use` (state and facts of use are held against the log, and rolled, or every fact of use added up), `facts` (every
  /// other family is read), `fields` (who lives, and what every field counts), `rows` (who the customers are, which products there are), `state` (the
  /// new state is written), `relations` (counterparties and cells are put together), `twin` (the files of subscriptions are made, written and
  /// counted), `customer`, `product` and `process` (theirs are), `quality` (every field is judged), `revisions` (which earlier snapshots they
  /// supersede), `commit`.
  ///
  /// Ranges of subscriptions go through `use`, `state`, `relations` and `twin` side by side: each step has its share of their time.
  public private(set) var milliseconds: [String: Int64] = [:]
  private let clock = ContinuousClock()
  private var last: ContinuousClock.Instant

  /// How long one range took for its steps.
  struct Durations: Sendable {
    fileprivate private(set) var steps: [String: Duration] = [:]
    private let clock = ContinuousClock()
    private var last: ContinuousClock.Instant

    init() { last = clock.now }

    /// Ends a step.
    mutating func end(_ step: String) {
      let now = clock.now
      steps[step, default: .zero] += now - last
      last = now
    }
  }

  /// Begins with the first step.
  init() { last = clock.now }

  /// Ends a step.
  mutating func end(_ step: String) { add(pass(), to: step) }

  /// Ends the steps of ranges that went side by side, and shares the time that has passed among them.
  mutating func end(_ ranges: [Durations]) {
    let passed = pass()
    var sums: [String: Duration] = [:]
    for range in ranges { sums.merge(range.steps) { $0 + $1 } }
    let all = sums.values.reduce(.zero, +)
    for (step, sum) in sums where all > .zero { add(passed * (sum / all), to: step) }
  }

  private mutating func pass() -> Duration {
    let now = clock.now
    defer { last = now }
    return now - last
  }

  private mutating func add(_ duration: Duration, to step: String) {
    let (seconds, attoseconds) = duration.components
    milliseconds[step, default: 0] += seconds * 1_000 + attoseconds / 1_000_000_000_000_000
  }
}
