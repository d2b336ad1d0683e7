import Calendar
import Configuration

// Reads what a feed asks of rows as a whole: `checks`, `leave-out`, `zone`, `served`.
extension ColumnsReader {
  mutating func checks(_ reader: NodeReader) -> [Feed.FieldCheck] {
    reader.entries("checks", isOptional: true).compactMap { entry in
      let column = ConfigurationNode(entry.location, .scalar(entry.key, isPlain: false))
      guard let source = source(column, reader) else { return nil }
      guard let text = entry.value.text else {
        reader.report(at: entry.value.location, "a form is a pattern, not \(entry.value.kindDescription)")
        return nil
      }
      do throws(FieldPattern.Fault) { return .init(source: source, pattern: try FieldPattern(text)) } catch {
        reader.report(at: entry.value.location, "the pattern '\(text)' \(error.message)")
        return nil
      }
    }
  }

  /// The trailer, now that its columns can be found.
  mutating func trailer(_ form: Feed.DialectKeys, _ reader: NodeReader) -> Feed.Trailer? {
    guard var trailer = form.trailer else { return nil }
    trailer.sums = form.trailerSums.compactMap { sum in
      source(sum.column, reader).map { total(of: $0, field: sum.field) }
    }
    return trailer
  }

  /// A total of a column, which is added up as it is read: in the number format and with the missing marks of its own.
  private func total(of source: Int, field: Int) -> Feed.TrailerSum {
    let readers = decoders.filter { $0.source == source }
    let number = readers.first { kind.fields[$0.field].type.isNumber && $0.values.isEmpty && $0.otherwise == nil }
    let usual = numberForm == .plain ? nil : numberForm
    return Feed.TrailerSum(
      source: source, field: field, numberForm: number.map { $0.preparation?.numberForm } ?? usual,
      missing: readers.first.map { $0.preparation?.missing ?? [] } ?? missingMarks)
  }

  mutating func leftOut(_ reader: NodeReader) -> [Feed.RowFilter] {
    reader.mappings(in: "leave-out", isOptional: true) { child -> Feed.RowFilter? in
      let values = ColumnsReader.texts(child, "is")
      guard let node = child.read("column", expecting: "a column", { $0 }), let source = source(node, child) else {
        return nil
      }
      return .init(source: source, values: values)
    }.compactMap { $0 }
  }

  /// `zone`: a name, or a mapping with the column that says each row's zone.
  mutating func zone(_ reader: NodeReader) -> (zone: Zone, column: Feed.ZoneColumn?) {
    guard let node = reader.value("zone"), case .mapping = node.content else {
      let name = reader.string("zone", default: "UTC")
      return (ColumnsReader.zone(name, at: reader.location(of: "zone"), reader), nil)
    }
    return reader.child(node) { child in
      let otherwise = ColumnsReader.zone(
        child.string("otherwise", default: "UTC"), at: child.location(of: "otherwise"), child)
      let zones = child.entries("values", isOptional: true).map { entry in
        let name = entry.value.text ?? ""
        let zone: Zone
        if let found = RowZones.zone(named: name) {
          zone = found
        } else {
          child.report(
            at: entry.value.location,
            "a zone is an offset such as +02:00 or a name such as Europe/Berlin, not '\(name)'")
          zone = .utc
        }
        return Feed.ZoneColumn.Named(delivered: Array(entry.key.utf8), zone: zone)
      }
      guard let column = child.read("column", expecting: "a column", { $0 }), let source = source(column, child) else {
        return (otherwise, nil)
      }
      return (otherwise, Feed.ZoneColumn(source: source, zones: zones))
    }
  }

  private static func zone(_ name: String, at location: SourceLocation, _ reader: NodeReader) -> Zone {
    do throws(CalendarError) {
      return name == "UTC" ? .utc : try Zone.load(name)
    } catch {
      reader.report(at: location, error.message)
      return .utc
    }
  }

  /// `served`: which of two parties is the operator's own.
  func served(_ phoneNumbers: PhoneNumberRule, _ reader: NodeReader) -> ServedRule? {
    reader.mapping("served", isOptional: true) { child -> ServedRule? in
      let by = child.enumeration("by", of: ["direction", "numbers", "country", "ranges"])
      let both = child.enumeration("both", of: ["out", "in"], default: "out")
      let ranges = servedRanges(child)
      if (by == "ranges") == ranges.isEmpty, !reader.hasProblems {
        child.report(
          at: child.location,
          by == "ranges"
            ? "'by: ranges' needs 'prefixes' or 'ranges'" : "'prefixes' and 'ranges' belong to 'by: ranges'")
      }
      if by == "direction", child.has("both") { child.report("both", "'by: direction' takes no 'both'") }
      if by == "country", phoneNumbers.countryCode.isEmpty {
        child.report("by", "'by: country' needs the country code of 'numbers'")
      }
      func index(_ name: String) -> Int? { Feed.index(of: name, in: kind) }
      guard let caller = index("caller"), let called = index("called"), let number = index("number"),
        let counterparty = index("counterparty"), let direction = index("direction")
      else {
        reader.report("served", "'served' belongs to kind usage, not to \(kind.rawValue)")
        return nil
      }
      if by == "direction", !decoders.contains(where: { $0.field == direction }) {
        child.report("by", "'by: direction' needs the field 'direction'")
      }
      let evidence: ServedRule.Evidence =
        switch by {
        case "numbers": .numbers
        case "country": .country
        case "ranges": .ranges(ranges)
        default: .direction
        }
      return ServedRule(
        evidence: evidence, both: both == "in" ? .called : .caller, caller: caller, called: called, number: number,
        counterparty: counterparty, direction: direction)
    }.flatMap { $0 }
  }

  /// `prefixes` and `ranges` of complete numbers, with or without `+`.
  private func servedRanges(_ reader: NodeReader) -> [ClosedRange<UInt64>] {
    func digits(_ text: Substring) -> UInt64? {
      let digits = text.hasPrefix("+") ? text.dropFirst() : text
      guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), digits.first != "0" else { return nil }
      return digits.utf8.count <= PhoneNumberRule.digitCounts.upperBound ? UInt64(digits) : nil
    }
    var ranges: [ClosedRange<UInt64>] = []
    for node in reader.list("prefixes", isOptional: true) {
      if let prefix = node.text.flatMap({ digits($0[...]) }) {
        ranges += ServedRule.ranges(ofPrefix: prefix)
      } else {
        reader.report(at: node.location, "a prefix is the first digits of complete numbers, country code first")
      }
    }
    for node in reader.list("ranges", isOptional: true) {
      let ends = node.text?.split(separator: "-", omittingEmptySubsequences: false).map { digits($0) } ?? []
      if ends.count == 2, let first = ends[0], let last = ends[1], first <= last {
        ranges.append(first...last)
      } else {
        reader.report(
          at: node.location, "a range is two complete numbers with a hyphen between them, the lower one first")
      }
    }
    return ranges
  }
}
