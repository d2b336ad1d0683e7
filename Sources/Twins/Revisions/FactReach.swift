import Calendar
import Datasets

/// How far back twins look at each family: which snapshots a fact bears on.
///
/// Of use, counterparties and cells it is the days that the catalogue keeps of them; of families that only windows look at,
/// the longest window and the margin by which their files are pruned; of whether days are complete, the longest
/// window; of everything else, life.
struct FactReach: Sendable {
  /// Every dataset that twins are made of.
  let datasets: [Dataset]
  private let plan: UsagePlan
  private let dayCounts: [String: Int]

  init(_ catalogues: TwinCatalogues) {
    let catalogue = catalogues.subscription
    let relations = Set(catalogue.relationAggregates.map(\.family)).map(\.dataset)
    var dayCounts: [String: Int] = [:]
    for dataset in relations { dayCounts[dataset.name] = RelationAggregate.dayCount }
    for family in TwinSources.windowed where !catalogue.looksAtLife(of: family) {
      dayCounts[family.dataset.name] = Windows.longest + TwinSources.futureDays
    }
    self.dayCounts = dayCounts
    plan = catalogue.usePlan
    datasets =
      ([.usage] + relations + TwinFacts.needs(catalogue, and: catalogues.others).map(\.dataset))
      .sorted { $0.name < $1.name }
  }

  /// Whether a fact of `day` bears on twins of the end of `snapshot`; without a day it may.
  func bears(_ dataset: String, _ day: Day?, isCompleteness: Bool, on snapshot: Day) -> Bool {
    guard let day else { return true }
    guard day <= snapshot else { return false }
    let age = snapshot - day
    if isCompleteness { return age < Windows.longest }
    if dataset == Dataset.usage.name { return plan.ring(ofAge: age) != nil }
    return dayCounts[dataset].map { age < $0 } ?? true
  }

  /// The day of all facts of a file, where its folder says it.
  func eventDate(of file: String, _ dataset: Dataset) -> Day? {
    [.usage, .counterparties, .cells].contains(dataset) ? TwinSources.date(file) : nil
  }
}
