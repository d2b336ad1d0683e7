import Columns
import Configuration
import Datasets

/// Reads one row of a catalogue: a field, or one a window where the row names several.
struct FieldReader {
  /// The facts that aggregates of subscriptions may name.
  static let facts = ["usage"] + EventFamily.allCases.map(\.rawValue) + RelationFamily.allCases.map(\.rawValue)
  private static let units = [
    "id", "day", "text", "flag", "year", "count", "days", "minutes", "seconds", "bytes", "1/10,000 currency", "ratio",
    "events a week", "seconds a week", "bytes a week", "percent",
  ]
  private static let useAggregates = ["sum", "days", "recency", "trend", "slope", "volatility"]
  /// What stands for the window, such as 28d or life, in the name of a row with several.
  private static let place = "{window}"

  let row: NodeReader
  private let defaults: FieldDefaults
  private let entity: TwinEntity
  /// The fields of subscriptions, which rollups may name.
  private let subscriptions: [TwinField]
  private let firstProblem: Int

  init(_ row: NodeReader, _ defaults: FieldDefaults, of entity: TwinEntity, over subscriptions: [TwinField]) {
    self.row = row
    self.defaults = defaults
    self.entity = entity
    self.subscriptions = subscriptions
    firstProblem = row.problemCount
  }

  /// Whether nothing wrong has been found in the row.
  var isSound: Bool { row.problemCount == firstProblem }

  /// The fields of the row; none where a fault was recorded.
  func fields() -> [TwinField] {
    let name = row.string("name")
    let type = row.enumeration("type", as: ColumnType.self)
    let unit = row.enumeration("unit", of: FieldReader.units)
    let meaning = row.string("description")
    if row.has("description"), meaning.isEmpty || meaning.contains(where: { $0 == "|" || $0.isNewline }) {
      row.report("description", "a description is one line of text, without '|'")
    }
    let purposes = self.purposes()
    let basis = self.basis()
    let consent = self.consent(basis)
    let isInput = self.isInput()
    let windows = self.windows()
    let computations = self.computations(windows)
    if entity != .subscription { refuse(["contract", "drift"], "a field of a \(entity.name)") }
    let promises = FieldPromises(row, type: type, unit: unit)
    if name.contains(FieldReader.place), windows.isEmpty {
      row.report("name", "the name has \(FieldReader.place), but the row has no windows")
    }
    guard let type, let basis, isSound else { return [] }
    return computations.compactMap { window, computation in
      let suffix = if case .days(let days)? = window { "\(days)d" } else { "life" }
      let ownName = name.replacing(FieldReader.place, with: suffix)
      guard isFieldName(ownName) else {
        row.report("name", "a name is lower-case letters, digits and underscores, beginning with a letter")
        return nil
      }
      return field(
        ownName, type, meaning, unit: unit, purposes: purposes, basis: basis, consent: consent, isInput: isInput,
        computation: computation
      ).map { promises.applied(to: $0, window: window, row) }
    }
  }

  private func field(
    _ name: String, _ type: ColumnType, _ meaning: String, unit: String, purposes: [FieldPurpose], basis: LegalBasis,
    consent: ConsentPurpose?, isInput: Bool, computation: FieldComputation
  ) -> TwinField? {
    let facts: (type: ColumnType, window: String, source: String, null: String) =
      switch computation {
      case .rule(let rule): (rule.type, rule.window, rule.source, rule.nullMeaning)
      case .use(let use): (use.type, use.windowText, Dataset.usage.name, use.nullMeaning)
      case .relation(let relation):
        (relation.type, FieldWindow.days(relation.days).text, relation.source, relation.nullMeaning)
      case .events(let events):
        (events.type, windowText(events), events.family.dataset.name, events.nullMeaning)
      case .rollup(let rollup):
        (rollup.type, rollup.window, TwinEntity.subscription.datasetName, rollup.nullMeaning)
      // Window and source are those of the numerator, once every field is read.
      case .ratio: (.double, "", "", "one of the two is missing, or the second is not positive")
      }
    guard facts.type == type else {
      row.report("type", "'\(name)' is \(facts.type), by the way it is made, not \(type)")
      return nil
    }
    if case .relation(let relation) = computation, consent != relation.family.consent {
      row.report(
        at: row.location,
        "a field of \(relation.family.rawValue) has 'basis: consent' and 'consent: \(relation.family.consent.rawValue)'"
      )
      return nil
    }
    guard isConsentSound(consent, computation) else { return nil }
    if isInput, facts.source == Dataset.scores.name {
      row.report(
        at: row.location, "'\(name)' is what a model said: it has 'input: false', so that no model learns from it")
      return nil
    }
    let nulls = [consent.map { "no consent to \($0.rawValue)" }, facts.null.isEmpty ? nil : facts.null]
      .compactMap { $0 }.joined(separator: ", or ")
    return TwinField(
      group: defaults.group, column: ColumnField(name, type, isNullable: !nulls.isEmpty, meaning), unit: unit,
      window: facts.window,
      source: facts.source, purposes: purposes, basis: basis, consent: consent, isInput: isInput,
      nullMeaning: nulls, computation: computation)
  }

  /// Consent is asked of subscriptions; what is rolled up from them names what they were asked.
  private func isConsentSound(_ consent: ConsentPurpose?, _ computation: FieldComputation) -> Bool {
    switch computation {
    case .rollup(let rollup):
      let columns = rollup.conditions.map(\.column) + [rollup.measure].compactMap { $0 }
      let all = Set(subscriptions.filter { columns.contains($0.name) }.compactMap(\.consent))
      guard all.count < 2 else {
        row.report(at: row.location, "what it is rolled up from needs two consents: a field names one")
        return false
      }
      let asked = all.first
      guard asked != consent else { return true }
      row.report(
        at: row.location,
        asked.map {
          "what it is rolled up from needs 'basis: consent' and 'consent: \($0.rawValue)', so it does as well"
        }
          ?? "what it is rolled up from needs no consent")
      return false
    case .ratio: return true
    default:
      guard consent != nil, entity != .subscription else { return true }
      row.report("consent", "consent is asked of fields of subscriptions, and of what is rolled up from them")
      return false
    }
  }

  private func windowText(_ events: EventAggregate) -> String {
    events.function.needsWindow || !events.family.hasCalendar
      ? events.window.text : FieldWindow.days(Windows.longest).text
  }

  private func isFieldName(_ name: String) -> Bool {
    guard let first = name.utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) else { return false }
    return name.utf8.allSatisfy {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        || $0 == UInt8(ascii: "_")
    }
  }

  // MARK: What every field says

  private func purposes() -> [FieldPurpose] {
    let texts = row.has("purpose") ? row.strings("purpose") : defaults.purposes
    if texts.isEmpty { row.report("purpose", "a field has a purpose: its own, or its group's") }
    return texts.compactMap { text in
      guard let purpose = FieldPurpose(rawValue: text) else {
        if row.has("purpose") {
          let allowed = FieldPurpose.allCases.map(\.rawValue).joined(separator: ", ")
          row.report("purpose", "'\(text)' is no purpose: \(allowed)")
        }
        return nil
      }
      return purpose
    }
  }

  private func basis() -> LegalBasis? {
    if row.has("basis") { return row.enumeration("basis", as: LegalBasis.self) }
    guard let basis = defaults.basis else {
      row.report("basis", "a field has a legal basis: its own, or its group's")
      return nil
    }
    return LegalBasis(rawValue: basis)
  }

  /// What the person must agree to: said where the basis is consent, and nowhere else.
  private func consent(_ basis: LegalBasis?) -> ConsentPurpose? {
    if row.has("consent") {
      let consent = row.enumeration("consent", as: ConsentPurpose.self)
      if let basis, basis != .consent {
        row.report("consent", "a field that needs consent has 'basis: consent', not '\(basis.rawValue)'")
      }
      return consent
    }
    guard basis == .consent else { return nil }
    guard let consent = defaults.consent.flatMap({ ConsentPurpose(rawValue: $0) }) else {
      row.report("basis", "a field on the basis of consent says to what, or its group does: 'consent'")
      return nil
    }
    return consent
  }

  /// Whether models may learn from the field.
  private func isInput() -> Bool {
    guard entity == .subscription else { return true }
    return row.bool("input", default: defaults.isInput)
  }

  /// The windows that the row names; none where it names none.
  private func windows() -> [FieldWindow] {
    let isMany = row.has("windows")
    let nodes = isMany ? row.list("windows") : row.value("window").map { [$0] } ?? []
    if isMany, row.has("window") { row.report("window", "a row has 'window' or 'windows', not both") }
    if isMany, !row.string("name").contains(FieldReader.place) {
      row.report("name", "the name of a row with several windows says where the window stands: \(FieldReader.place)")
    }
    return nodes.compactMap { node in
      if node.text == "life" { return .life }
      if let days = node.text.flatMap({ Int($0) }), (1...Windows.longest).contains(days) { return .days(days) }
      row.report(at: node.location, "a window is a number of days from 1 to \(Windows.longest), or life")
      return nil
    }
  }

  // MARK: How a field is made

  private func computations(_ windows: [FieldWindow]) -> [(FieldWindow?, FieldComputation)] {
    let aggregate = row.optionalString("aggregate")
    let rule = row.optionalString("rule")
    let rollup = entity.rollups == nil ? nil : row.optionalString("rollup")
    let ratio = row.mapping("ratio", isOptional: true) { ($0.string("of"), $0.string("over")) }
    let ownFact = row.optionalString("fact")
    let of = row.value("of")
    let conditions = row.entries("where", isOptional: true)
    let days = (row.optionalInt("recent", in: 1...Windows.longest), row.optionalInt("usual", in: 2...Windows.longest))
    guard [aggregate != nil, rule != nil, ratio != nil, rollup != nil].count(where: { $0 }) == 1 else {
      let ways = entity.rollups == nil ? "'aggregate'" : "'aggregate', 'rollup'"
      row.report(at: row.location, "a field has one of \(ways), 'rule' and 'ratio'")
      return []
    }
    if let rollup { return self.rollup(rollup, of, conditions) }
    if entity.rollups != nil { refuse(["missing", "per"], "a field that is not rolled up") }
    if let aggregate {
      guard !entity.facts.isEmpty else {
        row.report("aggregate", "the twin of a \(entity.name) has no aggregates of facts")
        return []
      }
      guard let fact = ownFact ?? defaults.fact, entity.facts.contains(fact) else {
        row.report(
          "fact", "an aggregate says of which fact, or its group does: \(entity.facts.joined(separator: ", "))")
        return []
      }
      if let family = RelationFamily(rawValue: fact) {
        refuse(["recent", "usual"], "an aggregate of \(fact)")
        return relations(family, aggregate, of, conditions, windows)
      }
      if let family = EventFamily(rawValue: fact) {
        refuse(["recent", "usual"], "an aggregate of events")
        return events(family, aggregate, of, conditions, windows)
      }
      return use(aggregate, of, conditions, windows, days)
    }
    refuse(["of", "where", "window", "windows", "recent", "usual", "fact"], rule == nil ? "a ratio" : "a rule")
    if let ratio { return [(nil, .ratio(of: ratio.0, over: ratio.1))] }
    guard let found = entity.rules.first(where: { $0.name == rule }) else {
      let near =
        Suggestion.nearest(to: rule ?? "", among: entity.rules.map(\.name)).map { "; did you mean '\($0)'?" } ?? ""
      row.report("rule", "there is no rule '\(rule ?? "")'\(near)")
      return []
    }
    return [(nil, .rule(found))]
  }

  private func rollup(
    _ name: String, _ of: ConfigurationNode?, _ conditions: [ConfigurationNode.Entry]
  ) -> [(FieldWindow?, FieldComputation)] {
    refuse(["window", "windows", "recent", "usual", "fact"], "a rollup")
    let missing = row.optionalString("missing")
    let per = row.optionalInt("per", in: 2...1_000_000)
    guard let scope = entity.rollups else { return [] }
    return RollupReader(row, over: subscriptions, scope)
      .aggregate(name, of: of, where: conditions, missing: missing, per: per).map { [(nil, .rollup($0))] } ?? []
  }

  private func refuse(_ keys: [String], _ what: String) {
    for key in keys where row.has(key) { row.report(key, "\(what) has no '\(key)'") }
  }

  // MARK: Use

  private func use(
    _ aggregate: String, _ of: ConfigurationNode?, _ conditions: [ConfigurationNode.Entry], _ windows: [FieldWindow],
    _ days: (recent: Int?, usual: Int?)
  ) -> [(FieldWindow?, FieldComputation)] {
    guard let tally = tally(of, conditions) else { return [] }
    guard FieldReader.useAggregates.contains(aggregate) else {
      row.report(
        "aggregate", "'\(aggregate)' is no aggregate of use: \(FieldReader.useAggregates.joined(separator: ", "))")
      return []
    }
    if aggregate != "trend" { refuse(["recent", "usual"], "'\(aggregate)'") }
    if aggregate != "sum" && aggregate != "days" { refuse(["window", "windows"], "'\(aggregate)' of use") }
    switch aggregate {
    case "sum", "days":
      if windows.isEmpty { row.report("window", "'\(aggregate)' needs a window") }
      if aggregate == "days", windows.contains(.life) {
        row.report("window", "days with use are known for the last \(Windows.longest) days only")
      }
      return windows.map { ($0, .use(aggregate == "sum" ? .sum(tally, $0) : .days(tally, $0))) }
    case "recency": return [(nil, .use(.recency(tally)))]
    case "slope": return [(nil, .use(.slope(tally)))]
    case "volatility": return [(nil, .use(.volatility(tally)))]
    default:
      guard let recent = days.recent, let usual = days.usual, recent < usual else {
        row.report(at: row.location, "'trend' needs 'recent' and 'usual', two numbers of days, the first less")
        return []
      }
      return [(nil, .use(.trend(tally, recent: recent, usual: usual)))]
    }
  }

  private func tally(_ of: ConfigurationNode?, _ conditions: [ConfigurationNode.Entry]) -> Tally? {
    let nodes: [ConfigurationNode]
    switch of?.content {
    case .list(let items): nodes = items
    case nil:
      row.report("of", "an aggregate of use says of which measures: 'of'")
      return nil
    default: nodes = of.map { [$0] } ?? []
    }
    let known = UsageWindows.measures
    var measures: Set<String> = []
    for node in nodes {
      guard let name = node.text, known.contains(name) else {
        let near =
          node.text.flatMap { Suggestion.nearest(to: $0, among: known) }.map { "; did you mean '\($0)'?" } ?? ""
        row.report(at: node.location, "'\(node.text ?? "")' is no measure of daily use\(near)")
        return nil
      }
      measures.insert(name)
    }
    var weekdays = Tally.Weekdays.all
    for entry in conditions {
      guard entry.key == "weekday", let text = entry.value.text, let value = Tally.Weekdays(rawValue: text),
        value != .all
      else {
        row.report(at: entry.location, "a condition of use is 'weekday: workday' or 'weekday: weekend'")
        return nil
      }
      weekdays = value
    }
    return Tally(known.filter { measures.contains($0) }, on: weekdays)
  }

  // MARK: Events

  private func events(
    _ family: EventFamily, _ aggregate: String, _ of: ConfigurationNode?, _ conditions: [ConfigurationNode.Entry],
    _ windows: [FieldWindow]
  ) -> [(FieldWindow?, FieldComputation)] {
    guard let function = EventAggregate.Function(rawValue: aggregate) else {
      let allowed = EventAggregate.Function.allCases.map(\.rawValue).joined(separator: ", ")
      row.report("aggregate", "'\(aggregate)' is no aggregate of events: \(allowed)")
      return []
    }
    let measure = of.flatMap { self.measure(family, $0) }
    if function.needsMeasure, of == nil { row.report("of", "'\(aggregate)' says of what: 'of'") }
    if !function.needsMeasure, of != nil { row.report("of", "'\(aggregate)' has no 'of'") }
    if function.needsWindow, windows.isEmpty { row.report("window", "'\(aggregate)' needs a window") }
    if !function.needsWindow, !windows.isEmpty { row.report("window", "'\(aggregate)' has no window") }
    let checked = conditions.compactMap { condition(family, $0) }
    guard isSound else { return [] }
    let longest = family.hasCalendar ? FieldWindow.days(Windows.longest) : .life
    return (function.needsWindow ? windows : [longest]).map { window in
      (
        window,
        .events(
          EventAggregate(family: family, function: function, measure: measure, conditions: checked, window: window))
      )
    }
  }

  private func measure(_ family: EventFamily, _ node: ConfigurationNode) -> EventMeasure? {
    func column(_ name: String, _ type: ColumnType, _ place: SourceLocation) -> String? {
      let names = family.namedFields.filter { $0.type == type }.map(\.name)
      if names.contains(name) { return name }
      row.report(
        at: place,
        "'\(name)' is no column of \(family.dataset.name) of type \(type): \(names.joined(separator: ", "))")
      return nil
    }
    if let name = node.text { return column(name, .int64, node.location).map { .column($0) } }
    guard case .mapping = node.content else {
      row.report(at: node.location, "'of' is a column, or 'from' and 'to', two columns of days")
      return nil
    }
    return row.child(node) { days in
      func end(_ key: String) -> String?? {
        let name = days.string(key)
        return name == "as_of" ? .some(nil) : column(name, .date, days.location(of: key)).map { .some($0) }
      }
      guard let from = end("from"), let to = end("to") else { return nil }
      guard from != nil || to != nil else {
        days.report(at: days.location, "one of 'from' and 'to' is a day of the fact")
        return nil
      }
      return .days(from: from, to: to)
    }
  }

  private func condition(_ family: EventFamily, _ entry: ConfigurationNode.Entry) -> EventCondition? {
    let fields = family.namedFields.filter { $0.type == .string || $0.type == .bool }
    guard fields.contains(where: { $0.name == entry.key }) else {
      row.report(
        at: entry.location,
        "'\(entry.key)' is no text or flag of \(family.dataset.name): \(fields.map(\.name).joined(separator: ", "))")
      return nil
    }
    let nodes = if case .list(let items) = entry.value.content { items } else { [entry.value] }
    let values = nodes.compactMap(\.text)
    guard values.count == nodes.count, !values.isEmpty else {
      row.report(at: entry.value.location, "a condition names a value, or a list of them")
      return nil
    }
    if fields.contains(where: { $0.name == entry.key && $0.type == .bool }),
      values.contains(where: { $0 != "true" && $0 != "false" })
    {
      row.report(at: entry.value.location, "'\(entry.key)' is true or false")
      return nil
    }
    return EventCondition(column: entry.key, values: values)
  }
}
