/// The persons who get a random action tonight, so that the log supports estimates for other policies.
///
/// A person is open to exploration with k ≥ 1 eligible actions on an explored channel. With probability e the person gets one
/// of k + 1 outcomes, each equally likely: one of the actions, or nothing. Budget and contacts are set aside by the policy. If
/// the drawn actions need more, persons are taken by ascending draw until the first does not fit; e is then that
/// person's draw, so that the recorded probability is the one that held.
struct Exploration: Sendable {
  /// By person: not drawn, drawn to nothing, or drawn to the action at this position.
  enum Outcome: Sendable, Hashable {
    case notDrawn
    case nothing
    case action(Int)
  }

  /// By person.
  let outcomes: [Outcome]
  /// By person: k.
  let openCounts: [Int]
  /// e: the probability of being drawn for persons with k ≥ 1.
  let share: Double
  private let isOpenChannel: [Bool]

  /// The channel positions of actions are given by `channels`; persons in control take no part. O(actions).
  init(
    _ rule: Policy.Exploration, persons: PersonActions, considered: ConsideredActions, channels: [Int],
    personIDs: [Int64], isControl: [Bool], draws: ControlDraws
  ) {
    let isOpenChannel = rule.contactCounts.map { $0 > 0 && rule.share > 0 }
    var drawn: [(draw: Double, person: Int, action: Int)] = []
    var openCounts = [Int](repeating: 0, count: personIDs.count)
    for person in 0..<personIDs.count {
      let open = persons[person].filter { isOpenChannel[channels[Int($0)]] }
      openCounts[person] = open.count
      guard !open.isEmpty, !isControl[person] else { continue }
      let draw = draws.exploration(personIDs[person])
      guard draw < rule.share else { continue }
      let outcome = draws.exploredOutcome(personIDs[person], of: open.count + 1)
      drawn.append((draw, person, outcome < open.count ? Int(open[outcome]) : -1))
    }
    drawn.sort { $0.draw != $1.draw ? $0.draw < $1.draw : $0.person < $1.person }

    var outcomes = [Outcome](repeating: .notDrawn, count: personIDs.count)
    var share = rule.share
    var cost: Int64 = 0
    var used = [Int64](repeating: 0, count: ContactChannel.count)
    for (draw, person, action) in drawn {
      if action >= 0 {
        let channel = channels[action]
        guard cost + considered.costsE4[action] <= rule.budgetE4 ?? .max, used[channel] < rule.contactCounts[channel]
        else {
          share = draw
          break
        }
        cost += considered.costsE4[action]
        used[channel] += 1
      }
      outcomes[person] = action < 0 ? .nothing : .action(action)
    }
    self.outcomes = outcomes
    self.openCounts = openCounts
    self.share = share
    self.isOpenChannel = isOpenChannel
  }

  /// e for one person: 0 where nothing is open.
  func share(of person: Int) -> Double { openCounts[person] > 0 ? share : 0 }

  /// Whether actions on the channel can be drawn.
  func isOpen(_ channel: Int) -> Bool { isOpenChannel[channel] }
}
