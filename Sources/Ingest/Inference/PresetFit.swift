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
  /// Whether the preset leaves to the feed whose rows they are.
  let lacksOwner: Bool

  /// The share of rows that must decode.
  static let leastShare = 0.9
  /// Whether nearly all rows decode; of a handful one may not.
  private static func isEnough(_ trial: SampleTrial) -> Bool {
    trial.share >= leastShare || (trial.rowCount >= 5 && trial.rowCount - trial.acceptedCount == 1)
  }
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
    var lacksOwner = false
    var fits: [(options: [(name: String, value: String)], feed: Feed, trial: SampleTrial)] = []
    for choices in [PresetFit.choices(preset, needed: true), PresetFit.choices(preset, needed: false)] {
      for options in choices {
        for isNational in [false, true] {
          let own = PresetFit.feed(preset, options, isNational: isNational, configuration: configuration)
          // Any owner will do for a trial.
          let other =
            own == nil
            ? PresetFit.feed(preset, options, owner: true, isNational: isNational, configuration: configuration) : nil
          guard let feed = own ?? other, isLikely(feed) else { continue }
          lacksOwner = own == nil
          let trial = SampleTrial(feed, texts)
          guard trial.refusal == nil, PresetFit.isEnough(trial) else { continue }
          fits.append((options, feed, trial))
          break
        }
      }
      // What need not be chosen is left to the preset, unless nothing fits so.
      if !fits.isEmpty { break }
    }
    guard let share = fits.map(\.trial.share).max(), let first = fits.first(where: { $0.trial.share == share }) else {
      return nil
    }
    self.preset = preset
    self.lacksOwner = lacksOwner
    (options, feed, trial) = (first.options, first.feed, first.trial)
    let equals = fits.filter { $0.trial.share == share }
    doubts = first.options.compactMap { option in
      let values = equals.compactMap { fit in fit.options.first { $0.name == option.name }?.value }
      let distinct = Set(values).sorted()
      return distinct.count > 1 ? (option.name, distinct) : nil
    }
  }

  /// A feed that takes the preset over; nil where it needs more than a sample can tell.
  private static func feed(
    _ preset: FeedPreset, _ options: [(name: String, value: String)], owner: Bool = false, isNational: Bool,
    configuration: String
  ) -> Feed? {
    let pairs = options.map { "\($0.name): \(ProposalText.quoted($0.value))" }.joined(separator: ", ")
    var text = "feed: sample\npreset: \(preset.name)\nfiles: \"*\"\n"
    if !pairs.isEmpty { text += "options: {\(pairs)}\n" }
    if owner { text += "columns: {subscription: {constant: x}}\n" }
    // A zone changes when rows happened, not whether they decode; a national number decodes in any country.
    if preset.needs.contains(where: { $0.key == "zone" }) { text += "zone: UTC\n" }
    if isNational, !preset.keys.mappingEntries.contains(where: { $0.key == "numbers" }) {
      text +=
        "numbers: {country-code: \"\(ProposalWriter.trialCountryCode)\", trunk-prefix: \"0\", international-prefix: \"00\"}\n"
    }
    let path = "\(configuration)/feeds/sample.yaml"
    guard let document = try? ConfigurationDocument(path: path, bytes: Array(text.utf8)) else { return nil }
    return try? Feed.read(document)
  }

  /// The choices of values for the options that a feed must choose; else for one of the others beside them.
  private static func choices(_ preset: FeedPreset, needed: Bool) -> [[(name: String, value: String)]] {
    var choices: [[(name: String, value: String)]] = [[]]
    for option in preset.options where option.isNeeded {
      choices = choices.flatMap { choice in option.valueNames.map { choice + [(option.name, $0)] } }
    }
    if !needed {
      choices = choices.flatMap { choice in
        preset.options.filter { !$0.isNeeded }.flatMap { option in
          option.valueNames.filter { $0 != option.fallback }.map { choice + [(option.name, $0)] }
        }
      }
    }
    return Array(choices.prefix(choiceLimit))
  }
}
