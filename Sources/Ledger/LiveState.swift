public import Calendar

/// A delivery whose rows count: its newest line in the log, and the night that took it.
public struct TakenDelivery: Sendable, Hashable {
  /// What became of its rows.
  public var file: IntakeFile
  /// The night that took it.
  public var night: Day
}

/// What exists in a view of the log: products added and not retired, deliveries taken and not superseded.
public struct LiveState: Sendable {
  /// The entries of the view, in order.
  public let entries: [LogEntry]
  /// The live products, ascending by name.
  public let products: [Product]
  /// The deliveries whose rows count, in the order in which they were taken: of equal record keys the first one counts.
  public let deliveries: [TakenDelivery]
  private let digests: Set<SHA256Digest>
  private let supersededDigests: Set<SHA256Digest>

  /// Folds entries in order: each retires first, then adds.
  init(_ entries: ArraySlice<LogEntry>) {
    var live: [String: Product] = [:]
    var taken = TakenFold()
    for entry in entries {
      for name in entry.retired { live[name] = nil }
      if entry.stage != LogEntry.nightStage && entry.stage != LogEntry.initStage {
        for product in entry.products { live[product.name] = product }
      }
      for file in entry.files { taken.add(file, night: entry.date) }
    }
    self.entries = Array(entries)
    deliveries = taken.deliveries.compactMap { $0 }
    let digests = Set(deliveries.map(\.file.sha256))
    self.digests = digests
    supersededDigests = taken.superseded.subtracting(digests)
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

  /// Whether a delivery with this content was ingested and counts.
  public func knows(delivery sha256: SHA256Digest) -> Bool { digests.contains(sha256) }

  /// Whether this content was ingested and counts no more, since another file replaced it.
  public func isSuperseded(delivery sha256: SHA256Digest) -> Bool { supersededDigests.contains(sha256) }
}

/// Lines on files, folded in the order of the log. A feed has one delivery of a name that counts.
private struct TakenFold {
  private struct Name: Hashable {
    var feed: String
    var name: String
  }

  var deliveries: [TakenDelivery?] = []
  var superseded: Set<SHA256Digest> = []
  private var places: [Name: Int] = [:]

  mutating func add(_ file: IntakeFile, night: Day) {
    let name = Name(feed: file.feed, name: file.name)
    if file.rederivation != nil, let place = places[name] {
      // Its rows are new, its place among the others is not.
      deliveries[place]?.file = file
      return
    }
    if let old = file.superseded, let place = places[name] {
      deliveries[place] = nil
      superseded.insert(old)
    }
    places[name] = deliveries.count
    deliveries.append(TakenDelivery(file: file, night: night))
  }
}
