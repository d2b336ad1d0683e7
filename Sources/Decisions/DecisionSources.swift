import Calendar
import Columns
import Datasets
import Ledger

/// The files that a night's decisions depend on, and how they are read.
struct DecisionSources: Sendable {
  let night: Day
  let rules: DecisionRules
  private let twins: [Product]
  private let scores: [Product]
  private let contacts: [Product]
  private let assignments: [Product]

  /// Facts become known at most so long before they happen: lists are handed over the evening before.
  private static let foresightDays = 7

  /// Chooses the files of the night in a state of the log.
  ///
  /// Contacts that the night's own export wrote are left out: they follow from these decisions. So are nights too far back
  /// for any cap.
  init(_ state: LiveState, night: Day, rules: DecisionRules) {
    self.night = night
    self.rules = rules
    let oldest = night - (rules.policy.historyDays + Self.foresightDays)
    func history(_ dataset: String, upTo last: Day) -> [Product] {
      state.products(dataset).filter { product in
        guard let day = product.partition["date"].flatMap({ Day($0) }) else { return true }
        return day >= oldest && day <= last
      }
    }
    let own = Set(
      state.entries.filter { $0.stage == "export" && $0.date == night }.flatMap { $0.products.map(\.name) })
    twins = state.products("twins/subscription", where: ["date": "\(night)"])
    scores = state.products(Dataset.scores.name, where: ["date": "\(night)"])
    contacts = history(Dataset.contacts.name, upTo: night).filter { !own.contains($0.name) }
    assignments = history(Dataset.assignments.name, upTo: night - 1)
  }

  /// Everything that is read, for the log.
  var materials: [Material] { (twins + scores + contacts + assignments).map(Material.init) }

  /// Reads the columns that are needed. Throws where the night has no scores, and whatever `ParquetFile` throws.
  func read(_ home: Home) throws -> DecisionNight.Inputs {
    guard !scores.isEmpty else {
      throw DecisionsError(.missingInput, "there are no scores of \(night); run nightjar-score --date \(night)")
    }
    var record = ContactRecord()
    for product in contacts {
      let names = ["person_id", "event_date", "known_date", "channel", "offer"]
      let table = try ParquetFile.read(home.url(product.name), columns: names)
      let known = try table.date("known_date").values
      try record.append(contacts: table.rows(where: known.map { $0 <= night.rawValue }))
    }
    for product in assignments {
      let names = ["person_id", "as_of", "is_withheld", "channel", "offer"]
      try record.append(assignments: try ParquetFile.read(home.url(product.name), columns: names))
    }
    let fields = rules.policy.conditions.map(\.field) + rules.catalogue.offers.flatMap { $0.conditions.map(\.field) }
    let scoreNames = ["subscription_id", "horizon_days"] + Population.scoreFields.map(\.name)
    let conditionNames = Set(fields).subtracting(Population.twinColumns).subtracting(scoreNames)
    return DecisionNight.Inputs(
      night: night, twins: try read(twins, Population.twinColumns + conditionNames.sorted(), home),
      scores: try read(scores, scoreNames, home), contacts: record)
  }

  private func read(_ products: [Product], _ names: [String], _ home: Home) throws -> Table {
    try Table.concatenating(try products.map { try ParquetFile.read(home.url($0.name), columns: names) })
  }
}
