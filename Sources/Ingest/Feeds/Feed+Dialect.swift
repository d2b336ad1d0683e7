import CSV
import Configuration

// Reads `dialect` of a feed: how records stand in a member.
extension Feed {
  /// What `dialect` says; totals of the trailer name their columns by nodes that are resolved with the other columns.
  struct DialectKeys {
    var dialect = Dialect()
    var form = TextForm()
    var trailer: Trailer?
    var trailerSums: [(column: ConfigurationNode, field: Int)] = []

    init() {}

    init(_ reader: NodeReader) {
      let quoting = reader.enumeration("quoting", of: ["quotes", "none"], default: "quotes")
      form.isQuoted = quoting == "quotes"
      if !form.isQuoted, reader.has("quote") { reader.report("quote", "'quoting: none' takes no 'quote'") }
      form.headerLineCount = reader.int("header-lines", default: 1, in: 1...100)
      let hasNames = reader.has("names")
      let hasHeader = reader.bool("header", default: !hasNames)
      if hasHeader, hasNames { reader.report("names", "'names' are for files without a header: say 'header: false'") }
      if !hasHeader, reader.has("header-lines") { reader.report("header-lines", "'header-lines' need a header") }
      form.layouts = DialectKeys.layouts(reader)
      form.fieldCounts = reader.mapping("fields", isOptional: true) { child in
        let minimum = child.int("minimum", default: 1, in: 1...10_000)
        return FieldCounts(minimum: minimum, maximum: child.optionalInt("maximum", in: minimum...10_000))
      }
      form.foreign = reader.mapping("refuse", isOptional: true) { child in
        let beginning = child.string("begins-with")
        if beginning.isEmpty || beginning.utf8.count > 100, child.has("begins-with") {
          child.report("begins-with", "'begins-with' must be 1 to 100 bytes")
        }
        return ForeignBeginning(beginning: Array(beginning.utf8), message: child.string("message"))
      }
      func byte(_ key: String) -> UInt8? {
        guard let text = reader.optionalString(key) else { return nil }
        let bytes = Array(text.utf8)
        guard bytes.count == 1, bytes[0] < 0x80 else {
          reader.report(key, "'\(key)' must be one ASCII character")
          return nil
        }
        return bytes[0]
      }
      let delimiter = byte("delimiter") ?? UInt8(ascii: ",")
      let comment = byte("comment")
      // A dialect without quotes still has a byte for them, that nobody looks at.
      let unused: UInt8 = [0x22, 0x27, 0x60].first { $0 != delimiter && $0 != comment } ?? 0x22
      let dialect = Dialect(
        delimiter: delimiter, quote: form.isQuoted ? byte("quote") ?? 0x22 : unused, hasHeader: hasHeader,
        skippedLineCount: reader.int("skip-lines", default: 0, in: 0...1_000), comment: comment)
      if dialect.isUnambiguous {
        self.dialect = dialect
      } else {
        self.dialect.hasHeader = hasHeader
        reader.report(at: reader.location, "delimiter, quote and comment must differ and be no line end")
      }
      trailer = reader.mapping("trailer", isOptional: true) { trailer($0) }
    }

    /// `names`: a list of names, or a list of such lists.
    private static func layouts(_ reader: NodeReader) -> [[[UInt8]]] {
      let items = reader.list("names", isOptional: true)
      guard !items.isEmpty else { return [] }
      func names(_ nodes: [ConfigurationNode]) -> [[UInt8]] {
        var names: [[UInt8]] = []
        for node in nodes {
          guard let text = node.text, !text.isEmpty else {
            reader.report(at: node.location, "a name of a column must be a text, not \(node.kindDescription)")
            continue
          }
          if names.contains(Array(text.utf8)) {
            reader.report(at: node.location, "the column '\(text)' is named twice")
          }
          names.append(Array(text.utf8))
        }
        return names
      }
      guard items.contains(where: { $0.listItems != nil }) else { return [names(items)] }
      return items.map { item in
        if item.listItems == nil {
          reader.report(at: item.location, "'names' is a list of names, or a list of such lists, not both")
        }
        return names(item.listItems ?? [])
      }
    }

    private mutating func trailer(_ reader: NodeReader) -> Trailer {
      let firstField = Array(reader.string("first-field").utf8)
      let countField = reader.optionalInt("count-field", in: 2...10_000)
      for entry in reader.entries("sums", isOptional: true) {
        guard let field = entry.value.text.flatMap({ Int($0) }), (2...10_000).contains(field) else {
          reader.report(at: entry.value.location, "a total's place in the trailer is a position from 2")
          continue
        }
        trailerSums.append((ConfigurationNode(entry.location, .scalar(entry.key, isPlain: false)), field - 1))
      }
      if countField == nil, trailerSums.isEmpty {
        reader.report(at: reader.location, "'trailer' needs 'count-field' or 'sums'")
      }
      return Trailer(firstField: firstField, countField: countField.map { $0 - 1 })
    }
  }
}

extension ConfigurationNode {
  /// The items of a list; nil of anything else.
  fileprivate var listItems: [ConfigurationNode]? {
    if case .list(let items) = content { items } else { nil }
  }
}
