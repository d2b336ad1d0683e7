public import Columns
public import Configuration

extension Policy {
  /// Reads a policy; `twinSchema` names the fields that conditions may use, beside those of the score.
  ///
  /// Throws everything that is wrong with the file at once.
  public static func read(
    _ document: ConfigurationDocument, twinSchema: Schema
  ) throws(ConfigurationError) -> Policy {
    let reader = document.reader()
    let fields = Schema.conditionFields(twinSchema)
    var policy = Policy()
    policy.suppressions = readSuppressions(reader)
    policy.refusesUnknownComplaint =
      reader.enumeration("unknown-complaint", of: ["refuse", "allow"], default: "refuse") == "refuse"
    policy.conditions = reader.mappings(in: "eligible", isOptional: true) { Condition.read($0, schema: fields) }
      .compactMap { $0 }
    policy.purposes = readPurposes(reader)
    policy.caps = reader.mappings(in: "contact-caps", isOptional: true, readCap)
    policy.offerRestDays = reader.int("offer-rest-days", default: 0, in: 0...3_650)
    policy.horizonDays = reader.optionalInt("horizon-days", in: 1...3_650)
    policy.minimumValueE4 = reader.optionalMoneyE4("minimum-value") ?? 0
    policy.budgetE4 = reader.optionalMoneyE4("budget")
    reader.mapping("capacities", isOptional: true) { child in
      policy.capacities = ContactChannel.allCases.map { channel in
        child.optionalInt(channel.rawValue, in: 0...1_000_000_000).map { Int64($0) }
      }
    }
    reader.mapping("control") { child in
      policy.universalControlShare = child.double("universal-share", in: 0...0.5)
      policy.campaignControlShare = child.double("campaign-share", in: 0...0.5)
      policy.controlPeriod = child.enumeration("period", as: ControlPeriod.self) ?? .halfYear
    }
    reader.mapping("exploration", isOptional: true) { child in
      policy.exploration = readExploration(child, budgetE4: policy.budgetE4, capacities: policy.capacities)
    }
    try reader.finish()
    return policy
  }

  private static func readSuppressions(_ reader: NodeReader) -> Set<Suppression> {
    let names = Suppression.allCases.map(\.rawValue)
    return Set(
      reader.list("suppress").compactMap { item -> Suppression? in
        let text = item.text ?? ""
        if let suppression = Suppression(rawValue: text) { return suppression }
        let hint = Suggestion.nearest(to: text, among: names).map { "; did you mean '\($0)'?" } ?? ""
        reader.report(
          at: item.location, "a state to suppress is one of \(names.joined(separator: ", ")), not '\(text)'\(hint)")
        return nil
      })
  }

  private static func readPurposes(_ reader: NodeReader) -> [String: Purpose] {
    let purposes = reader.mappings(byNameIn: "purposes") { name, child in
      let rule = child.enumeration("profiling-consent", as: ProfilingRule.self)
      return (name, Purpose(needsChannelConsent: child.bool("channel-consent"), profiling: rule ?? .required))
    }
    return Dictionary(purposes) { first, _ in first }
  }

  private static func readCap(_ reader: NodeReader) -> ContactCap {
    let channel = reader.enumeration("channel", as: ContactChannel.self, isOptional: true)
    return ContactCap(
      channel: channel, days: reader.int("days", in: 1...3_650), contactCount: reader.int("contacts", in: 0...1_000))
  }

  private static func readExploration(
    _ reader: NodeReader, budgetE4: Int64?, capacities: [Int64?]
  ) -> Exploration {
    var exploration = Exploration(share: reader.double("share", in: 0...0.5))
    exploration.budgetE4 = reader.optionalMoneyE4("budget")
    if budgetE4 != nil, exploration.budgetE4 == nil {
      reader.report(
        at: reader.location, "the key 'budget' is missing: the part of the budget set aside for exploration")
    }
    if let reserved = exploration.budgetE4, reserved > budgetE4 ?? reserved {
      reader.report("budget", "exploration cannot set aside more than the night's budget")
    }
    reader.mapping("contacts") { child in
      exploration.contactCounts = ContactChannel.allCases.map { channel in
        let count = Int64(child.int(channel.rawValue, default: 0, in: 0...1_000_000_000))
        if count > capacities[channel.index] ?? .max {
          child.report(channel.rawValue, "exploration cannot set aside more than the channel's capacity")
        }
        return count
      }
    }
    return exploration
  }
}
