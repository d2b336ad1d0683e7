import Calendar
import Columns
import Datasets
import Ledger
import Parallelism
import Synchronization

/// The live fact files that twins of some moments are made of: the materials of a twin entry.
struct TwinSources: Sendable {
  /// Facts may be dated this many days after the night that brought them (a bill with tomorrow's date); families that
  /// only windows look at are pruned by their night with this margin.
  static let futureDays = 35
  /// Families whose partitions are nights, and of which no event bears on a day long before its night: pruned where no
  /// field looks back further than the longest window.
  static let windowed: [EventFamily] = [.bills, .payments, .topUps, .balances]

  /// Files of use, pruned by event date.
  let usage: [Product]
  /// Files of counterparties and cells, of the days that fields look at.
  private let relations: [(family: RelationFamily, products: [Product])]
  /// Files of scores of the nights before, where a field asks for them.
  private let scores: [Product]
  /// The columns of every other family that twins need.
  private let needs: [(dataset: Dataset, columns: [String])]
  /// Their files, in the same order.
  let families: [[Product]]
  private let moments: [TwinMoment]
  /// The first as-of day.
  private let earliest: Day

  init(
    _ state: LiveState, _ catalogue: TwinCatalogue, and others: [TwinCatalogue] = [], _ moments: [TwinMoment]
  ) {
    let earliest = moments.map(\.asOf).min() ?? Day(rawValue: 0)
    self.moments = moments
    self.earliest = earliest
    let start = earliest - (Windows.longest - 1) - TwinSources.futureDays
    usage = state.products(Dataset.usage.name).filter { product in
      guard let date = TwinSources.date(product.name) else { return true }
      return moments.contains { date <= $0.asOf && catalogue.usePlan.ring(ofAge: $0.asOf - date) != nil }
    }
    let asked = Set(catalogue.relationAggregates.map(\.family))
    relations = RelationFamily.allCases.filter { asked.contains($0) }.map { family in
      let products = state.products(family.dataset.name).filter { product in
        guard let date = TwinSources.date(product.name) else { return true }
        return moments.contains { date <= $0.asOf && $0.asOf - date < RelationAggregate.dayCount }
      }
      return (family, products)
    }
    scores =
      !catalogue.asksForScores
      ? []
      : state.products(Dataset.scores.name).filter { product in
        TwinSources.date(product.name).map { date in moments.contains { LastScores.bears(date, on: $0) } } ?? false
      }
    let caused = TwinSources.causedLater(state, knownBy: moments.map(\.knownBy).max() ?? Day(rawValue: 0))
    let pruned = Set(
      TwinSources.windowed.filter { !catalogue.looksAtLife(of: $0) }.map(\.dataset.name))
    needs = TwinFacts.needs(catalogue, and: others)
    families = needs.map { dataset, _ in
      let products = state.products(dataset.name).filter { !caused.contains($0.name) }
      if dataset == .outages {
        // They are told on the day on which they begin or later, and count for so long.
        let first = earliest - (RelationAggregate.dayCount - 1) - OutageMinutes.longestDays
        return products.filter { product in TwinSources.date(product.name).map { $0 >= first } ?? true }
      }
      guard pruned.contains(dataset.name) else { return products }
      return products.filter { product in TwinSources.date(product.name).map { $0 >= start } ?? true }
    }
  }

  /// The contacts that exports of that night and later caused: known only afterwards, so they are no material of its
  /// twins, and a night that is run again finds its twins done.
  static func causedLater(_ state: LiveState, knownBy night: Day) -> Set<String> {
    Set(state.entries.filter { $0.stage == "export" && $0.date >= night }.flatMap { $0.products.map(\.name) })
  }

  /// Everything that is read, as materials.
  var materials: [Material] {
    (usage + scores + relations.flatMap(\.products) + families.flatMap { $0 }).map { Material($0) }
  }
  /// The number of files that are read beside those of use.
  var fileCount: Int {
    scores.count + relations.reduce(0) { $0 + $1.products.count } + families.reduce(0) { $0 + $1.count }
  }

  /// Reads every family but use, file by file on `threads` threads.
  func read(_ home: Home, threads: Int) throws -> TwinFacts {
    let workers = WorkerThreads(count: threads)
    // The files of a family are let go as they are put together.
    let files = Mutex(try readFamilies(home, workers))
    let tables = try workers.map(taskCount: needs.count) { number in
      let own = files.withLock { files in
        defer { files[number] = [] }
        return files[number]
      }
      return own.isEmpty ? nil : try Table.concatenating(own)
    }
    var facts: [String: Table] = [:]
    for (need, table) in zip(needs, tables) { facts[need.dataset.name] = table }
    let relations = relations.map { family, products in
      (
        family,
        products.map {
          RelationPart(
            path: home.url($0.name), eventDate: TwinSources.date($0.name), ids: ShardRanges.ids($0.name))
        }
      )
    }
    let scored = try workers.map(taskCount: scores.count) { number in
      try ParquetFile.read(home.url(scores[number].name), columns: LastScores.columns)
    }
    if !scored.isEmpty { facts[Dataset.scores.name] = try Table.concatenating(scored) }
    return TwinFacts(
      facts, usage: usageParts(home), relations: Dictionary(relations) { first, _ in first })
  }

  /// The tables of the files of each family.
  private func readFamilies(_ home: Home, _ workers: WorkerThreads) throws -> [[Table]] {
    let files = families.enumerated().flatMap { family, products in products.map { (family, $0) } }
    let tables = try workers.map(taskCount: files.count) { number in
      let (family, product) = files[number]
      let need = needs[family]
      return try FactTable.read(
        home.url(product.name), need.dataset, need.columns, leavingOut: unread(need.dataset, product))
    }
    var parts: [[Table]] = families.map { _ in [] }
    for ((family, _), table) in zip(files, tables) { parts[family].append(table) }
    for (number, need) in needs.enumerated() where need.dataset == EventFamily.balances.dataset {
      parts[number] = try NewestEvents.kept(parts[number], at: moments, workers)
    }
    return parts
  }

  /// The columns of a file that bear on nothing: words of tickets of long before the year that is read.
  private func unread(_ dataset: Dataset, _ product: Product) -> [String] {
    guard dataset == .tickets, let night = TwinSources.date(product.name) else { return [] }
    return night < earliest - (TextModel.dayCount - 1) - TwinSources.futureDays ? ["text_words"] : []
  }

  /// The files of use.
  func usageParts(_ home: Home) -> [UsagePart] {
    usage.map {
      UsagePart(path: home.url($0.name), eventDate: TwinSources.date($0.name), ids: ShardRanges.ids($0.name))
    }
  }

  /// The date of the partition that a path below the home says.
  static func date(_ name: String) -> Day? {
    name.split(separator: "/").first { $0.hasPrefix("date=") }.flatMap { Day(String($0.dropFirst(5))) }
  }
}
