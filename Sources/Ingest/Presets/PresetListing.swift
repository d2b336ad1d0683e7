public import Configuration
import Ledger

/// The presets of a configuration folder, as people and machines ask for them.
public struct PresetListing: Sendable {
  /// The folder in which they lie.
  public let folder: String
  private let presets: [FeedPreset]

  /// Reads every preset; all faults of all files come at once.
  public init(configuration: String) throws(ConfigurationError) {
    folder = configuration + "/presets"
    presets = try FeedPreset.all(configuration: configuration)
  }

  /// The number of presets.
  public var count: Int { presets.count }

  /// One line a preset: its name and what it reads.
  public var lines: [String] {
    let width = presets.map(\.name.count).max() ?? 0
    return presets.map { $0.name + String(repeating: " ", count: width - $0.name.count) + "  \($0.about)" }
  }

  /// What a preset reads, what it leaves open, and a feed that takes it over.
  public func explanation(of name: String) throws(IngestError) -> [String] {
    guard let preset = presets.first(where: { $0.name == name }) else {
      throw IngestError(
        .usage, "there is no preset '\(name)' in \(folder)\(Suggestion.clause(for: name, among: presets.map(\.name)))")
    }
    var lines = ["\(preset.name): \(preset.about)", "file: \(preset.path)"]
    for option in preset.options {
      let rule = option.isNeeded ? "needed" : option.fallback.map { "default \($0)" } ?? "may be left out"
      lines.append("option \(option.name) (\(rule)): \(option.about)")
      lines.append("  \(option.valueNames.joined(separator: ", "))")
    }
    for need in preset.needs { lines.append("the feed says '\(need.key)': \(need.why)") }
    if preset.lacksOwner {
      lines.append("the feed says 'columns: {subscription: …}', or number: which column tells whose rows they are")
    }
    let needed = preset.options.filter(\.isNeeded).map { "\($0.name): \($0.valueNames.first ?? "")" }
    lines += ["a feed that takes it over:", "  feed: \(preset.name)", "  preset: \(preset.name)"]
    if !needed.isEmpty { lines.append("  options: {\(needed.joined(separator: ", "))}") }
    lines += ["  files: \"PATTERN*\""] + preset.needs.map { "  \($0.key): …" }
    return preset.lacksOwner ? lines + ["  columns: {subscription: {from: …}}"] : lines
  }

  /// `{"presets":[{"about":"…","name":"…","options":[{"name":"…","needed":0,"values":["…"]}]}]}`.
  public var json: String {
    CanonicalJSON.object([
      "presets": .array(
        presets.map { preset in
          .object([
            "about": .string(preset.about), "name": .string(preset.name),
            "options": .array(
              preset.options.map { option in
                .object([
                  "about": .string(option.about), "name": .string(option.name),
                  "needed": .integer(option.isNeeded ? 1 : 0), "values": .array(option.valueNames.map { .string($0) }),
                ])
              }),
          ])
        })
    ]).text
  }
}
