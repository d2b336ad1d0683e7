import Columns
package import Configuration
import Ledger

extension TwinCatalogue {
  /// Most fields that a catalogue may have.
  private static let fieldLimit = 2_000

  /// Reads a catalogue. Throws everything that is wrong with it at once.
  package init(_ document: ConfigurationDocument) throws(ConfigurationError) {
    let reader = document.reader()
    _ = reader.enumeration("entity", of: ["subscription"])
    let driftLimits = DriftLimits(reader)
    var fields: [TwinField] = []
    var lines: [String: Int] = [:]
    _ = reader.mappings(in: "groups") { group in
      let defaults = FieldDefaults(group)
      _ = group.mappings(in: "fields") { row in
        for field in FieldReader(row, defaults).fields() {
          if let line = lines[field.name] {
            row.report("name", "the field '\(field.name)' is declared twice; the first stands in line \(line)")
          }
          lines[field.name] = row.location.line
          fields.append(field)
        }
      }
    }
    if fields.count > TwinCatalogue.fieldLimit {
      reader.report("groups", "a catalogue has at most \(TwinCatalogue.fieldLimit) fields")
    }
    if !reader.hasProblems { TwinCatalogue.checkTogether(fields, reader) }
    try reader.finish()
    for number in fields.indices {
      guard case .ratio(let numerator, let denominator) = fields[number].computation,
        let above = fields.first(where: { $0.name == numerator }),
        let below = fields.first(where: { $0.name == denominator })
      else { continue }
      let more = below.sources.filter { !above.sources.contains($0) }
      fields[number].window = above.window == below.window ? above.window : "\(above.window) over \(below.window)"
      fields[number].source = (above.sources + more).joined(separator: ", ")
    }
    self.init(fields, digest: SHA256Digest(of: document.bytes), driftLimits: driftLimits)
  }

  /// What no field alone can tell: the fields that later stages need, and those that ratios name.
  private static func checkTogether(_ fields: [TwinField], _ reader: NodeReader) {
    for rule in TwinRule.needed
    where !fields.contains(where: { $0.name == rule.name && $0.computation == .rule(rule) }) {
      reader.report("groups", "a twin needs the field '\(rule.name)', made by the rule of that name")
    }
    if fields.first?.name != "subscription_id" {
      reader.report("groups", "the first field of a subscription's twin is 'subscription_id'")
    }
    for field in fields {
      guard case .ratio(let numerator, let denominator) = field.computation else { continue }
      for name in [numerator, denominator] {
        guard let other = fields.first(where: { $0.name == name }) else {
          let near = Suggestion.nearest(to: name, among: fields.map(\.name)).map { "; did you mean '\($0)'?" } ?? ""
          reader.report("groups", "'\(field.name)' is a ratio of '\(name)', which is no field\(near)")
          continue
        }
        if case .ratio = other.computation {
          reader.report("groups", "'\(field.name)' is a ratio of '\(name)', which is a ratio itself")
        } else if ![.int32, .int64, .double].contains(other.column.type) {
          reader.report("groups", "'\(field.name)' is a ratio of '\(name)', which is no number")
        }
      }
    }
  }
}

/// What a group says for all of its fields.
struct FieldDefaults {
  let group: String
  let fact: String?
  let purposes: [String]
  let basis: String?

  init(_ group: NodeReader) {
    self.group = group.string("group")
    fact = group.optionalString("fact")
    purposes = group.has("purpose") ? group.strings("purpose") : []
    basis = group.optionalString("basis")
    if let fact, !FieldReader.facts.contains(fact) {
      group.report("fact", "'fact' must be one of \(FieldReader.facts.joined(separator: ", ")), not '\(fact)'")
    }
    if let basis, LegalBasis(rawValue: basis) == nil {
      group.report("basis", "'basis' must be one of \(LegalBasis.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    for purpose in purposes where FieldPurpose(rawValue: purpose) == nil {
      group.report(
        "purpose", "'\(purpose)' is no purpose: \(FieldPurpose.allCases.map(\.rawValue).joined(separator: ", "))")
    }
  }
}
