import Learning
import Parallelism
import Synthetic

/// The reference T-learner: one gradient model of leaving for those left alone, and one for those contacted, with the offer
/// (Künzel and others, 2019). It reads the log alone.
///
/// Not quite the plain one: the second model starts from the first. It learns the ratio of the chance of those contacted to the one that they would have had.
/// Most ratios are about 1, and a strong pull keeps them there, while two models of their own would differ by noise everywhere.
struct ResponseLearner {
  let threads: WorkerThreads

  /// The share of the log's contacts below which an offer is left out: nothing can be told of it.
  private static let leastOfferShare = 0.05
  /// The share of saves that is believed to last; the others gain nothing worth counting.
  private static let lastingShare = 0.5

  /// What each option is believed to gain, in 1/10,000 of the unit, one row a candidate of `study`: what the customer is worth
  /// with the chance of those contacted less what they are worth alone, less what the contact and those who take the offer cost. An offer
  /// that is left out gains nothing.
  func estimatesE4(_ study: ContactStudy) throws -> [[Double]] {
    let candidates = study.candidates
    var estimates = candidates.map { [Double](repeating: 0, count: $0.gainsE4.count) }
    let untouched = study.occasions.filter { $0.option == nil }
    let all = study.occasions.filter { $0.option != nil }
    let offers = ContactStudy.offerNames.indices.filter { offer in
      Double(all.count { $0.offer == offer }) >= ResponseLearner.leastOfferShare * Double(all.count)
    }
    let contacted = all.filter { $0.offer.map(offers.contains) ?? false }
    guard !candidates.isEmpty, !contacted.isEmpty, !untouched.isEmpty else { return estimates }
    let alone = try leaving(untouched)
    let ratio = try ratio(contacted, alone)
    let table = features(candidates.map(\.features))
    let chances = alone.rawScores(table, threads: threads).map(alone.prediction)
    let costs = optionCostsE4(contacted)
    let channels = ContactStudy.channelNames.indices
    // The log's contacts went by all channels alike: one that delivers more than their mean does more.
    let shares = ContactStudy.deliveryShares
    let reach = shares.map { $0 * Double(shares.count) / shares.reduce(0, +) }
    for offer in offers {
      let rows = offered(table, [Int](repeating: offer, count: candidates.count))
      let ratios = ratio.rawScores(rows, threads: threads).map(ratio.prediction)
      for index in candidates.indices {
        let (chance, margin) = (chances[index], candidates[index].marginE4)
        let kept = remainingPeriods(min(1, chance * ratios[index])) - remainingPeriods(chance)
        for channel in channels {
          let option = offer * channels.count + channel
          estimates[index][option] = ResponseLearner.lastingShare * reach[channel] * kept * margin - costs[option]
        }
      }
    }
    return estimates
  }

  /// The chance of leaving without a contact.
  private func leaving(_ untouched: [ContactStudy.Occasion]) throws -> BoostedModel {
    var parameters = GradientBoosting.Parameters()
    parameters.treeCount = 200
    parameters.leafCount = 16
    parameters.minimumLeafRowCount = 200
    parameters.l2 = 10
    return try GradientBoosting(parameters: parameters).fit(
      features(untouched.map(\.features)), labels: untouched.map { $0.hasLeft ? 1 : 0 }, threads: threads
    ).model
  }

  /// By what a contact multiplies that chance: leavers are counts of the expected mean chance × ratio.
  private func ratio(_ contacted: [ContactStudy.Occasion], _ alone: BoostedModel) throws -> BoostedModel {
    let table = features(contacted.map(\.features))
    let expected = alone.rawScores(table, threads: threads).map(alone.prediction)
    var parameters = GradientBoosting.Parameters()
    parameters.objective = .poisson
    parameters.treeCount = 80
    parameters.leafCount = 4
    parameters.learningRate = 0.1
    parameters.minimumLeafRowCount = max(20, contacted.count / 50)
    parameters.l2 = 100
    return try GradientBoosting(parameters: parameters).fit(
      offered(table, contacted.map { $0.offer ?? 0 }), labels: zip(contacted, expected).map { $0.hasLeft ? 1 / $1 : 0 },
      weights: expected, threads: threads
    ).model
  }

  private func features(_ rows: [[Double]]) -> FeatureTable {
    let names = ContactStudy.featureNames
    let columns = names.indices.map { column in rows.map { $0[column] } }
    return FeatureTable(names.map { Feature($0) }, columns, rowCount: rows.count)
  }

  /// The features of somebody contacted: the offer comes to them.
  private func offered(_ table: FeatureTable, _ offers: [Int]) -> FeatureTable {
    FeatureTable(
      table.features + [Feature("offer", levels: ContactStudy.offerNames)], table.columns + [offers.map(Double.init)],
      rowCount: table.rowCount)
  }

  /// Discounted periods that a customer is still expected to stay beyond the first, from the chance of leaving within 60 days.
  private func remainingPeriods(_ leaving: Double) -> Double {
    let kept = (1 - leaving).squareRoot() / (1 + ContactStudy.discountPer30Days)
    return (1..<ContactStudy.valuePeriodCount).reduce((sum: 0.0, weight: 1.0)) { state, _ in
      (state.sum + state.weight * kept, state.weight * kept)
    }.sum
  }

  /// What a contact costs by option: the contact, and the offer of those who took it in the log.
  private func optionCostsE4(_ contacted: [ContactStudy.Occasion]) -> [Double] {
    let channelCount = ContactStudy.channelNames.count
    return (0..<ContactStudy.optionCount).map { option in
      let (offer, channel) = (option / channelCount, option % channelCount)
      let alike = contacted.filter { $0.offer == offer }
      let takenShare = alike.isEmpty ? 0 : Double(alike.count(where: \.isTaken)) / Double(alike.count)
      return Double(ContactStudy.contactCostsE4[channel]) + takenShare * Double(ContactStudy.takenCostsE4[offer])
    }
  }
}
