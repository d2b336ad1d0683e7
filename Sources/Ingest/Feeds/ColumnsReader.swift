import Calendar
import Configuration

/// Reads `columns`, `record-key` and `known` of a feed: what is taken from a record, and how.
struct ColumnsReader {
  let kind: FeedKind
  let format: Feed.Format
  /// Whether columns have names.
  let hasNames: Bool
  /// Texts that mean that there is no value, where a column says nothing else.
  let missingMarks: [[UInt8]]
  /// How numbers are written, where a column says nothing else.
  private(set) var numberForm: NumberForm?
  private(set) var decoders: [FieldDecoder] = []
  private(set) var sources: [Feed.Source] = []
  /// The source of the canonical field `record_key`.
  private var recordKeySource: Int?

  init(kind: FeedKind, format: Feed.Format, hasNames: Bool, _ reader: NodeReader) {
    self.kind = kind
    self.format = format
    self.hasNames = hasNames
    missingMarks = reader.strings("missing", isOptional: true).map { Array($0.utf8) }
    numberForm = numberForm(reader)
  }

  mutating func read(_ reader: NodeReader) {
    let fields = kind.fields
    var mapped: Set<String> = []
    for entry in reader.entries("columns") {
      guard let index = fields.firstIndex(where: { $0.name == entry.key }) else {
        reader.report(
          at: entry.location,
          "kind \(kind.rawValue) has no field '\(entry.key)'\(Suggestion.clause(for: entry.key, among: fields.map(\.name)))"
        )
        continue
      }
      mapped.insert(entry.key)
      reader.child(entry.value) { read(fields[index], index, $0) }
    }
    guard reader.has("columns") else { return }
    for field in fields where field.isRequired && !mapped.contains(field.name) {
      reader.report(ColumnsReader.place(reader), "kind \(kind.rawValue) needs the field '\(field.name)'")
    }
    checkOwner(mapped, reader)
    // Decoding order decides which fault a row is given: it follows the documentation, not the file.
    decoders.sort { $0.field < $1.field }
  }

  /// The key at which a field that lacks is told: `columns` of the feed file, or the preset that left the field to it.
  private static func place(_ reader: NodeReader) -> String {
    reader.location(of: "columns").file == reader.location.file ? "columns" : "preset"
  }

  private func checkOwner(_ mapped: Set<String>, _ reader: NodeReader) {
    guard reader.has("served") else {
      if kind.isOwned, mapped.contains("number") == mapped.contains("subscription") {
        reader.report(
          ColumnsReader.place(reader),
          "kind \(kind.rawValue) needs the field 'number' or the field 'subscription', one of them")
      }
      for field in ["caller", "called"] where mapped.contains(field) {
        reader.report("columns", "the field '\(field)' needs 'served', which says whose call it is")
      }
      return
    }
    for field in ["caller", "called"] where kind == .usage && !mapped.contains(field) {
      reader.report("columns", "'served' needs the field '\(field)'")
    }
    for field in ["number", "subscription", "counterparty"] where mapped.contains(field) {
      reader.report("columns", "'served' finds the field '\(field)'; it is not mapped")
    }
  }

  private mutating func read(_ field: CanonicalField, _ index: Int, _ reader: NodeReader) {
    let unit = reader.optionalString("unit")
    let format = reader.optionalString("format")
    let constant = reader.optionalString("constant")
    let values = reader.entries("values", isOptional: true)
    let otherwise = reader.optionalString("otherwise")
    let from = reader.value("from") ?? reader.value("position")
    let preparation = preparation(
      of: field, isConstant: constant != nil, hasValues: !values.isEmpty || otherwise != nil, reader)
    guard (from == nil) != (constant == nil), !reader.has("from") || !reader.has("position") else {
      let choice = reader.has("position") ? "'from', 'position' or 'constant'" : "'from' or 'constant'"
      return reader.report(at: reader.location, "'\(field.name)' needs \(choice), one of them")
    }
    if constant != nil, !values.isEmpty || otherwise != nil {
      reader.report(at: reader.location, "a constant takes no 'values' and no 'otherwise'")
    }
    let source = from.flatMap { columnSource($0, reader) }
    if from != nil, source == nil { return }
    if case .recordKey = field.type {
      if source == nil { reader.report(at: reader.location, "'record_key' needs 'from'") }
      if preparation != nil { reader.report(at: reader.location, "'record_key' is taken as it is delivered") }
      recordKeySource = source
      return
    }
    guard let reading = reading(of: field, unit: unit, format: format, reader) else { return }
    func fixed(_ text: String, at location: SourceLocation) -> FieldDecoder.Fixed {
      let bytes = Array(text.utf8)
      switch reading {
      case .flag:
        let value = RowDecoder.flag(bytes)
        if value == nil { reader.report(at: location, "'\(field.name)' can be true or false, not '\(text)'") }
        return .init(bytes: bytes, value: value)
      case .enumeration(let allowed):
        let value = allowed.firstIndex(of: bytes).map { Int64($0) }
        let names = allowed.map { String(decoding: $0, as: UTF8.self) }
        // The empty text stands for a missing value.
        if value == nil, !text.isEmpty || field.isRequired {
          reader.report(
            at: location, "'\(field.name)' has no value '\(text)'\(Suggestion.clause(for: text, among: names))")
        }
        return .init(bytes: bytes, value: value)
      default: return .init(bytes: bytes, value: nil)
      }
    }
    decoders.append(
      FieldDecoder(
        field: index, source: source, reading: reading, isRequired: field.isRequired, preparation: preparation,
        values: values.compactMap { entry in
          guard let text = entry.value.text ?? (entry.value.content == .null ? "" : nil) else {
            reader.report(at: entry.value.location, "a value of the map must be a text")
            return nil
          }
          return (Array(entry.key.utf8), fixed(text, at: entry.value.location))
        },
        otherwise: otherwise.map { fixed($0, at: reader.location(of: "otherwise")) },
        constant: constant.map { fixed($0, at: reader.location(of: "constant")) }))
  }

  /// The source of a column's own keys: `from`, with `occurrence` where names repeat, or `position`.
  private mutating func columnSource(_ node: ConfigurationNode, _ reader: NodeReader) -> Int? {
    let occurrence = reader.optionalInt("occurrence", in: 1...10_000)
    if reader.has("position") {
      if occurrence != nil { reader.report("occurrence", "a position takes no 'occurrence'") }
      guard format == .csv else {
        reader.report("position", "'position' belongs to csv, not to \(format.rawValue)")
        return nil
      }
      guard let position = node.text.flatMap({ Int($0) }), (1...10_000).contains(position) else {
        reader.report("position", "'position' must be a whole number from 1")
        return nil
      }
      return index(of: .position(position - 1))
    }
    guard let occurrence else { return source(node, reader) }
    guard format == .csv, hasNames, let text = node.text, !text.isEmpty else {
      reader.report("occurrence", "'occurrence' belongs to the names of a header")
      return nil
    }
    return index(of: .occurrence(name: Array(text.utf8), occurrence))
  }

  private mutating func index(of source: Feed.Source) -> Int {
    if let index = sources.firstIndex(of: source) { return index }
    sources.append(source)
    return sources.count - 1
  }

  /// The index of the source that a node names, made if it is new.
  mutating func source(_ node: ConfigurationNode, _ reader: NodeReader) -> Int? {
    guard let text = node.text, !text.isEmpty else {
      reader.report(at: node.location, "'from' must be a column, not \(node.kindDescription)")
      return nil
    }
    let source: Feed.Source
    if format == .mbox {
      guard MailPart.isSound(text) else {
        let names = MailPart.names.map(\.0)
        reader.report(
          at: node.location,
          "a message has no part '\(text)'\(Suggestion.clause(for: text, among: names)); names that do not begin with '$' "
            + "are header fields")
        return nil
      }
      source = .path([Array(text.utf8)])
    } else if format != .csv {
      source = .path(Feed.path(text))
    } else if hasNames {
      source = .name(Array(text.utf8))
    } else if let position = Int(text), (1...10_000).contains(position) {
      source = .position(position - 1)
    } else {
      reader.report(at: node.location, "without a header and 'names' a column is a position from 1")
      return nil
    }
    return index(of: source)
  }

  mutating func recordKey(_ reader: NodeReader) -> Feed.RecordKey? {
    let own = recordKeySource
    var found: [Int]?
    var windowDays = 35
    reader.mapping("record-key", isOptional: true) { child in
      windowDays = child.int("window-days", default: 35, in: 1...3_660)
      guard child.has("from") else {
        if own == nil { child.report(at: child.location, "'record-key' needs 'from', or 'columns' a 'record_key'") }
        return
      }
      if own != nil { child.report("from", "'columns' already says what the record key is") }
      found = child.list("from").compactMap { source($0, child) }
      if found?.isEmpty == true { child.report("from", "'from' must name at least one column") }
    }
    guard let indices = found ?? own.map({ [$0] }) else { return nil }
    return Feed.RecordKey(sources: indices, windowDays: windowDays)
  }

  mutating func known(_ reader: NodeReader) -> Feed.Known {
    reader.mapping("known", isOptional: true) { child -> Feed.Known in
      let by = child.optionalEnumeration("by", of: ["night"])
      let lagDays = child.optionalInt("lag-days", in: 0...3_650)
      let format = child.optionalString("format")
      let column = child.value("column")
      guard [by != nil, lagDays != nil, column != nil].filter({ $0 }).count == 1 else {
        child.report(at: child.location, "'known' needs one of 'by', 'column' and 'lag-days'")
        return .night
      }
      if format != nil, column == nil { child.report("format", "'format' belongs to 'column'") }
      if let lagDays { return .lag(days: lagDays) }
      guard let column, let source = source(column, child) else { return .night }
      do throws(CalendarError) {
        return .column(
          source: source, try format.map { text throws(CalendarError) in try TimestampFormat(text) } ?? .isoDate)
      } catch {
        child.report("format", error.message)
        return .night
      }
    } ?? .night
  }
}
