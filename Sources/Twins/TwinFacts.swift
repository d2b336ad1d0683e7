package import Calendar
package import Columns
package import Datasets
package import Ledger

/// One file of use, or a table in its place: read in batches, once for all moments.
package struct UsagePart: Sendable {
  /// The event date of all its rows, where that is known without reading.
  let eventDate: Day?
  private let read: @Sendable ([String], (Table) throws -> Void) throws -> Void
  /// Whether the bytes are those that the log names; nil where no log names them.
  private let isIntact: (@Sendable () throws(LedgerError) -> Bool)?

  /// A Parquet file.
  package init(path: String, eventDate: Day?, digest: SHA256Digest? = nil) {
    self.eventDate = eventDate
    if let digest {
      isIntact = { () throws(LedgerError) -> Bool in try SHA256Digest(ofFile: path) == digest }
    } else {
      isIntact = nil
    }
    read = { columns, body in try ParquetFile.forEachBatch(of: path, columns: columns, body) }
  }

  /// A table in memory, whose rows are all of `eventDate` where one is given.
  package init(_ table: Table, eventDate: Day? = nil) {
    self.eventDate = eventDate
    isIntact = nil
    read = { _, body in try body(table) }
  }

  /// Throws `damagedFile` where the bytes are not those that the log names, `missingFile` where there are none.
  func check() throws(ColumnsError) {
    do throws(LedgerError) {
      guard try isIntact?() == false else { return }
    } catch {
      throw ColumnsError(error.code == .missingFile ? .missingFile : .inputOutput, "\(error)")
    }
    throw ColumnsError(
      .damagedFile, "a fact file of \(eventDate.map { "\($0)" } ?? "some days") is not what the log says")
  }

  /// Calls `body` with each batch of rows.
  func forEachBatch(_ columns: [String], _ body: (Table) throws -> Void) throws { try read(columns, body) }

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

  private let tables: [String: Table]
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

  /// The rows of a family.
  func table(_ dataset: Dataset) -> Table { tables[dataset.name] ?? Table(empty: dataset.schema) }
}
