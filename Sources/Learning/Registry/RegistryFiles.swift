import FoundationEssentials
package import Ledger

// The files of the registry, read as strangers' bytes: what is not as its format says is a typed error.
extension ModelVersion {
  /// What the rule made of the version; nil of a version from before there was a rule.
  package func decision(home: Home) throws(LearningError) -> PromotionDecision? {
    guard productIfAny("decision") != nil else { return nil }
    let decision = try decoded(PromotionDecision.self, "decision", home: home, saysItsFormat: true)
    guard decision.formatVersion == 1, decision.version == label else {
      throw LearningError(.damagedModel, "the decision of \(label) is of another version or format")
    }
    return decision
  }

  /// How the version's inputs and scores were distributed; nil of a version from before that was kept.
  package func reference(home: Home) throws(LearningError) -> InputReference? {
    guard productIfAny("reference") != nil else { return nil }
    let reference = try decoded(InputReference.self, "reference", home: home, saysItsFormat: true)
    guard reference.isSound else {
      throw LearningError(.damagedModel, "the reference of \(label) contradicts itself; restore it or train again")
    }
    return reference
  }
}

extension PromotionAct {
  /// The record of an entry; its digest is compared with the log.
  package static func record(_ entry: LogEntry, home: Home) throws(LearningError) -> Record {
    guard let product = entry.products.first(where: { $0.name.hasPrefix(folder + "/act-") }) else {
      throw LearningError(.damagedModel, "\(entry.fileName) names no record of its act")
    }
    guard let data = try? Data(contentsOf: URL(filePath: home.url(product.name))) else {
      throw LearningError(.missingModel, "\(product.name) cannot be read; restore it")
    }
    guard SHA256Digest(of: Array(data)) == product.digest else {
      throw LearningError(.damagedModel, "\(product.name) is not what the log says; restore it")
    }
    guard let record = try? JSONDecoder().decode(Record.self, from: data), record.formatVersion == 1 else {
      throw LearningError(.damagedModel, "\(product.name) is not what its format says")
    }
    return record
  }
}
