import Configuration
import Ledger

/// A feed file with its preset's keys merged in.
///
/// Every value keeps the place at which it was written, so that a fault of the preset is reported in the preset.
struct PresetUse {
  /// The feed file, its tree completed by the preset.
  private(set) var document: ConfigurationDocument
  /// The preset, or nil where the feed names none.
  private(set) var preset: FeedPreset?
  /// What is wrong with the feed's `options`; the rest of the feed can still be read.
  private(set) var problems: [ConfigurationError.Problem] = []

  /// Keys whose mappings are merged key by key; of any other key the feed's own value replaces the preset's.
  private static let mergedKeys: Set = ["checks", "columns", "dialect", "numbers"]

  /// Takes over what the feed's `preset` says; throws where there is no such preset or it is wrong itself.
  init(_ document: ConfigurationDocument) throws(ConfigurationError) {
    self.document = document
    let own = document.root.mappingEntries
    guard let named = own.first(where: { $0.key == "preset" }), named.value.content != .null else {
      if let options = own.first(where: { $0.key == "options" }) {
        problems.append(.init(options.location, "'options' belong to a preset, and the feed names none"))
      }
      return
    }
    let preset = try PresetUse.load(named.value, feedPath: document.path)
    self.preset = preset
    var keys = preset.keys.mappingEntries
    for body in chosen(preset, own) { keys = PresetUse.merged(keys, body.mappingEntries) }
    let merged = PresetUse.merged(keys, own)
    for need in preset.needs where !merged.contains(where: { $0.key == need.key && $0.value.content != .null }) {
      problems.append(
        .init(named.location, "the preset '\(preset.name)' needs the key '\(need.key)' of the feed: \(need.why)"))
    }
    self.document = document.replacingRoot(with: ConfigurationNode(document.root.location, .mapping(merged)))
  }

  private static func load(
    _ node: ConfigurationNode, feedPath: String
  ) throws(ConfigurationError) -> FeedPreset {
    let folder = FeedPreset.folder(ofFeedAt: feedPath)
    guard let name = node.text, !name.isEmpty, name.utf8.allSatisfy(Feed.isNameByte) else {
      throw ConfigurationError(node.location, "'preset' must be the name of a file of \(folder), without its ending")
    }
    do {
      return try FeedPreset.load(name, folder: folder)
    } catch {
      // A missing file is the feed's fault, anything else the preset's.
      guard error.problems.allSatisfy({ $0.location.line == 0 }) else { throw error }
      let known = FeedPreset.names(folder: folder)
      let near = Suggestion.nearest(to: name, among: known).map { "; did you mean '\($0)'?" } ?? ""
      throw ConfigurationError(
        node.location,
        "the preset '\(name)' cannot be read from \(folder)/\(name).yaml: \(error.problems[0].message)\(near)")
    }
  }

  /// The keys of the option values that the feed chooses, or that stand where it does not choose.
  private mutating func chosen(_ preset: FeedPreset, _ own: [ConfigurationNode.Entry]) -> [ConfigurationNode] {
    let options = own.first { $0.key == "options" }
    let given = options?.value.mappingEntries ?? []
    if let options, given.isEmpty, options.value.content != .null {
      problems.append(.init(options.value.location, "'options' must be a mapping of options to values"))
    }
    for entry in given where !preset.options.contains(where: { $0.name == entry.key }) {
      let clause = Suggestion.clause(for: entry.key, among: preset.options.map(\.name))
      problems.append(.init(entry.location, "the preset '\(preset.name)' has no option '\(entry.key)'\(clause)"))
    }
    return preset.options.compactMap { option in
      let value = given.first { $0.key == option.name }?.value
      if value == nil, option.isNeeded {
        let place = options?.location ?? own.first { $0.key == "preset" }?.location ?? document.root.location
        problems.append(
          .init(
            place,
            "the preset '\(preset.name)' needs the option '\(option.name)' (\(option.about)): one of "
              + option.valueNames.joined(separator: ", ")))
      }
      guard let name = value?.text ?? (value == nil ? option.fallback : "") else { return nil }
      if let keys = option.values.first(where: { $0.name == name })?.keys { return keys }
      problems.append(
        .init(
          value?.location ?? document.root.location,
          "the option '\(option.name)' has no value '\(name)'\(Suggestion.clause(for: name, among: option.valueNames))")
      )
      return nil
    }
  }

  /// The entries of two mappings, where `above` wins. A null above takes away what is below.
  static func merged(
    _ below: [ConfigurationNode.Entry], _ above: [ConfigurationNode.Entry]
  ) -> [ConfigurationNode.Entry] {
    var result: [ConfigurationNode.Entry] = []
    for entry in below {
      guard let own = above.first(where: { $0.key == entry.key }) else {
        result.append(entry)
        continue
      }
      guard own.value.content != .null else { continue }
      guard mergedKeys.contains(own.key), case .mapping(let inner) = own.value.content,
        case .mapping(let innerBelow) = entry.value.content
      else {
        result.append(own)
        continue
      }
      let values = inner.reduce(into: innerBelow) { values, own in
        let place = values.firstIndex { $0.key == own.key }
        switch (place, own.value.content) {
        case (let place?, .null): values.remove(at: place)
        case (let place?, _): values[place] = own
        case (nil, _): values.append(own)
        }
      }
      var replaced = own
      replaced.value = ConfigurationNode(own.value.location, .mapping(values))
      result.append(replaced)
    }
    return result + above.filter { entry in !below.contains { $0.key == entry.key } }
  }
}
