import Learning
import Parallelism
import Synthetic

/// The reference T-learner: one gradient model of leaving for those contacted, with offer and channel, and one for those left
/// alone (Künzel and others, 2019). It reads the log alone.
struct ResponseLearner {
  let threads: WorkerThreads

  /// What each option is believed to gain, in 1/10,000 of the unit, one row a candidate of `study`: the fall of the chance of
  /// leaving × what the customer is still worth − what the contact and those who take the offer cost.
  func estimatesE4(_ study: ContactStudy) throws -> [[Double]] {
    let candidates = study.candidates
    var estimates = candidates.map { [Double](repeating: 0, count: $0.gainsE4.count) }
    let contacted = study.occasions.filter { $0.option != nil }
    let untouched = study.occasions.filter { $0.option == nil }
    guard !candidates.isEmpty, !contacted.isEmpty, !untouched.isEmpty else { return estimates }
    let alone = try fit(features(untouched.map(\.features)), untouched.map(\.hasLeft))
    let seen = features(contacted.map(\.features))
    let treated = try fit(
      offered(seen, alone.rawScores(seen, threads: threads), contacted.map { $0.option ?? 0 }),
      contacted.map(\.hasLeft))
    let table = features(candidates.map(\.features))
    let risks = alone.rawScores(table, threads: threads)
    let leaving = risks.map(alone.prediction)
    let worths = zip(candidates, leaving).map { $0.marginE4 * remainingPeriods($1) }
    let costs = optionCostsE4(contacted)
    for option in 0..<ContactStudy.optionCount {
      let options = [Int](repeating: option, count: candidates.count)
      let scores = treated.rawScores(offered(table, risks, options), threads: threads)
      for index in candidates.indices {
        let fall = leaving[index] - treated.prediction(scores[index])
        estimates[index][option] = fall * worths[index] - costs[option]
      }
    }
    return estimates
  }

  private func fit(_ table: FeatureTable, _ hasLeft: [Bool]) throws -> BoostedModel {
    var parameters = GradientBoosting.Parameters()
    parameters.treeCount = 120
    parameters.leafCount = 8
    parameters.learningRate = 0.05
    parameters.minimumLeafRowCount = 200
    parameters.l2 = 10
    return try GradientBoosting(parameters: parameters).fit(
      table, labels: hasLeft.map { $0 ? 1 : 0 }, threads: threads
    ).model
  }

  private func features(_ rows: [[Double]]) -> FeatureTable {
    let names = ContactStudy.featureNames
    let columns = names.indices.map { column in rows.map { $0[column] } }
    return FeatureTable(names.map { Feature($0) }, columns, rowCount: rows.count)
  }

  /// The features of somebody contacted: the churn score without a contact, offer and channel come to them.
  private func offered(_ table: FeatureTable, _ risks: [Double], _ options: [Int]) -> FeatureTable {
    let channelCount = ContactStudy.channelNames.count
    return FeatureTable(
      table.features + [
        Feature("churn_score"), Feature("offer", levels: ContactStudy.offerNames),
        Feature("channel", levels: ContactStudy.channelNames),
      ],
      table.columns + [risks, options.map { Double($0 / channelCount) }, options.map { Double($0 % channelCount) }],
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
      let alike = contacted.filter { ($0.option ?? 0) / channelCount == offer }
      let takenShare = alike.isEmpty ? 0 : Double(alike.count(where: \.isTaken)) / Double(alike.count)
      return Double(ContactStudy.contactCostsE4[channel]) + takenShare * Double(ContactStudy.takenCostsE4[offer])
    }
  }
}
