/// What points 23 and 24 of the law ask of a comparison of policies: that the world is hard enough, and that it can be learned.
package enum PolicyLimits {
  /// Smaller worlds are not judged: their shares of the gain scatter from seed to seed, and their pilot is smaller than point 20
  /// asks for, so that a learner reads too short a log.
  package static let leastSubscriptionCount = 150_000
  /// The run and the capacity for which the limits are meant: a greater capacity makes every policy contact everybody, and one
  /// below `contactedShare` keeps the oracle to it.
  static let dayCount = 180
  package static let capacityShare = 0.25
  /// The base that the oracle contacts at most.
  package static let contactedShare = 0.20
  /// What rules of thumb get at most, as a share of the oracle's gain.
  package static let rules: [(policy: PolicyComparison.Policy, share: Double)] = [
    (.churnFirst, 0.10), (.churnTimesValue, 0.30), (.everybody, 0.20), (.highestAcceptance, 0.35),
  ]
  /// What the reference learner gets: less is too noisy a world, more too easy a one.
  package static let learnerShare = 0.40...0.75

  /// Checks that a world is one that the limits are meant for; throws `.unfitSettings`.
  package static func validate(_ settings: WorldSettings, capacityShare: Double) throws(SyntheticError) {
    guard settings.subscriptionCount >= leastSubscriptionCount, settings.dayCount == dayCount,
      settings.responses == .law, settings.campaigns == .usual, capacityShare == self.capacityShare
    else {
      throw SyntheticError(
        .unfitSettings,
        "points 23 and 24 are judged in worlds of \(leastSubscriptionCount) subscribers or more and \(dayCount) days, with "
          + "--responses law, --campaigns usual and --capacity \(self.capacityShare)")
    }
  }

  /// Returns what does not hold, and by how much: a text for each limit that is missed.
  package static func broken(_ comparison: PolicyComparison) -> [String] {
    guard let oracle = comparison.row(.oracle), oracle.gainE4 > 0 else {
      return ["points 23 and 24: the oracle gains nothing"]
    }
    var broken: [String] = []
    func judge(_ point: Int, _ subject: String, _ share: Double?, of whole: String, _ limits: ClosedRange<Double>) {
      guard let share else {
        broken.append("point \(point): what \(subject) is not known")
        return
      }
      guard !limits.contains(share) else { return }
      let isAbove = share > limits.upperBound
      let limit = isAbove ? limits.upperBound : limits.lowerBound
      broken.append(
        "point \(point): \(subject) \(percent(share)) % of \(whole), \(percent((share - limit).magnitude)) "
          + "\(isAbove ? "above" : "below") the limit of \(percent(limit)) %")
    }
    judge(
      23, "the oracle contacts", comparison.contactedShare(.oracle), of: "the base", -.infinity...contactedShare)
    for rule in rules {
      judge(
        23, "\(rule.policy.rawValue) gets", comparison.shareOfOracle(rule.policy), of: "the oracle's gain",
        -.infinity...rule.share)
    }
    let learner = PolicyComparison.Policy.learner
    judge(24, "\(learner.rawValue) gets", comparison.shareOfOracle(learner), of: "the oracle's gain", learnerShare)
    return broken
  }

  /// Writes a share in per cent, with one decimal.
  package static func percent(_ share: Double) -> String {
    let tenths = Int((share * 1_000).rounded())
    return "\(tenths < 0 ? "-" : "")\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
  }
}
