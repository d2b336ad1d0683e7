package import Calendar
package import Columns
package import Datasets
package import Ledger

/// One file of use, or a table in its place: read in batches, for ranges of subscriptions.
package struct UsagePart: Sendable {
  /// The event date of all its rows, where that is known without reading.
  let eventDate: Day?
  /// The subscriptions that it may have, where that is known without reading.
  private let ids: ClosedRange<Int64>?
  private enum Source: Sendable {
    case file(String)
    case table(Table)
  }
  private let source: Source
  /// The digest that the log names, where one does.
  private let digest: SHA256Digest?

  /// A Parquet file.
  package init(path: String, eventDate: Day?, ids: ClosedRange<Int64>? = nil, digest: SHA256Digest? = nil) {
    source = .file(path)
    self.eventDate = eventDate
    self.ids = ids
    self.digest = digest
  }

  /// A table in memory, whose rows are all of `eventDate` where one is given.
  package init(_ table: Table, eventDate: Day? = nil) {
    source = .table(table)
    self.eventDate = eventDate
    ids = nil
    digest = nil
  }

  /// Throws `damagedFile` where the bytes are not those that the log names, `missingFile` where there are none.
  func check() throws(ColumnsError) {
    guard case .file(let path) = source, let digest else { return }
    do throws(LedgerError) {
      guard try SHA256Digest(ofFile: path) != digest else { return }
    } catch {
      throw ColumnsError(error.code == .missingFile ? .missingFile : .inputOutput, "\(error)")
    }
    throw ColumnsError(
      .damagedFile, "a fact file of \(eventDate.map { "\($0)" } ?? "some days") is not what the log says")
  }

  /// Calls `body` with each batch of rows that may be of some subscriptions; other rows may be among them.
  func forEachBatch(_ columns: [String], of ids: ClosedRange<Int64>, _ body: (Table) throws -> Void) throws {
    switch source {
    case .table(let table): try body(table)
    case .file(let path):
      if let own = self.ids {
        guard own.overlaps(ids) else { return }
        // Statistics say nothing that the folder has not said.
        if ids.lowerBound <= own.lowerBound, own.upperBound <= ids.upperBound {
          return try ParquetFile.forEachBatch(of: path, columns: columns, body)
        }
      } else if ids == ShardRanges.everyID {
        return try ParquetFile.forEachBatch(of: path, columns: columns, body)
      }
      let batches = try ParquetBatches(path, columns: columns, whereMayBe: ids, in: "subscription_id")
      while let batch = try batches.next() { try body(batch) }
    }
  }

  /// Whether some row may lie in what a plan keeps at the moment.
  func bears(on moment: TwinMoment, _ plan: UsagePlan) -> Bool {
    eventDate.map { $0 <= moment.asOf && plan.ring(ofAge: moment.asOf - $0) != nil } ?? true
  }
}

/// Everything that twins are made of: the tables of each family, and use in parts.
package struct TwinFacts: Sendable {
  /// The columns that twins of a catalogue, and those of other kinds made with them, need of each family but use.
  package static func needs(_ catalogue: TwinCatalogue, and others: [TwinCatalogue] = []) -> [(
    dataset: Dataset, columns: [String]
  )] {
    let ofSubscriptions = needs(ofSubscriptions: catalogue, and: others)
    guard others.contains(where: { $0.entity == .process }) else { return ofSubscriptions }
    return (ofSubscriptions + [(.orders, [])]).map { dataset, columns in
      (dataset, columns + ProcessTwin.columns(dataset).filter { !columns.contains($0) })
    }
  }

  private static func needs(
    ofSubscriptions catalogue: TwinCatalogue, and others: [TwinCatalogue]
  ) -> [(dataset: Dataset, columns: [String])] {
    [
      (.subscriptions, SubscriptionEvents.columns), (.links, Holders.columns), (.consents, ConsentHistory.columns),
      (.products, PriceBook.productColumns), (.unitCosts, PriceBook.unitCostColumns),
      (.coverage, Dataset.coverage.schema.fields.map(\.name)),
    ] + EventFamily.allCases.map { ($0.dataset, catalogue.eventColumns($0, and: others)) }
      + (catalogue.relationAggregates.contains { $0.party != nil } ? [(.numbers, OwnNumbers.columns)] : [])
      + (catalogue.relationAggregates.contains(where: \.function.isOfOutages)
        ? [(.outages, OutageMinutes.columns)] : [])
  }

  private var tables: [String: Table]
  /// The files of use.
  package let usage: [UsagePart]
  /// The files of counterparties and cells.
  package let relations: [RelationFamily: [RelationPart]]

  /// Facts by dataset name, and scores of earlier nights, which are no facts; a family that is absent has no rows.
  package init(_ tables: [String: Table], usage: [UsagePart], relations: [RelationFamily: [RelationPart]] = [:]) {
    self.tables = tables
    self.usage = usage
    self.relations = relations
  }

  /// Lets the rows of some families go.
  mutating func drop(_ datasets: [Dataset]) {
    for dataset in datasets { tables[dataset.name] = nil }
  }

  /// Lets a column go, where there is one.
  mutating func drop(_ column: String, of dataset: Dataset) throws(ColumnsError) {
    guard let table = tables[dataset.name] else { return }
    tables[dataset.name] = try table.selecting(table.schema.fields.map(\.name).filter { $0 != column })
  }

  /// The rows of a family.
  func table(_ dataset: Dataset) -> Table { tables[dataset.name] ?? Table(empty: dataset.schema) }
}
