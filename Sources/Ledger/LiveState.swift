/// What exists in a view of the log: products added and not retired, deliveries known.
public struct LiveState: Sendable {
  /// The entries of the view, in order.
  public let entries: [LogEntry]
  /// The live products, ascending by name.
  public let products: [Product]
  private let deliveries: Set<SHA256Digest>

  /// Folds entries in order: each retires first, then adds.
  init(_ entries: ArraySlice<LogEntry>) {
    var live: [String: Product] = [:]
    var deliveries: Set<SHA256Digest> = []
    for entry in entries {
      for name in entry.retired { live[name] = nil }
      if entry.stage != LogEntry.nightStage && entry.stage != LogEntry.initStage {
        for product in entry.products { live[product.name] = product }
      }
      for file in entry.files { deliveries.insert(file.sha256) }
    }
    self.entries = Array(entries)
    self.deliveries = deliveries
    products = live.values.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// The live files of a dataset, ascending by path.
  public func products(_ dataset: String) -> [Product] { products.filter { $0.dataset == dataset } }

  /// The live files of a dataset whose partition has all the given values.
  public func products(_ dataset: String, where partition: [String: String]) -> [Product] {
    products(dataset).filter { product in
      let own = product.partition
      return partition.allSatisfy { own[$0.key] == $0.value }
    }
  }

  /// The live products below a folder such as `data/models/churn/`.
  public func products(under folder: String) -> [Product] {
    let prefix = folder.hasSuffix("/") ? folder : folder + "/"
    return products.filter { $0.name.hasPrefix(prefix) }
  }

  /// The names of the datasets with live files, ascending.
  public var datasets: [String] { Set(products.compactMap(\.dataset)).sorted() }

  /// Whether a delivery with this content was ever ingested.
  public func knows(delivery sha256: SHA256Digest) -> Bool { deliveries.contains(sha256) }
}
