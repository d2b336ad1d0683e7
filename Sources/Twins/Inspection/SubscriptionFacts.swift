import Calendar
import Columns
import Datasets
import Ledger
import Parallelism

/// The facts of one subscription that a night sees, and the scene of its twin.
struct SubscriptionFacts {
  let moment: TwinMoment
  let events: SubscriptionEvents
  let holders: Holders
  let scene: TwinScene
  let subscriptions: Table
  let links: Table
  private let id: Int64
  private let home: Home
  private let state: LiveState
  private let left: Set<String>
  private let index: DenseIndex

  init(_ home: Home, _ state: LiveState, subscription id: Int64, night: Day) throws {
    self.home = home
    self.state = state
    self.id = id
    moment = TwinMoment(asOf: night, knownBy: night)
    left = TwinSources.causedLater(state, knownBy: night)
    let reader = Reader(home: home, state: state, left: left, moment: moment)
    subscriptions = try reader.rows(.subscriptions, of: id, in: "subscription_id")
    links = try reader.rows(.links, of: id, in: "subscription_id")
    events = try SubscriptionEvents(subscriptions)
    index = events.index
    holders = try Holders(links, index)
    scene = try TwinScene(
      events, holders, coverage: Table(empty: Dataset.coverage.schema), at: moment, WorkerThreads(count: 1))
    guard scene.rowCount == 1 else {
      throw TwinError(
        .missingTwin,
        "by the facts in force subscription \(id) does not live at the end of \(night): run the night again")
    }
  }

  /// The person that holds the subscription; nil where no link holds.
  var person: Int64? { scene.link(0).map { holders.persons.values[$0] } }

  /// Whether the person agreed to a purpose.
  func isGranted(_ purpose: ConsentPurpose) throws -> Bool {
    let consents = try ConsentHistory(rows(.consents), persons: holders.personIndex).newest(at: moment)
    return consents.isGranted(purpose, scene, holders)[0]
  }

  /// Seen rows of a dataset that speak of the subscription, or of its person about no subscription.
  func rows(_ dataset: Dataset, ages: (Int) -> Bool = { _ in true }) throws -> Table {
    let reader = Reader(home: home, state: state, left: left, moment: moment)
    let own =
      dataset.schema.index(of: "subscription_id") == nil
      ? Table(empty: dataset.schema) : try reader.rows(dataset, of: id, in: "subscription_id", ages: ages)
    guard let person, dataset == .contacts || dataset == .consents else { return own }
    let persons = try reader.rows(dataset, of: person, in: "person_id", ages: ages)
    guard dataset == .contacts else { return persons }
    let subscriptions = try persons.int64("subscription_id")
    let about = persons.rows(where: (0..<persons.rowCount).map { !subscriptions.isValid($0) })
    return try Table.concatenating([own, about], schema: dataset.schema)
  }

  /// Seen rows of a dataset that speaks of nobody.
  func rows(ofEverybody dataset: Dataset) throws -> Table {
    try Reader(home: home, state: state, left: left, moment: moment).rows(dataset, of: nil, in: "")
  }

  /// The events of a family that hold, with all rows that it has of them.
  func held(_ family: EventFamily) throws -> (table: Table, held: HeldEvents) {
    let table = try rows(family.dataset)
    let held =
      family == .contacts
      ? try ContactHistory(table, index, persons: holders.personIndex).held(scene, holders)
      : try EventHistory(family, table, index).held(scene)
    return (table, held)
  }

  /// What an aggregate asks of the subscription's tickets beyond their columns; what words say is learned from everybody's.
  func signs(_ aggregate: EventAggregate, _ tickets: Table) throws -> TicketSigns {
    var model: TextModel?
    if aggregate.columns.contains("text_words") {
      let (all, events) = (
        try rows(ofEverybody: .tickets), try SubscriptionEvents(rows(ofEverybody: .subscriptions))
      )
      model = try TicketSigns.model(all, EventHistory(.tickets, all, events.index), events, at: moment)
    }
    return try TicketSigns(
      Set(aggregate.namedColumns), tickets, EventHistory(.tickets, tickets, index), events, at: moment,
      WorkerThreads(count: 1),
      model: model)
  }

  /// Reads the rows of somebody, file by file.
  private struct Reader {
    let home: Home
    let state: LiveState
    let left: Set<String>
    let moment: TwinMoment

    func rows(
      _ dataset: Dataset, of id: Int64?, in column: String, ages: (Int) -> Bool = { _ in true }
    ) throws -> Table {
      let names = dataset.schema.fields.map(\.name)
      var tables: [Table] = []
      for product in state.products(dataset.name) where !left.contains(product.name) {
        // Use lies by event day.
        if [.usage, .counterparties, .cells].contains(dataset), let day = TwinSources.date(product.name),
          !ages(moment.age(day.rawValue))
        {
          continue
        }
        let path = home.url(product.name)
        let table = try FactTable.read(path, dataset, names, whereMayBe: id, in: column)
        let (dates, knowns) = (try table.date("event_date").values, try table.date("known_date").values)
        let ids = id == nil ? nil : try table.int64(column)
        tables.append(
          table.rows(
            where: (0..<table.rowCount).map { row in
              (ids.map { $0[row] == id } ?? true) && moment.sees(dates[row], knowns[row])
                && ages(moment.age(dates[row]))
            }))
      }
      return try Table.concatenating(tables, schema: dataset.schema)
    }
  }
}
