import Ledger

/// What leaving means to a version, as far as its files tell.
struct VersionLabel: Sendable, Hashable {
  /// The part of the file `card-….json` that is read.
  private struct Card: Decodable {
    struct Label: Decodable {
      var silenceDays: Int?
      var returnDays: Int?
      var competingCauses: [String]?
    }

    var label: Label
  }

  /// Days after an as-of date that the label looks at.
  let horizonDays: Int
  /// nil where the version has no card that can be read, as below.
  let silenceDays: Int?
  let returnDays: Int?
  let competingCauses: [String]?

  init(_ definition: ChurnDefinition) {
    horizonDays = definition.horizonDays
    silenceDays = definition.silenceDays
    returnDays = definition.returnDays
    competingCauses = definition.competingCauses.sorted()
  }

  /// Reads the horizon from the calibration, and the rest from the card. Versions of before cards, or of before what is read of
  /// them, know less.
  ///
  /// - Throws: `missingModel` or `damagedModel` for a file that is lost or damaged.
  init(_ version: ModelVersion, home: Home) throws(LearningError) {
    horizonDays = try version.decoded(ChurnModels.CalibrationFile.self, "calibration", home: home).horizonDays
    let label = try VersionLabel.card(version, home: home)?.label
    silenceDays = label?.silenceDays
    returnDays = label?.returnDays
    competingCauses = label?.competingCauses?.sorted()
  }

  private static func card(_ version: ModelVersion, home: Home) throws(LearningError) -> Card? {
    guard version.productIfAny("card", ext: "json") != nil else { return nil }
    do {
      return try version.decoded(Card.self, "card", ext: "json", home: home)
    } catch {
      guard error.code == .olderFormat else { throw error }
      return nil
    }
  }

  /// What differs from another label, in words: this one's first; nil where nothing does that both are known to have.
  func difference(from other: VersionLabel) -> String? {
    var parts: [String] = []
    func compare(_ name: String, _ own: Int?, _ others: Int?) {
      if let own, let others, own != others { parts.append("\(name) of \(own) and of \(others) days") }
    }
    compare("a horizon", horizonDays, other.horizonDays)
    compare("silences", silenceDays, other.silenceDays)
    compare("returns", returnDays, other.returnDays)
    if let competingCauses, let others = other.competingCauses, competingCauses != others {
      parts.append("other competing causes")
    }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }
}
