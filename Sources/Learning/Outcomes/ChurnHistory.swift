package import Calendar
package import Columns
import Datasets
package import Ledger
import Parallelism
package import Twins

/// What the log's live files say of the past: twins as known at chosen dates, and what came after them.
package struct ChurnHistory: Sendable {
  package let state: LiveState
  package let home: Home
  package private(set) var definition: ChurnDefinition
  /// The night whose knowledge the labels have.
  package let night: Day
  package let coverage: UsageCoverage
  private let ends: SubscriptionEnds
  private let contacts: ContactDays
  private let threads: Int

  /// Reads coverage and the events of subscriptions.
  package init(_ state: LiveState, home: Home, definition: ChurnDefinition, night: Day, threads: Int) throws {
    self.state = state
    self.home = home
    self.definition = definition
    self.night = night
    self.threads = threads
    coverage = try UsageCoverage(ChurnHistory.read(state, home, .coverage, threads: threads))
    ends = try SubscriptionEnds(
      ChurnHistory.read(state, home, .subscriptions, columns: SubscriptionEnds.columns, threads: threads),
      knownBy: night)
    contacts = try ContactDays(
      ChurnHistory.read(
        state, home, .contacts, columns: ContactDays.columns, threads: threads
      ) { ChurnHistory.isOfNight($0, night) }, knownBy: night)
  }

  /// Whether a file of contacts lies on the night or before it. A night's own export writes contacts of the day after:
  /// running the night again must find its work done.
  private static func isOfNight(_ product: Product, _ night: Day) -> Bool {
    product.partition["date"].flatMap { Day($0) }.map { $0 <= night } ?? true
  }

  /// The same history, looked at for another horizon.
  func ofHorizon(_ days: Int) -> ChurnHistory {
    var history = self
    history.definition = definition.ofHorizon(days)
    return history
  }

  /// The live files that training depends on. Contacts of after the night are left out: its own export writes them.
  package var trainingMaterials: [Material] {
    let datasets = Set(Dataset.facts.map(\.name) + [Dataset.coverage.name])
    return state.products.filter { product in
      guard let dataset = product.dataset, datasets.contains(dataset) else { return false }
      return dataset != Dataset.contacts.name || ChurnHistory.isOfNight(product, night)
    }.map { Material($0) }
  }

  /// The live files beside twins and model that scoring depends on: they say who is already silent.
  package var scoringMaterials: [Material] {
    let datasets = Set([Dataset.usage, .topUps, .subscriptions, .coverage].map(\.name))
    let ages = 0..<dormancyDayCount
    return state.products.filter { product in
      guard let dataset = product.dataset, datasets.contains(dataset) else { return false }
      guard dataset == Dataset.usage.name, let date = product.partition["date"].flatMap({ Day($0) }) else {
        return true
      }
      return ages.contains(night - date)
    }.map { Material($0) }
  }

  /// The last days up to the night that tell who is silent: until `dormantDays` of them are complete, at most as many as a silence has.
  private var dormancyDayCount: Int {
    let complete = (0..<definition.silenceDays).filter { coverage.isComplete(night - $0, knownBy: night) }
    return complete.count < definition.dormantDays ? definition.silenceDays : complete[definition.dormantDays - 1] + 1
  }

  /// What a person should know where use is not complete on the last `dormantDays` days; nil where it is.
  package var dormancyWarning: String? {
    let dayCount = dormancyDayCount
    let completeCount = (0..<dayCount).count { coverage.isComplete(night - $0, knownBy: night) }
    guard completeCount < dayCount else { return nil }
    return "use is complete on \(completeCount) of the last \(dayCount) days: "
      + (completeCount < definition.dormantDays
        ? "no prepaid subscription counts as silent, and whoever is gone is scored"
        : "who is silent is told by days further back")
  }

  /// The newest date whose labels are mature.
  package var newestMatureDate: Day { night - definition.maturityDays }

  /// Whether enough complete use lies before a date, as known then.
  package func isUsable(_ day: Day) -> Bool {
    coverage.isComplete(endingAt: day, count: definition.minimumHistoryDays)
  }

  /// The twins of the dates, each as known at its own date.
  package func twins(_ dates: [Day], _ catalogue: TwinCatalogue) throws -> [Table] {
    try SubscriptionTwin.build(
      catalogue, state: state, home: home, at: dates.map { TwinMoment(asOf: $0, knownBy: $0) }, threads: threads)
  }

  /// What became of every row of twins of the dates.
  func fates(of twins: [Table], at dates: [Day]) throws -> [[ChurnOutcomes.Fate]] {
    guard let first = dates.min(), let last = dates.max() else { return [] }
    let activity = try self.activity(
      of: twins, from: first - (definition.silenceDays - 1), through: min(last + definition.maturityDays, night))
    let outcomes = ChurnOutcomes(definition: definition, ends: ends, activity: activity, night: night)
    return try zip(twins, dates).map { try outcomes.fates(of: $0, asOf: $1) }
  }

  /// How contacts bear on the rows of a twin, whose fates are known.
  func treatments(
    of twin: Table, _ fates: [ChurnOutcomes.Fate], asOf: Day
  ) throws(ColumnsError) -> [RowTreatment] {
    let subscriptions = try twin.int64("subscription_id").values
    let persons = try twin.int64("person_id")
    return fates.indices.map { row in
      contacts.treatment(
        subscriptions[row], person: persons[row], asOf: asOf, horizonDays: definition.horizonDays,
        eventDay: fates[row].eventDay, carryOverDays: definition.treatment.carryOverDays)
    }
  }

  /// Which rows of tonight's twin are on the active base.
  package func isOnBase(_ twin: Table) throws -> [Bool] {
    let activity = try self.activity(of: [twin], from: night - (dormancyDayCount - 1), through: night)
    let outcomes = ChurnOutcomes(definition: definition, ends: ends, activity: activity, night: night)
    return try outcomes.outcomes(of: twin, asOf: night).map(\.isOnBase)
  }

  /// Reads the days of activity of the prepaid subscriptions of `twins`, a task a day.
  private func activity(of twins: [Table], from: Day, through: Day) throws -> ActivityDays {
    var prepaid: Set<Int64> = []
    for twin in twins {
      let ids = try twin.int64("subscription_id").values
      let types = try twin.string("payment_type").values
      for row in ids.indices where types[row] == "prepaid" { prepaid.insert(ids[row]) }
    }
    let subscriptions = prepaid.sorted()
    let positions = Dictionary(uniqueKeysWithValues: subscriptions.enumerated().map { ($0.element, Int32($0.offset)) })
    let topUps = try topUpsByDay(from: from, through: through)
    let days = (0...max(0, through - from)).map { from + $0 }
    let usageColumns = ["subscription_id", "known_date"] + ActivityDays.measures
    let firstKnown = try WorkerThreads(count: threads).map(taskCount: days.count) { index in
      var tables = topUps[days[index]].map { [$0] } ?? []
      for product in state.products(Dataset.usage.name, where: ["date": "\(days[index])"]) {
        tables.append(try ParquetFile.read(home.url(product.name), columns: usageColumns))
      }
      return try ActivityDays.firstKnown(tables, positions: positions)
    }
    return ActivityDays(
      subscriptions: subscriptions, start: from, firstKnown: firstKnown,
      isComplete: days.map { coverage.isComplete($0, knownBy: night) })
  }

  /// Top-ups lie by night, so they are read once and dealt out to their days.
  private func topUpsByDay(from: Day, through: Day) throws -> [Day: Table] {
    let table = try ChurnHistory.read(
      state, home, .topUps, columns: ["subscription_id", "known_date", "event_date"], threads: threads)
    let dates = try table.date("event_date").values
    var rows: [Int32: [Int]] = [:]
    for row in dates.indices where dates[row] >= from.rawValue && dates[row] <= through.rawValue {
      rows[dates[row], default: []].append(row)
    }
    return Dictionary(
      uniqueKeysWithValues: rows.map { (Day(rawValue: $0.key), table.rows(at: $0.value)) })
  }

  /// Reads every live file of a dataset; an empty table where there is none.
  private static func read(
    _ state: LiveState, _ home: Home, _ dataset: Dataset, columns: [String]? = nil, threads: Int,
    where isWanted: (Product) -> Bool = { _ in true }
  ) throws -> Table {
    let products = state.products(dataset.name).filter(isWanted)
    let tables = try WorkerThreads(count: threads).map(taskCount: products.count) { index in
      try ParquetFile.read(home.url(products[index].name), columns: columns)
    }
    let empty = Table(empty: dataset.schema)
    return try Table.concatenating(tables, schema: columns.map { try empty.selecting($0).schema } ?? empty.schema)
  }
}
