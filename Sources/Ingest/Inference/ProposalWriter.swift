import CSV
import Calendar
import Configuration

/// Writes what was found in a sample as a feed file with comments.
struct ProposalWriter {
  private let inference: FeedInference
  private let guess: KindGuess
  private let fit: PresetFit?
  /// The column of each canonical field that has one.
  private let columns: [String: Int]
  private let name: String
  private let path: String
  private let shape: NameShape
  /// What only a person knows.
  private(set) var openPoints: [String] = []

  /// A country code for the trial on the sample: no country has it, and any would do.
  static let trialCountryCode = "999"

  init(_ inference: FeedInference, _ fit: PresetFit?, name: String, path: String) {
    self.inference = inference
    self.fit = fit
    self.name = name
    self.path = path
    guess = inference.kinds[0]
    shape = NameShape(inference.sample.fileName)
    var columns: [String: Int] = [:]
    if let feed = fit?.feed {
      for decoder in feed.decoders {
        guard let source = decoder.source else { continue }
        let place: Int? =
          switch feed.sources[source] {
          case .position(let position): position
          default:
            inference.table.names?.firstIndex(of: feed.sources[source].text)
              ?? feed.textForm.layouts.first { $0.count == inference.table.columnCount }?
              .firstIndex { $0.elementsEqual(feed.sources[source].text.utf8) }
          }
        columns[feed.kind.fields[decoder.field].name] = place.flatMap { $0 < inference.profiles.count ? $0 : nil }
      }
    } else {
      for (field, choice) in zip(guess.kind.fields, guess.choices) {
        if case .column(let candidate) = choice { columns[field.name] = candidate.column }
      }
    }
    self.columns = columns
  }

  private var kind: FeedKind { fit?.feed.kind ?? guess.kind }

  /// Whether the preset says a key itself.
  private func isPreset(_ key: String) -> Bool {
    guard let fit else { return false }
    let bodies = fit.preset.options.flatMap { option in
      let name = fit.options.first { $0.name == option.name }?.value ?? option.fallback
      return option.values.filter { $0.name == name }.map(\.keys)
    }
    return ([fit.preset.keys] + bodies).contains { $0.mappingEntries.contains { $0.key == key } }
  }

  /// A sample of fewer rows leaves times, codes and units open.
  private static let fewRows = 20

  // MARK: - Parts

  /// What was sampled and how the proposal fared on it.
  func head(_ trial: SampleTrial?) -> String {
    let (sample, text, table) = (inference.sample, inference.text, inference.table)
    let byteCount = text.texts.reduce(0) { $0 + $1.count }
    let members = sample.isArchive ? " of \(sample.members.count) members" : ""
    let packing = sample.packing.map { $0 + ", " }.joined()
    let encoding = text.encoding.rawValue + (text.hasByteOrderMark ? " with byte-order mark" : "")
    let kinds = inference.kinds.prefix(3).map { "\($0.kind.rawValue) \(ProposalText.fraction($0.score))" }
    var lines = [
      "Proposed from \(ProposalText.comment(sample.fileName)). Read it, mend it, save it as \(ProposalText.comment(path)), and try it:",
      "  nightjar-ingest --home HOME --date NIGHT --feed \(ProposalText.comment(path)) --dry-run FILE",
      "FILL marks what only a person knows; CHECK marks a guess that the sample cannot settle.",
      "Sampled: \(table.rows.count) rows of \(table.columnCount) columns, \(byteCount / 1_000) kB\(members); \(packing)\(table.format.rawValue), \(encoding), lines end with \(text.lineEnds).",
    ]
    if fit == nil { lines.append("Kinds by fit: \(kinds.joined(separator: ", ")).") }
    if let trial, trial.refusal == nil {
      let rejects = trial.rejects.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
      let rest = rejects.isEmpty ? "" : "; rejected: \(rejects.joined(separator: ", "))"
      lines.append("Tried on the sample: \(trial.acceptedCount) of \(trial.rowCount) rows decode\(rest).")
    }
    if !sample.otherShapes.isEmpty {
      let others = sample.otherShapes.prefix(5).map { ProposalText.comment($0) }
      lines.append("CHECK: other members are not read: \(others.joined(separator: ", ")).")
    }
    if table.rows.count < ProposalWriter.fewRows, table.columnCount > 0 {
      lines.append("CHECK: so few rows settle little; take a larger file, if there is one.")
    }
    if let doubt = inference.headerDoubt { lines.append("CHECK: \(doubt).") }
    return lines.map { "# \($0)\n" }.joined()
  }

  /// The feed's keys.
  mutating func body(countryCode: String) -> String {
    openPoints = []
    var text = "feed: \(name)\n"
    if let fit {
      text += "preset: \(fit.preset.name)  # \(ProposalText.comment(fit.preset.about))\n" + options(fit)
    } else {
      text += "kind: \(kind.rawValue)\n"
    }
    text += "files: \(ProposalText.quoted(shape.pattern))\n"
    if let pattern = inference.sample.memberPattern { text += "members: \(ProposalText.quoted(pattern))\n" }
    // One byte a character tells no encoding from another; UTF-8 and UTF-16 with its mark need no word.
    if [.latin1, .windows1252].contains(inference.text.encoding), !isPreset("encoding") {
      text +=
        "encoding: \(inference.text.encoding.rawValue)  # CHECK: the bytes are not UTF-8; does the text look right?\n"
    }
    if fit == nil { text += format() + missing() }
    if !isPreset("zone") { text += zone() }
    text += numbers(countryCode)
    if fit == nil {
      text += "columns:\n"
      for (index, field) in kind.fields.enumerated() { text += line(field, index) }
      let rest = kind.fields.indices.filter { index in
        let name = kind.fields[index].name
        // A row has one owner: where the one is found, nobody misses the other.
        if name == "record_key" || (kind.isOwned && ["number", "subscription"].contains(name)) { return false }
        // Nor caller and called, which stand for number and counterparty where a rule says whose call it is.
        if kind.fields[index].type == .party { return false }
        return if case .none = guess.choices[index] { !guess.missing.contains(name) } else { false }
      }
      if !rest.isEmpty {
        text += "  # No column found for: \(rest.map { kind.fields[$0].name }.joined(separator: ", ")).\n"
      }
      text += direction() + recordKey()
    } else {
      text += owner(isTrial: countryCode == ProposalWriter.trialCountryCode)
    }
    text += window() + calendar()
    return text
  }

  /// What the sample's columns look like.
  func foot() -> String {
    guard !inference.profiles.isEmpty else { return "" }
    var lines = ["Columns of the sample: rows filled, different values, what they look like."]
    let used = Set(columns.values)
    for profile in inference.profiles.prefix(200) {
      let unused = !used.contains(profile.index) ? "; not mapped" : ""
      lines.append(
        "  \(label(profile.index)): \(ProposalText.percent(1 - profile.emptyShare)), \(profile.values.count), \(profile.looks)\(unused)"
      )
    }
    if inference.profiles.count > 200 { lines.append("  and \(inference.profiles.count - 200) more") }
    return lines.map { "# \($0)\n" }.joined()
  }

  // MARK: - Keys

  private func options(_ fit: PresetFit) -> String {
    guard !fit.options.isEmpty else { return "" }
    let pairs = fit.options.map { "\($0.name): \(ProposalText.quoted($0.value))" }.joined(separator: ", ")
    let doubts = fit.doubts.map { "\($0.name) may be \($0.values.joined(separator: " or "))" }
    return "options: {\(pairs)}" + (doubts.isEmpty ? "\n" : "  # CHECK: \(doubts.joined(separator: "; "))\n")
  }

  /// Whose rows they are, where a preset leaves that to the feed.
  private mutating func owner(isTrial: Bool) -> String {
    guard let fit, fit.lacksOwner else { return "" }
    let own = inference.kinds.first { $0.kind == kind }
    guard case .column(let candidate) = own?.choice("subscription") else {
      openPoints.append("the field 'subscription'")
      if isTrial { return "columns: {subscription: {constant: x}}\n" }
      return "columns:\n  subscription: {}  # FILL: the preset leaves to the feed which column names the customer\n"
    }
    return
      "columns:\n  subscription: {\(source(candidate.column))}  # CHECK: does it name the customer? The preset does not say\n"
  }

  private func format() -> String {
    let (table, dialect) = (inference.table, inference.table.dialect)
    if table.format == .json, !table.recordsPath.isEmpty {
      let path = table.recordsPath.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ".")
      return "format: json\njson: {records: \(ProposalText.scalar(path))}\n"
    }
    guard table.format == .csv else { return "format: \(table.format.rawValue)\n" }
    var parts: [String] = []
    if dialect.delimiter != 0x2C { parts.append("delimiter: \(ProposalText.quoted(dialect.delimiter))") }
    if dialect.quote != 0x22 { parts.append("quote: \(ProposalText.quoted(dialect.quote))") }
    if !dialect.hasHeader { parts.append("header: false") }
    if table.hasTypeLine { parts.append("header-lines: 2") }
    if dialect.skippedLineCount > 0 { parts.append("skip-lines: \(dialect.skippedLineCount)") }
    if let comment = dialect.comment { parts.append("comment: \(ProposalText.quoted(comment))") }
    if let trailer = table.trailer, let countField = trailer.countField {
      let mark = ProposalText.quoted(String(decoding: trailer.firstField, as: UTF8.self))
      parts.append("trailer: {first-field: \(mark), count-field: \(countField + 1)}")
    }
    return parts.isEmpty ? "" : "dialect: {\(parts.joined(separator: ", "))}\n"
  }

  private func missing() -> String {
    guard !inference.table.missing.isEmpty else { return "" }
    let marks = inference.table.missing.map { ProposalText.quoted(String(decoding: $0, as: UTF8.self)) }
    return "missing: [\(marks.joined(separator: ", "))]  # CHECK: texts that stand for no value\n"
  }

  /// The zone of local times, as far as the times tell it.
  private mutating func zone() -> String {
    let times = kind.fields.compactMap { field -> TimeFormatGuess? in
      guard field.type == .instant || field.type == .day, let column = columns[field.name] else { return nil }
      return inference.profiles[column].time
    }
    let clocks = times.filter(\.hasTime)
    if let need = fit?.preset.needs.first(where: { $0.key == "zone" }) {
      openPoints.append("the zone")
      return "zone: UTC  # FILL: \(ProposalText.comment(need.why)); such as Europe/Berlin\n"
    }
    guard !clocks.isEmpty else { return "zone: UTC  # CHECK: where the days begin\n" }
    if clocks.contains(where: { $0.offsetShare < 1 }) {
      openPoints.append("the zone")
      return
        "zone: UTC  # FILL: times say no offset; name the zone of the clock that wrote them, such as Europe/Berlin\n"
    }
    let offsets = Set(clocks.flatMap(\.offsets)).sorted()
    guard let offset = offsets.first, offset != 0 || offsets.count > 1 else {
      return "zone: UTC  # CHECK: times are UTC; days are those of this zone, so name the network's own\n"
    }
    let texts = offsets.prefix(4).map { ProposalText.offset($0) }.joined(separator: ", ")
    let hour = offset / 3_600
    let fixed = "Etc/GMT\(hour > 0 ? "-" : "+")\(abs(hour))"
    let zone = offsets.count == 1 && offset % 3_600 == 0 && (try? Zone.load(fixed)) != nil ? fixed : "UTC"
    return
      "zone: \(zone)  # CHECK: times say \(texts); days are those of this zone, so name the place, such as Europe/Berlin\n"
  }

  private mutating func numbers(_ countryCode: String) -> String {
    guard let column = columns["number"] ?? columns["caller"], !isPreset("numbers") else { return "" }
    switch inference.profiles[column].phoneForm {
    case .complete, nil: return ""
    case .internationalPrefix: return "numbers: {international-prefix: \"00\"}\n"
    case .trunkPrefix:
      openPoints.append("the country code")
      return "numbers: {country-code: \"\(countryCode)\", trunk-prefix: \"0\", international-prefix: \"00\"}"
        + "  # FILL: country-code, such as \"49\" (or say plan: DE instead): numbers are national\n"
    case .local:
      openPoints.append("the country code")
      return
        "numbers: {country-code: \"\(countryCode)\"}  # FILL: country-code, such as \"49\" (or say plan: DE instead): numbers are national\n"
    }
  }

  private mutating func line(_ field: CanonicalField, _ index: Int) -> String {
    if case .recordKey = field.type { return "" }
    switch guess.choices[index] {
    case .column(let candidate):
      var parts = [source(candidate.column)]
      if let format = candidate.format, !isDefault(format, field) {
        parts.append("format: \(ProposalText.quoted(format))")
      }
      if let unit = candidate.unit { parts.append("unit: \(ProposalText.quoted(unit))") }
      if let form = candidate.numberForm {
        let groups = form.thousands.map { ", thousands: \(ProposalText.quoted($0))" } ?? ""
        parts.append("number-format: {decimal: \(ProposalText.quoted(form.decimal))\(groups)}")
      }
      if !candidate.values.isEmpty {
        let pairs = candidate.values.map { "\(ProposalText.quoted($0.delivered)): \(ProposalText.quoted($0.meaning))" }
        parts.append("values: {\(pairs.joined(separator: ", "))}")
      }
      var remark = ProposalText.percent(candidate.share)
      let used = Set(columns.values)
      let others = guess.candidates[index].filter { other in
        other.column != candidate.column && (other.grounds == .name || !used.contains(other.column))
      }.prefix(3)
      if !others.isEmpty {
        remark +=
          "; or " + others.map { "\(label($0.column)) \(ProposalText.percent($0.share))" }.joined(separator: ", ")
      }
      if !candidate.doubts.isEmpty { remark += "; CHECK: \(candidate.doubts.joined(separator: "; "))" }
      return "  \(field.name): {\(parts.joined(separator: ", "))}  # \(remark)\n"
    case .constant(let value, let reason):
      return "  \(field.name): {constant: \(value)}  # CHECK: \(reason)\n"
    case .none:
      let isOwner = guess.kind.isOwned && field.name == "number"
      guard guess.missing.contains(field.name) else { return "" }
      openPoints.append("the field '\(field.name)'")
      let or = isOwner ? " (or subscription instead)" : ""
      return "  \(field.name): {}  # FILL: needed\(or), and no column looks like it\n"
    }
  }

  private func isDefault(_ format: String, _ field: CanonicalField) -> Bool {
    field.type == .day ? format == "yyyy-MM-dd" : format == "iso8601"
  }

  /// What is said of calls and messages whose direction no column tells: the feed takes them all for made.
  private func direction() -> String {
    guard kind == .usage, case .none = guess.choice("direction") else { return "" }
    var place = ""
    switch guess.choice("type") {
    // Sessions of data have one direction.
    case .constant("data", _): return ""
    case .column(let type):
      let meanings = Set(type.values.map(\.meaning))
      if meanings == ["data"], type.unknownCodeCount == 0 { return "" }
      place = "; do the codes of \(label(type.column)) tell it?"
    case .constant, .none: break
    }
    return "  # CHECK: no direction was found: every row counts as out, calls that were received too\(place)\n"
  }

  private func recordKey() -> String {
    guard case .column(let candidate) = guess.choice("record_key"), inference.profiles[candidate.column].isAddressable
    else { return "" }
    let profile = inference.profiles[candidate.column]
    let column = profile.name.map { ProposalText.scalar($0) } ?? String(candidate.column + 1)
    let remark =
      profile.isUnique
      ? "no value comes twice in the sample"
      : "it repeats in \(profile.filledCount - profile.values.count) of \(profile.rowCount) rows of the sample"
    return "record-key: {from: [\(column)], window-days: 35}  # CHECK: \(remark)\n"
  }

  /// The days of the events that the sample has, where a kind's window could leave some out.
  private var eventDays: ClosedRange<Day>? {
    columns[kind.eventField].flatMap { inference.profiles[$0].time?.days }
  }

  private func window() -> String {
    guard !kind.isTimeless, let days = eventDays else { return "" }
    let reference = max(days.upperBound, shape.date.flatMap { Day($0) } ?? days.upperBound)
    let age = Int(reference.rawValue) - Int(days.lowerBound.rawValue)
    if age <= 30 {
      // A file of many days under a name that says none may be a history of any age.
      guard shape.date == nil, days.upperBound - days.lowerBound > 3 else { return "" }
      return "late-days: 35  # CHECK: what happened earlier is out of the window; a history needs more\n"
    }
    return
      "late-days: \((age / 100 + 1) * 100)  # CHECK: events of the sample are up to \(age) days older than the file\n"
  }

  private func calendar() -> String {
    let isHistory = eventDays.map { $0.upperBound - $0.lowerBound > 3 } ?? false
    if let pattern = shape.datePattern, kind.isTimeless || !isHistory {
      return "calendar: {every: day, covers: file-name, pattern: \(ProposalText.quoted(pattern))}"
        + "  # CHECK: a file is expected for every day\n"
    }
    return "calendar: {every: none, covers: rows}  # CHECK: no file is missed, as none is expected\n"
  }

  // MARK: - Columns

  /// A column as a feed names it: by its name, or by its position where it has none of its own.
  private func source(_ column: Int) -> String {
    let profile = inference.profiles[column]
    guard let name = profile.name else { return "from: \(column + 1)" }
    return profile.isAddressable ? "from: \(ProposalText.scalar(name))" : "position: \(column + 1)"
  }

  /// A column as comments name it.
  private func label(_ column: Int) -> String {
    let profile = inference.profiles[column]
    guard let name = profile.name else { return "column \(column + 1)" }
    return ProposalText.comment(name) + (profile.isAddressable ? "" : " (column \(column + 1))")
  }
}
