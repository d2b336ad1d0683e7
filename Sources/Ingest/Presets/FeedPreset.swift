package import Configuration
import FoundationEssentials
package import Ledger

/// What is known of the files of one system: keys of a feed that a feed file takes over by `preset: NAME` (Presets.md).
///
/// feed file ← its own keys ← the chosen values of the preset's options ← the preset's `feed`: what stands further left
/// wins.
package struct FeedPreset: Sendable {
  /// Something about the files that the feed must, or may, say.
  package struct Option: Sendable {
    /// The name.
    package let name: String
    /// What it is, for people.
    package let about: String
    /// Whether a feed must choose a value.
    package let isNeeded: Bool
    /// The value where the feed chooses none; without one the option then adds nothing.
    package let fallback: String?
    /// The values, each with the keys of a feed that it stands for.
    let values: [(name: String, keys: ConfigurationNode)]

    /// The names of the values, in the order of the file.
    package var valueNames: [String] { values.map(\.name) }
  }

  /// The unique name.
  package let name: String
  /// What it reads, for people.
  package let about: String
  /// The preset file's path.
  package let path: String
  /// The options, in the order of the file.
  package let options: [Option]
  /// Keys that the feed or an option must give, and why the preset cannot.
  let needs: [(key: String, why: String)]
  /// Keys of a feed.
  let keys: ConfigurationNode
  /// The digest of the preset file.
  package let digest: SHA256Digest

  /// Keys that a preset cannot give: what makes a feed a feed of its own.
  private static let ownKeys = ["feed", "preset", "options"]

  /// Reads the preset `name` of a folder.
  package static func load(_ name: String, folder: String) throws(ConfigurationError) -> FeedPreset {
    let document = try ConfigurationDocument.load(path: "\(folder)/\(name).yaml")
    let reader = document.reader()
    let preset = FeedPreset(reader, document, name: name)
    try reader.finish()
    return preset
  }

  private init(_ reader: NodeReader, _ document: ConfigurationDocument, name: String) {
    self.name = name
    path = document.path
    digest = SHA256Digest(of: document.bytes)
    if reader.string("preset") != name, reader.has("preset") {
      reader.report("preset", "'preset' must be the file's name, '\(name)'")
    }
    about = reader.string("about")
    options = reader.mappings(byNameIn: "options", isOptional: true) { Option($0, $1) }
    needs = reader.entries("needs", isOptional: true).map { entry in
      if entry.value.text == nil { reader.report(at: entry.value.location, "'needs' says why, in a text") }
      return (entry.key, entry.value.text ?? "")
    }
    keys = reader.value("feed") ?? ConfigurationNode(reader.location, .mapping([]))
    let bodies = [keys] + options.flatMap { $0.values.map(\.keys) }
    for entry in bodies.flatMap(\.mappingEntries) where FeedPreset.ownKeys.contains(entry.key) {
      reader.report(at: entry.location, "a preset cannot give the key '\(entry.key)'")
    }
    if case .mapping = keys.content { return }
    reader.report("feed", "'feed' must be a mapping of a feed's keys, not \(keys.kindDescription)")
  }
}

extension FeedPreset {
  /// Whether a feed that takes the preset over, with the first value of each needed option, has to say whose rows they are.
  var lacksOwner: Bool {
    let chosen = options.compactMap { option -> ConfigurationNode? in
      let name = option.isNeeded ? option.valueNames.first : option.fallback
      return option.values.first { $0.name == name }?.keys
    }
    let entries = ([keys] + chosen).flatMap(\.mappingEntries)
    let kind = entries.last { $0.key == "kind" }?.value.text.flatMap { FeedKind(rawValue: $0) }
    let fields = entries.filter { $0.key == "columns" }.flatMap { $0.value.mappingEntries.map(\.key) }
    return kind?.isOwned == true && !entries.contains { $0.key == "served" }
      && !fields.contains { $0 == "number" || $0 == "subscription" }
  }
}

extension FeedPreset.Option {
  fileprivate init(_ name: String, _ reader: NodeReader) {
    self.name = name
    about = reader.string("about")
    isNeeded = reader.bool("needed", default: false)
    values = reader.entries("values").map { ($0.key, $0.value) }
    for value in values {
      switch value.keys.content {
      case .mapping, .null: break
      default:
        reader.report(
          at: value.keys.location,
          "a value of an option is a mapping of a feed's keys, not \(value.keys.kindDescription)")
      }
    }
    fallback = reader.optionalString("default")
    if let fallback, !values.contains(where: { $0.name == fallback }) {
      reader.report(
        "default",
        "the option '\(name)' has no value '\(fallback)'\(Suggestion.clause(for: fallback, among: valueNames))")
    }
    if fallback != nil, isNeeded { reader.report("default", "an option that is needed has no 'default'") }
  }
}

// Where presets lie.
extension FeedPreset {
  /// The presets of a configuration folder, by name; all faults of all files come at once.
  package static func all(configuration: String) throws(ConfigurationError) -> [FeedPreset] {
    let folder = configuration + "/presets"
    var presets: [FeedPreset] = []
    var problems: [ConfigurationError.Problem] = []
    for name in names(folder: folder) {
      do throws(ConfigurationError) { presets.append(try load(name, folder: folder)) } catch {
        problems += error.problems
      }
    }
    guard problems.isEmpty else { throw ConfigurationError(problems) }
    return presets
  }

  /// The names of the presets in a folder, ascending; none where there is no folder.
  static func names(folder: String) -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    // By name without the ending, or asterisk-custom would come before asterisk.
    return files.filter { $0.hasSuffix(".yaml") && !$0.hasPrefix(".") }.map { String($0.dropLast(".yaml".count)) }
      .sorted()
  }

  /// The folder of the presets that a feed file may name: `presets` beside the folder in which the feed lies.
  package static func folder(ofFeedAt path: String) -> String {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    guard let last = parts.last, last != ".", last != ".." else {
      return (parts + ["..", "presets"]).joined(separator: "/")
    }
    return (parts.dropLast() + ["presets"]).joined(separator: "/")
  }
}

extension ConfigurationNode {
  /// The entries of a mapping; none of anything else.
  var mappingEntries: [Entry] {
    if case .mapping(let entries) = content { entries } else { [] }
  }
}
