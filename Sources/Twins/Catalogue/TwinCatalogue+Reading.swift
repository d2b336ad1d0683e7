import Columns
package import Configuration
import Ledger

extension TwinCatalogue {
  /// Most fields that a catalogue may have.
  private static let fieldLimit = 2_000

  /// Reads a catalogue. Throws everything that is wrong with it at once.
  /// What it rolls up are fields of `subscriptions`.
  package init(
    _ document: ConfigurationDocument, of entity: TwinEntity = .subscription, over subscriptions: TwinCatalogue? = nil
  ) throws(ConfigurationError) {
    let reader = document.reader()
    _ = reader.enumeration("entity", of: [entity.name])
    let targets = entity == .process ? TargetTimes(reader) : TargetTimes()
    if entity != .subscription, reader.has("drift") {
      reader.report("drift", "drift is measured of subscriptions alone")
    }
    let driftLimits = DriftLimits(reader)
    var fields: [TwinField] = []
    var lines: [String: Int] = [:]
    _ = reader.mappings(in: "groups") { group in
      let defaults = FieldDefaults(group, of: entity)
      _ = group.mappings(in: "fields") { row in
        for field in FieldReader(row, defaults, of: entity, over: subscriptions?.fields ?? []).fields() {
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
    if !reader.hasProblems { TwinCatalogue.checkTogether(fields, of: entity, reader) }
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
    self.init(
      entity, fields, targets: targets, digest: SHA256Digest(of: document.bytes), driftLimits: driftLimits)
  }

  /// What no field alone can tell: the fields that later stages need, and those that ratios name.
  private static func checkTogether(_ fields: [TwinField], of entity: TwinEntity, _ reader: NodeReader) {
    for rule in entity.needed
    where !fields.contains(where: { $0.name == rule.name && $0.computation == .rule(rule) }) {
      reader.report("groups", "a twin needs the field '\(rule.name)', made by the rule of that name")
    }
    if let key = entity.needed.first, fields.first?.name != key.name {
      reader.report("groups", "the first field of a \(entity.name)'s twin is '\(key.name)'")
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
        } else if let consent = other.consent, field.consent != consent {
          reader.report(
            "groups", "'\(field.name)' is a ratio of '\(name)', so it needs 'consent: \(consent.rawValue)' as well")
        } else if field.isInput, !other.isInput {
          reader.report("groups", "'\(field.name)' is a ratio of '\(name)', so it needs 'input: false' as well")
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
  let consent: String?
  let isInput: Bool

  init(_ group: NodeReader, of entity: TwinEntity) {
    self.group = group.string("group")
    fact = group.optionalString("fact")
    purposes = group.has("purpose") ? group.strings("purpose") : []
    basis = group.optionalString("basis")
    consent = group.optionalString("consent")
    isInput = entity == .subscription ? group.bool("input", default: true) : true
    if let fact, entity.facts.isEmpty {
      group.report("fact", "the twin of a \(entity.name) has no aggregates of facts such as '\(fact)'")
    } else if let fact, !entity.facts.contains(fact) {
      group.report("fact", "'fact' must be one of \(entity.facts.joined(separator: ", ")), not '\(fact)'")
    }
    if let basis, LegalBasis(rawValue: basis) == nil {
      group.report("basis", "'basis' must be one of \(LegalBasis.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    if let consent, ConsentPurpose(rawValue: consent) == nil {
      group.report(
        "consent", "'consent' must be one of \(ConsentPurpose.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    if consent != nil, basis != LegalBasis.consent.rawValue {
      group.report("consent", "a group that needs consent has 'basis: consent'")
    }
    for purpose in purposes where FieldPurpose(rawValue: purpose) == nil {
      group.report(
        "purpose", "'\(purpose)' is no purpose: \(FieldPurpose.allCases.map(\.rawValue).joined(separator: ", "))")
    }
  }
}
