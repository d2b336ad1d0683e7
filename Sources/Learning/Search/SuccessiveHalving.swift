/// A search in rounds: every candidate is tried with little, the best third of them with three times as much, and so on
/// (Jamieson and Talwalkar, AISTATS 2016). The losses alone decide, ties by number, so the same losses give the same end.
package struct SuccessiveHalving: Sendable {
  /// What one candidate came to in one round.
  package struct Trial: Sendable, Hashable {
    /// The candidate's number.
    package var candidate: Int
    /// The round, from 0.
    package var round: Int
    /// What the candidate was given.
    package var resource: Double
    /// The loss.
    package var loss: Double

    /// Makes a trial.
    package init(candidate: Int, round: Int, resource: Double, loss: Double) {
      self.candidate = candidate
      self.round = round
      self.resource = resource
      self.loss = loss
    }
  }

  /// How a search ended.
  package struct Outcome: Sendable, Hashable {
    /// Every trial, in the order in which they ran.
    package var trials: [Trial]
    /// The candidate with the least loss of the last round with any trial; nil without trials.
    package var best: Trial?
    /// Whether the budget ran out before the last round was complete.
    package var isCut: Bool
  }

  /// By what the number of candidates is divided, and the resource multiplied, from round to round.
  package static let factor = 3

  /// The number of candidates of the first round.
  package var candidateCount: Int
  /// What each candidate of the last round is given.
  package var fullResource: Double

  /// Makes a search.
  package init(candidateCount: Int, fullResource: Double) {
    precondition(candidateCount > 0 && fullResource > 0, "something is tried, with something")
    self.candidateCount = candidateCount
    self.fullResource = fullResource
  }

  /// The number of rounds: the last one has up to three candidates.
  package var roundCount: Int {
    var (count, left) = (1, candidateCount)
    while left > SuccessiveHalving.factor {
      left = SuccessiveHalving.next(left)
      count += 1
    }
    return count
  }

  private static func next(_ count: Int) -> Int { max(1, (count + factor - 1) / factor) }

  /// Runs the rounds. A loss that is no number counts as the worst.
  ///
  /// - Parameters:
  ///   - isSpent: asked before each trial but the first; once it is true nothing more is tried.
  ///   - evaluate: the loss of a candidate with a resource.
  package func run(
    isSpent: () -> Bool, evaluate: (_ candidate: Int, _ resource: Double) throws -> Double
  ) rethrows -> Outcome {
    var outcome = Outcome(trials: [], best: nil, isCut: false)
    var left = Array(0..<candidateCount)
    for round in 0..<roundCount {
      var resource = fullResource
      for _ in round + 1..<roundCount { resource /= Double(SuccessiveHalving.factor) }
      var own: [Trial] = []
      for candidate in left {
        if !outcome.trials.isEmpty, isSpent() {
          outcome.isCut = true
          break
        }
        let loss = try evaluate(candidate, resource)
        let trial = Trial(
          candidate: candidate, round: round, resource: resource, loss: loss.isNaN ? .infinity : loss)
        own.append(trial)
        outcome.trials.append(trial)
      }
      let order = own.sorted { ($0.loss, $0.candidate) < ($1.loss, $1.candidate) }
      // A round that was cut decides only where what it tried is no worse than what the round before chose it for.
      if let first = order.first, !outcome.isCut || outcome.best == nil || first.loss <= outcome.best!.loss {
        outcome.best = first
      }
      if outcome.isCut { break }
      left = order.prefix(SuccessiveHalving.next(left.count)).map(\.candidate)
    }
    return outcome
  }
}
