/// What a night does with a person: the arm, the action, and how likely each was.
struct Assignment: Sendable, Hashable {
  /// The arms by the names that the dataset uses.
  enum Arm: String, CaseIterable, Sendable {
    case universalControl = "universal-control"
    case campaignControl = "campaign-control"
    case explored
    case treated
    case none
  }

  var arm: Arm
  /// The action done or withheld, as a position in `ConsideredActions`, or -1.
  var action: Int
  var isWithheld: Bool
  var armProbability: Double
  var actionProbability: Double
}

/// The probabilities of a person's arms, given what the person is eligible for and what the allocation chose.
///
/// With u = share of the universal control, e = probability of exploration (0 where nothing is open to it), k = number of
/// actions open to exploration, c = share of the campaign control, w = action chosen by the allocation, if any:
///
///     universal-control   u                       done: nothing
///     explored            (1-u) e                 done: one of k actions or nothing, each 1/(k+1)
///     campaign-control    (1-u)(1-e) c            done: nothing          (if there is w)
///     treated             (1-u)(1-e)(1-c)         done: w                (if there is w)
///     none                (1-u)(1-e)              done: nothing          (if there is no w)
///
/// The draws do not enter the allocation, so w is the same whatever is drawn and the probabilities are exact.
struct ArmProbabilities: Sendable {
  let universal: Double
  let exploration: Double
  let openCount: Int
  let campaign: Double
  let hasWinner: Bool

  /// The probability of an arm.
  func probability(of arm: Assignment.Arm) -> Double {
    let left = 1 - universal
    switch arm {
    case .universalControl: return universal
    case .explored: return left * exploration
    case .campaignControl: return hasWinner ? left * (1 - exploration) * campaign : 0
    case .treated: return hasWinner ? left * (1 - exploration) * (1 - campaign) : 0
    case .none: return hasWinner ? 0 : left * (1 - exploration)
    }
  }

  /// The probability that nothing is done, over all arms.
  var probabilityOfNothing: Double {
    probability(of: .universalControl) + probability(of: .explored) * drawn + probability(of: .campaignControl)
      + probability(of: .none)
  }

  /// The probability of an action, over all arms; `isOpen` where exploration can draw it.
  func probability(ofAction isWinner: Bool, isOpen: Bool) -> Double {
    (isWinner ? probability(of: .treated) : 0) + (isOpen ? probability(of: .explored) * drawn : 0)
  }

  private var drawn: Double { 1 / Double(openCount + 1) }
}
