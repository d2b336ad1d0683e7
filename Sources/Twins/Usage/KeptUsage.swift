import Calendar
import Datasets
import Ledger

/// The newest state of use before a night, in a view of the log.
struct KeptUsage: Sendable {
  /// Nights for which a state stays live.
  static let nightCount = 8

  /// The night of the state.
  let night: Day
  /// Its files, ascending by id.
  let files: [Product]
  /// What has to be read to roll it.
  let roll: UsageRoll

  /// Finds the state; nil where there is none before the night of `moment`. `usage` are the files of use that the moment
  /// is made of.
  init?(_ home: Home, _ state: LiveState, usage: [Product], to moment: TwinMoment) {
    let products = state.products(UsageState.dataset.name)
    guard let night = products.compactMap({ TwinSources.date($0.name) }).filter({ $0 < moment.asOf }).max() else {
      return nil
    }
    let files = products.filter { TwinSources.date($0.name) == night }
    let names = Set(files.map(\.name))
    guard let entry = state.entries.last(where: { entry in entry.products.contains { names.contains($0.name) } })
    else { return nil }
    let prefix = Dataset.usage.folder + "/"
    self.night = night
    self.files = files
    roll = UsageRoll(
      from: TwinMoment(asOf: night, knownBy: night),
      KeptUsage.parts(home, entry.materials.map(\.name).filter { $0.hasPrefix(prefix) }),
      to: moment, KeptUsage.parts(home, usage.map(\.name)))
  }

  private static func parts(_ home: Home, _ names: [String]) -> [String: UsagePart] {
    Dictionary(
      names.map { ($0, UsagePart(path: home.url($0), eventDate: TwinSources.date($0))) }, uniquingKeysWith: { $1 })
  }

  /// The states that a night makes superfluous; never the one that it rolls, which it looks for when it is run again.
  static func outdated(_ state: LiveState, by night: Day, rolling kept: KeptUsage?) -> [Product] {
    state.products(UsageState.dataset.name).filter { product in
      guard let date = TwinSources.date(product.name) else { return false }
      return date <= night - nightCount && date != kept?.night
    }
  }
}
