import Configuration

// Reads `sessions` and `sequence` of a feed: what rows say together (Sessions.md, Sequences.md).
extension ColumnsReader {
  /// Reads `sessions`.
  mutating func sessions(_ reader: NodeReader, lateDays: Int?) -> SessionRule? {
    reader.mapping("sessions", isOptional: true) { child -> SessionRule? in
      let key = child.list("key").compactMap { source($0, child) }
      let sequence = child.value("sequence").flatMap { source($0, child) }
      var counters: SessionRule.Amounts = []
      for name in child.has("counters") ? child.list("counters") : [] {
        let names = SessionRule.Amounts.fields.map(\.name)
        guard let field = SessionRule.Amounts.fields.first(where: { $0.name == name.text }) else {
          child.report(
            at: name.location,
            "'counters' has no '\(name.text ?? "")'\(Suggestion.clause(for: name.text ?? "", among: names))")
          continue
        }
        if !maps(field.name) { child.report(at: name.location, "'\(field.name)' is not mapped by 'columns'") }
        counters.insert(field.amount)
      }
      let usual = max(35, lateDays ?? 35)
      let windowDays = child.int("window-days", default: usual, in: 1...3_660)
      if kind != .usage { child.report(at: child.location, "'sessions' belongs to the kind usage") }
      if key.isEmpty { child.report("key", "'key' must name at least one column") }
      if sequence == nil, counters.isEmpty {
        child.report(at: child.location, "'sessions' needs 'sequence' or 'counters'")
      }
      if windowDays < lateDays ?? 0 {
        child.report("window-days", "'window-days' must not be less than 'late-days', which is \(lateDays ?? 0)")
      }
      return SessionRule(sources: key, sequence: sequence, counters: counters, windowDays: windowDays)
    }.flatMap { $0 }
  }

  /// The record key of sessions whose feed names none: the part's number, or its time and readings.
  func recordKey(of rule: SessionRule) -> Feed.RecordKey {
    let names = ["started_at"] + SessionRule.Amounts.fields.filter { rule.counters.contains($0.amount) }.map(\.name)
    let own = rule.sequence.map { [$0] } ?? names.compactMap { source(ofField: $0) }
    return Feed.RecordKey(sources: rule.sources + own, windowDays: rule.windowDays)
  }

  func maps(_ field: String) -> Bool {
    Feed.index(of: field, in: kind).map { index in decoders.contains { $0.field == index } } ?? false
  }

  private func source(ofField field: String) -> Int? {
    Feed.index(of: field, in: kind).flatMap { index in decoders.first { $0.field == index }?.source }
  }

  /// Reads `sequence`.
  mutating func sequence(_ reader: NodeReader) -> SequenceRule? {
    reader.mapping("sequence", isOptional: true) { child -> SequenceRule? in
      let column = child.value("column").flatMap { source($0, child) }
      let by = child.has("by") ? child.list("by").compactMap { source($0, child) } : []
      let pattern = child.optionalString("file-name")
      let windowDays = child.int("window-days", default: 35, in: 1...3_660)
      guard (column == nil) != (pattern == nil) else {
        if !child.hasProblems {
          child.report(at: child.location, "'sequence' needs 'column' or 'file-name', one of them")
        }
        return nil
      }
      if let column { return SequenceRule(place: .column(column, by: by), windowDays: windowDays) }
      if !by.isEmpty {
        child.report("by", "'by' belongs to 'column'; a group 'source' of the pattern names the counter")
      }
      guard let pattern, pattern.contains("(?<number>"), (try? Regex(pattern)) != nil else {
        child.report("file-name", "'file-name' must be a regular expression with a group (?<number>…)")
        return nil
      }
      return SequenceRule(place: .fileName(pattern: pattern), windowDays: windowDays)
    }.flatMap { $0 }
  }
}
