import Configuration

/// The preset under which nearly all rows of a sample decode: whoever knows the system need not guess its columns.
struct PresetFit {
  let preset: FeedPreset
  /// The feed that takes the preset over.
  let feed: Feed
  /// The values of options that the sample settles, or that come first.
  let options: [(name: String, value: String)]
  /// Options that other values fit as well, with these values.
  let doubts: [(name: String, values: [String])]
  let trial: SampleTrial

  /// The share of rows that must decode.
  static let leastShare = 0.9
  /// The most choices of options that are tried of one preset.
  private static let choiceLimit = 64

  /// Tries every preset of a configuration folder that reads samples of this format; nil where none fits.
  ///
  /// The best is the one that decodes the largest share; of several the one that maps the most fields.
  static func best(_ texts: [[UInt8]], _ isLikely: (Feed) -> Bool, configuration: String) -> PresetFit? {
    guard let presets = try? FeedPreset.all(configuration: configuration) else { return nil }
    var best: PresetFit?
    for preset in presets {
      guard let fit = PresetFit(preset, texts, isLikely, configuration: configuration) else { continue }
      if let other = best, (other.trial.share, other.feed.decoders.count) >= (fit.trial.share, fit.feed.decoders.count)
      {
        continue
      }
      best = fit
    }
    return best
  }

  private init?(_ preset: FeedPreset, _ texts: [[UInt8]], _ isLikely: (Feed) -> Bool, configuration: String) {
    var fits: [(options: [(name: String, value: String)], feed: Feed, trial: SampleTrial)] = []
    for options in PresetFit.choices(preset) {
      let pairs = options.map { "\($0.name): \(ProposalText.quoted($0.value))" }.joined(separator: ", ")
      // A zone changes when rows happened, not whether they decode.
      let zone = preset.needs.contains { $0.key == "zone" } ? "zone: UTC\n" : ""
      let text =
        "feed: sample\npreset: \(preset.name)\n\(pairs.isEmpty ? "" : "options: {\(pairs)}\n")files: \"*\"\n\(zone)"
      guard
        let document = try? ConfigurationDocument(path: "\(configuration)/feeds/sample.yaml", bytes: Array(text.utf8)),
        let feed = try? Feed.read(document), isLikely(feed)
      else { continue }
      let trial = SampleTrial(feed, texts)
      if trial.refusal == nil, trial.share >= PresetFit.leastShare { fits.append((options, feed, trial)) }
    }
    guard let share = fits.map(\.trial.share).max(), let first = fits.first(where: { $0.trial.share == share }) else {
      return nil
    }
    self.preset = preset
    (options, feed, trial) = (first.options, first.feed, first.trial)
    let equals = fits.filter { $0.trial.share == share }
    doubts = first.options.compactMap { option in
      let values = equals.compactMap { fit in fit.options.first { $0.name == option.name }?.value }
      let distinct = Set(values).sorted()
      return distinct.count > 1 ? (option.name, distinct) : nil
    }
  }

  /// The choices of values for the options that a feed must choose.
  private static func choices(_ preset: FeedPreset) -> [[(name: String, value: String)]] {
    var choices: [[(name: String, value: String)]] = [[]]
    for option in preset.options where option.isNeeded {
      choices = choices.flatMap { choice in option.valueNames.map { choice + [(option.name, $0)] } }
      if choices.count > choiceLimit { return Array(choices.prefix(choiceLimit)) }
    }
    return choices
  }
}
