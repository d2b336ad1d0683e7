public import Configuration
import Ledger

/// The catalogues of one night: that of subscriptions, and those of the twins that are made with them.
public struct TwinCatalogues: Sendable {
  /// That of subscriptions.
  public let subscription: TwinCatalogue
  /// The others, in the order of their kinds.
  public let others: [TwinCatalogue]

  /// Puts catalogues together; the twins of a kind without one are not made.
  package init(_ subscription: TwinCatalogue, and others: [TwinCatalogue] = []) {
    self.subscription = subscription
    self.others = others
  }

  /// Reads every catalogue; `path` gives that of a file below the configuration folder. Only that of subscriptions must be
  /// there.
  public static func load(_ path: (String) -> String) throws(ConfigurationError) -> TwinCatalogues {
    let subscription = try TwinCatalogue.load(path: path(TwinEntity.subscription.file))
    var others: [TwinCatalogue] = []
    for entity in TwinEntity.all where entity != .subscription && SystemCalls.exists(path(entity.file)) {
      others.append(try TwinCatalogue.load(path: path(entity.file), of: entity, over: subscription))
    }
    return TwinCatalogues(subscription, and: others)
  }

  /// Those that roll subscriptions up.
  var rolledUp: [TwinCatalogue] { others.filter { $0.entity.rollups != nil } }
  /// That of processes, if there is one.
  var process: TwinCatalogue? { others.first { $0.entity == .process } }

  /// The catalogues as materials of the entries that they shape.
  var materials: [Material] { ([subscription] + others).map(\.material) }
  /// The digest of all files.
  var digest: SHA256Digest {
    others.isEmpty
      ? subscription.digest
      : SHA256Digest(of: ([subscription] + others).map { "\($0.entity.file) \($0.digest.hex)\n" }.joined())
  }
}
