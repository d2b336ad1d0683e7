import Calendar
import Columns
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

  /// Finds the state; nil where there is none before the night of `moment`, or where other `versions` made it: what they
  /// meant by a sum need not be what these do. `usage` are the files of use that the moment is made of.
  init?(
    _ home: Home, _ state: LiveState, _ plan: UsagePlan, usage: [Product], to moment: TwinMoment,
    versions: [String: String]
  ) {
    let products = state.products(UsageState.name)
    guard let night = products.compactMap({ TwinSources.date($0.name) }).filter({ $0 < moment.asOf }).max() else {
      return nil
    }
    let files = products.filter { TwinSources.date($0.name) == night }
    let names = Set(files.map(\.name))
    guard let entry = state.entries.last(where: { entry in entry.products.contains { names.contains($0.name) } }),
      entry.versions == versions
    else { return nil }
    self.night = night
    self.files = files
    roll = UsageRoll(
      plan, from: TwinMoment(asOf: night, knownBy: night), KeptUsage.parts(home, entry.materials),
      to: moment, KeptUsage.parts(home, usage.map { Material($0) }))
  }

  private static func parts(_ home: Home, _ materials: [Material]) -> [String: UsagePart] {
    let prefix = Dataset.usage.folder + "/"
    let files = materials.filter { $0.name.hasPrefix(prefix) }.map { file in
      (
        file.name,
        UsagePart(
          path: home.url(file.name), eventDate: TwinSources.date(file.name), ids: ShardRanges.ids(file.name),
          digest: file.digest)
      )
    }
    return Dictionary(files, uniquingKeysWith: { $1 })
  }

  /// The newest twin entry of a night, if it was made of the same facts and catalogue by the same versions. Which state it
  /// rolled does not matter: a state follows from facts, and one that comes between later changes nothing. Neither do the
  /// profiles with which it was compared: a night is compared once, with the nights that were there.
  static func done(
    _ state: LiveState, _ night: Day, _ materials: [Material], versions: [String: String]
  ) -> LogEntry? {
    guard let entry = state.entries.last(where: { $0.stage == "twin" && $0.date == night }), entry.versions == versions
    else { return nil }
    let prefixes = [Dataset(UsageState.name, Schema([])), .twinProfiles].map { $0.folder + "/" }
    return Set(entry.materials.filter { file in !prefixes.contains { file.name.hasPrefix($0) } }) == Set(materials)
      ? entry : nil
  }

  /// The states that a night makes superfluous; never the one that it rolls, which it looks for when it is run again.
  static func outdated(_ state: LiveState, by night: Day, rolling kept: KeptUsage?) -> [Product] {
    state.products(UsageState.name).filter { product in
      guard let date = TwinSources.date(product.name) else { return false }
      return date <= night - nightCount && date != kept?.night
    }
  }
}
