import CSV
import Calendar
package import Configuration
import Ledger

// Reads a feed file; every fault is recorded at its place and reading goes on (Feeds.md).
extension Feed {
  /// Reads a feed from its file's text, and the preset that it names from the preset's file.
  package static func read(_ document: ConfigurationDocument) throws(ConfigurationError) -> Feed {
    let use = try PresetUse(document)
    let reader = use.document.reader()
    for problem in use.problems { reader.report(at: problem.location, problem.message) }
    let feed = Feed(reader, path: document.path, preset: use.preset)
    try reader.finish()
    return feed
  }

  private init(_ reader: NodeReader, path: String, preset: FeedPreset?) {
    self.path = path
    self.preset = preset
    // Read already; a mistyped key may still mean them.
    _ = (reader.value("preset"), reader.value("options"))
    name = reader.string("feed")
    if !reader.hasProblems, !Feed.isSound(name: name) {
      reader.report("feed", "'feed' must be letters, digits, '-' and '_'")
    }
    kind = reader.enumeration("kind", as: FeedKind.self) ?? .usage
    files = Feed.glob(reader, "files", default: nil)
    members = Feed.glob(reader, "members", default: "*")
    format = reader.enumeration("format", as: Format.self, isOptional: true) ?? .csv
    for (key, owner) in [("dialect", Format.csv), ("json", .json), ("mbox", .mbox)]
    where format != owner && reader.has(key) {
      reader.report(key, "'\(key)' belongs to \(owner.rawValue), not to \(format.rawValue)")
    }
    encoding = reader.enumeration("encoding", as: TextEncoding.self, isOptional: true)
    if encoding != nil, format == .mbox {
      reader.report("encoding", "the messages of a mailbox say their own encoding")
    }
    let form = reader.mapping("dialect", isOptional: true) { DialectKeys($0) } ?? DialectKeys()
    (dialect, textForm) = (form.dialect, form.form)
    recordsPath = reader.mapping("json", isOptional: true) { Feed.path($0.string("records", default: "")) } ?? []
    mailboxVariant =
      reader.mapping("mbox", isOptional: true) {
        $0.enumeration("variant", as: MailboxReader.Variant.self, isOptional: true)
      }.flatMap { $0 } ?? .mboxrd
    phoneNumbers = reader.mapping("numbers", isOptional: true) { Feed.phoneNumbers($0) } ?? PhoneNumberRule()

    let hasNames = dialect.hasHeader || !textForm.layouts.isEmpty
    var columns = ColumnsReader(kind: kind, format: format, hasNames: hasNames, reader)
    columns.read(reader)
    (zone, zoneColumn) = columns.zone(reader)
    checks = columns.checks(reader)
    leftOut = columns.leftOut(reader)
    served = columns.served(phoneNumbers, reader)
    intents = columns.intents(reader)
    trailer = columns.trailer(form, reader)
    lateDays = reader.optionalInt("late-days", in: 0...100_000) ?? (kind.isTimeless ? nil : Feed.usualLateDays)
    let sessions = columns.sessions(reader, lateDays: lateDays)
    self.sessions = sessions
    sequence = columns.sequence(reader)
    recordKey = columns.recordKey(reader) ?? sessions.map { columns.recordKey(of: $0) }
    known = columns.known(reader)
    decoders = columns.decoders
    sources = columns.sources
    calendar = reader.mapping("calendar", isOptional: true) { Feed.calendar($0) } ?? DeliveryCalendar()
    rejectThreshold = reader.double("reject-threshold", default: 0.05, in: 0...1)
    limits = FeedLimits(reader)
    keep = reader.enumeration("keep", as: DeliveryKeeping.self, isOptional: true) ?? .link
  }

  /// The keys of a dotted path.
  static func path(_ text: String) -> [[UInt8]] {
    text.isEmpty ? [] : text.split(separator: ".", omittingEmptySubsequences: false).map { Array($0.utf8) }
  }

  private static func isSound(name: String) -> Bool {
    !name.isEmpty && name.utf8.allSatisfy(isNameByte)
  }

  /// Whether names of feeds and presets may have the byte: ASCII letters, digits, `-` and `_`.
  static func isNameByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x2D
      || byte == 0x5F
  }

  private static let everything = NameGlob("*")

  private static func glob(_ reader: NodeReader, _ key: String, default fallback: String?) -> NameGlob {
    let text = fallback.map { reader.string(key, default: $0) } ?? reader.string(key)
    if let glob = NameGlob(text) { return glob }
    if reader.has(key) { reader.report(key, "'\(key)' is no pattern of names") }
    return NameGlob("?") ?? NameGlob(text + "?")!
  }

  private static func phoneNumbers(_ reader: NodeReader) -> PhoneNumberRule {
    func digits(_ key: String, _ planned: String?) -> String {
      let text = reader.string(key, default: planned ?? "")
      if !text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) || text.utf8.count > 4 {
        reader.report(key, "'\(key)' must be at most four digits")
        return ""
      }
      return text
    }
    let names = NumberPlan.all.map(\.country)
    let plan = reader.optionalEnumeration("plan", of: names).flatMap { name in
      NumberPlan.all.first { $0.country == name }
    }
    var rule = PhoneNumberRule(
      countryCode: digits("country-code", plan?.countryCode), trunkPrefix: digits("trunk-prefix", plan?.trunkPrefix),
      internationalPrefix: digits("international-prefix", plan?.internationalPrefix),
      nationalLengths: reader.has("country-code") ? nil : plan?.lengths)
    rule.isImplicit = reader.enumeration("identity", of: ["book", "implicit"], default: "book") == "implicit"
    return rule
  }

  private static func calendar(_ reader: NodeReader) -> DeliveryCalendar {
    var calendar = DeliveryCalendar()
    calendar.isDaily = reader.enumeration("every", of: ["none", "day"], default: "none") == "day"
    let pattern = reader.optionalString("pattern")
    func checked(_ groups: [String]) -> String? {
      guard let pattern else { return nil }
      if DeliveryCalendar.isSound(pattern: pattern, groups: groups) { return pattern }
      let names = groups.map { "(?<\($0)>…)" }.joined(separator: " or ")
      reader.report("pattern", "'pattern' must be a regular expression with a group \(names)")
      return nil
    }
    switch reader.optionalEnumeration("covers", of: ["file-name", "rows", "range"]) {
    case "rows":
      calendar.cover = .rows
      if pattern != nil { reader.report("pattern", "'covers: rows' takes no 'pattern'") }
    case "range": calendar.cover = .range(pattern: checked(["through", "before"]))
    case "file-name":
      if pattern == nil { reader.report("covers", "'covers: file-name' needs 'pattern'") }
      calendar.cover = checked(["date"]).map { .fileName(pattern: $0) }
    default:
      if calendar.isDaily { reader.report(at: reader.location, "'every: day' needs 'covers'") }
      if pattern != nil { reader.report("pattern", "'pattern' needs 'covers'") }
    }
    calendar.from = reader.optionalDay("from")
    calendar.to = reader.optionalDay("to")
    if let from = calendar.from, let to = calendar.to, to < from { reader.report("to", "'to' lies before 'from'") }
    return calendar
  }
}
