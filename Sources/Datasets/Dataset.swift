public import Columns

/// A named table of the data home: where its files lie and which columns they have.
///
/// Files of a dataset lie at `data/<folder>/<key>=<value>/…/<digest>.parquet`, where the folder is the name with
/// facts written as `facts/feed=<family>`. Twins carry a catalogue of their own (`Twins`).
public struct Dataset: Sendable, Hashable {
  /// The name, as `nightjar datasets` takes it: `facts/usage`, `twins/subscription`, `scores`.
  public let name: String
  /// The columns of every file of the dataset.
  public let schema: Schema

  /// Makes a dataset.
  public init(_ name: String, _ schema: Schema) {
    self.name = name
    self.schema = schema
  }

  /// The folder below the home: `data/facts/feed=usage`, `data/twins/entity=subscription`, `data/scores`.
  public var folder: String {
    let parts = name.split(separator: "/", maxSplits: 1)
    guard parts.count == 2 else { return "data/\(name)" }
    let key = parts[0] == "facts" ? "feed" : "entity"
    return "data/\(parts[0])/\(key)=\(parts[1])"
  }

  /// The fact families, in the order of the documentation.
  public static let facts: [Dataset] = [
    usage, counterparties, cells, outages, numbers, bills, payments, topUps, balances, tickets, orders, subscriptions,
    links, consents, contacts, products, unitCosts,
  ]
}

extension Dataset: CustomStringConvertible {
  /// The name.
  public var description: String { name }
}

extension Dataset {
  /// The measures of daily use: the columns of `facts/usage` that are sums of events.
  public static let usageMeasures: [String] = usage.schema.fields.dropFirst(4).map(\.name)
}
