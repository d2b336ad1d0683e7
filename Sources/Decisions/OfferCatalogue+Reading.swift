public import Columns
public import Configuration

extension OfferCatalogue {
  /// Reads a catalogue of offers.
  ///
  /// `twinSchema` names the fields that conditions may use, beside those of the score; `purposes` are the policy's. Throws
  /// everything that is wrong with the file at once.
  public static func read(
    _ document: ConfigurationDocument, twinSchema: Schema, purposes: some Collection<String>
  ) throws(ConfigurationError) -> OfferCatalogue {
    let reader = document.reader()
    let fields = Schema.conditionFields(twinSchema)
    var places: [String: SourceLocation] = [:]
    let offers = reader.mappings(in: "offers") { child in
      let offer = Offer.read(child, schema: fields, purposes: purposes.sorted())
      if let first = places[offer.id] {
        child.report("id", "the offer '\(offer.id)' is defined twice; the first stands in line \(first.line)")
      } else {
        places[offer.id] = child.location(of: "id")
      }
      return offer
    }
    if offers.isEmpty, !reader.hasProblems { reader.report("offers", "a catalogue has at least one offer") }
    if offers.count > offerLimit { reader.report("offers", "a catalogue has at most \(offerLimit) offers") }
    try reader.finish()
    return OfferCatalogue(offers)
  }

  /// Positions of offers are 16-bit integers.
  private static let offerLimit = 10_000
}

extension Schema {
  /// The fields of a twin and of a score, which conditions may name.
  static func conditionFields(_ twinSchema: Schema) -> Schema {
    Schema(
      twinSchema.fields
        + Population.scoreFields.filter { score in twinSchema.index(of: score.name) == nil })
  }
}

extension Offer {
  /// Reads one offer; faults are recorded in the reader.
  fileprivate static func read(_ reader: NodeReader, schema: Schema, purposes: [String]) -> Offer {
    let id = reader.string("id")
    if !isKey(id), reader.has("id") { reader.report("id", keyRule("id")) }
    let campaign = reader.string("campaign")
    if !isKey(campaign), reader.has("campaign") { reader.report("campaign", keyRule("campaign")) }
    let purpose = purposes.isEmpty ? reader.string("purpose") : reader.enumeration("purpose", of: purposes)
    let terms = reader.mappings(byNameIn: "channels") { name, child in Terms.read(name, child, in: reader) }
    let discount = reader.mapping("discount") { readDiscount($0) }
    let churnReduction = reader.mapping("effect") { $0.double("churn-reduction", in: 0...1) }
    let conditions = reader.mappings(in: "eligible", isOptional: true) { Condition.read($0, schema: schema) }
    return Offer(
      id: id, name: reader.string("name"), campaign: campaign, purpose: purpose, terms: terms.compactMap { $0 },
      discount: discount ?? .amount(0), churnReduction: churnReduction ?? 0, conditions: conditions.compactMap { $0 })
  }

  /// Lower-case words and digits with hyphens: fit for a file name and for a column of any tool.
  private static func isKey(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 64 && !text.hasPrefix("-") && !text.hasSuffix("-")
      && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
  }

  private static func keyRule(_ key: String) -> String {
    "'\(key)' must be lower-case words and digits joined by hyphens, at most 64 bytes"
  }

  private static func readDiscount(_ reader: NodeReader) -> Discount {
    let amount = reader.optionalMoneyE4("amount")
    let share = reader.optionalDouble("fee-share", in: 0...1)
    let months = reader.optionalInt("months", in: 1...60)
    if let share, let months, amount == nil { return .feeShare(share, months: months) }
    if amount == nil || share != nil || months != nil {
      reader.report(at: reader.location, "a discount is either 'amount', or 'fee-share' with 'months'")
    }
    return .amount(amount ?? 0)
  }
}

extension Offer.Terms {
  /// Reads the terms of the channel `name`; nil after a recorded fault.
  fileprivate static func read(_ name: String, _ reader: NodeReader, in parent: NodeReader) -> Offer.Terms? {
    let costE4 = reader.moneyE4("cost")
    let acceptanceRate = reader.double("acceptance-rate", in: 0...1)
    guard let channel = ContactChannel.read(name, at: reader.location, in: parent) else { return nil }
    return Offer.Terms(channel, costE4: costE4, acceptanceRate: acceptanceRate)
  }
}

extension ContactChannel {
  /// The channel of that name; nil after a recorded fault.
  static func read(_ name: String, at location: SourceLocation, in reader: NodeReader) -> ContactChannel? {
    if let channel = ContactChannel(rawValue: name) { return channel }
    let names = allCases.map(\.rawValue)
    let hint = Suggestion.nearest(to: name, among: names).map { "; did you mean '\($0)'?" } ?? ""
    reader.report(at: location, "a channel is one of \(names.joined(separator: ", ")), not '\(name)'\(hint)")
    return nil
  }
}
