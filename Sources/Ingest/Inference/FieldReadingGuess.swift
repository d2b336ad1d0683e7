import Calendar
import Configuration

/// How a column would be read as a canonical field, and the share of its values that would decode.
struct FieldReadingGuess {
  private(set) var share = 0.0
  private(set) var format: String?
  private(set) var unit: String?
  private(set) var numberForm: NumberForm?
  private(set) var values: [(delivered: String, meaning: String)] = []
  private(set) var unknownCodeCount = 0
  private(set) var doubts: [String] = []
  /// How much the values alone speak for the field, whatever the column's name.
  private(set) var contentScore = 0.0

  private let profile: ColumnProfile

  init(_ field: CanonicalField, _ kind: FeedKind, _ profile: ColumnProfile) {
    self.profile = profile
    switch field.type {
    case .phoneNumber: readPhone(isServed: true)
    case .counterparty:
      readPhone(isServed: false)
      // Any bytes name a counterparty: a short code and a name count as well.
      share = 1
    // Caller and called go with a rule of whose call it is, which no sample tells.
    case .party: share = 0
    case .cell: share = 1
    case .key, .textLength: share = 1
    case .recordKey: readRecordKey()
    case .day: readTime(fallback: "yyyy-MM-dd", wantsTime: false)
    case .instant: readTime(fallback: "iso8601", wantsTime: true)
    case .count: share = profile.share { (try? NumberParsing.scaled($0, 1, 1)) != nil }
    case .duration: readDuration()
    case .volume: readVolume()
    case .money: readMoney()
    case .smallNumber(let range):
      share = profile.share { NumberParsing.whole($0).map { range.contains($0) } ?? false }
    case .flag: readFlag()
    case .enumeration(let names): readCodes(field, names)
    case .text: share = profile.share { $0.count <= FieldDecoder.textLimit }
    case .languageTag:
      share = profile.share { RowDecoder.isLanguageTag($0) }
    }
  }

  private mutating func readPhone(isServed: Bool) {
    let form = profile.phoneForm
    share = form == nil ? 0 : profile.share { ColumnProfile.PhoneForm.digitCount($0) != nil }
    // Many different ones, so that it is no time stamp or amount that happens to be digits.
    let isVaried = profile.values.count * 20 >= profile.filledCount
    if form == .complete || form == .trunkPrefix || form == .internationalPrefix, profile.time == nil, isVaried {
      contentScore = isServed ? 0.45 : 0.4
    }
  }

  private mutating func readRecordKey() {
    // A few repeats are what a record key is for.
    let repeats = profile.rowCount - profile.values.count
    share = profile.rowCount > 1 && profile.emptyShare == 0 && repeats <= max(1, profile.rowCount / 20) ? 1 : 0
    let isLong = profile.share { $0.count >= 8 } > 0.9
    if profile.isUnique, isLong, profile.time == nil { contentScore = 0.3 }
  }

  private mutating func readTime(fallback: String, wantsTime: Bool) {
    guard let time = profile.time else {
      format = fallback
      share = profile.filledCount == 0 ? 1 : 0
      return
    }
    format = time.format
    share = time.share
    // A time where only a day is wanted is as good; a day where a time is wanted is less so.
    if time.share > 0.99 { contentScore = wantsTime && !time.hasTime ? 0.3 : 0.4 }
    if time.format.hasPrefix("epoch"),
      profile.words.isEmpty || FieldNames.fit(profile.spellings, "started_at", .usage) == 0
    {
      contentScore *= 0.7
    }
    if let alternative = time.alternative {
      doubts.append("the sample fits \(alternative) as well: is the day or the month first?")
    }
  }

  private mutating func readDuration() {
    unit = unit(of: [("ms", ["ms", "msec", "millis"]), ("min", ["min", "mins", "minutes", "minuten"])]) ?? "s"
    share = profile.share { (try? NumberParsing.scaled($0, 1, 1)) != nil }
    if share < 0.9, profile.share({ (try? DurationForm.clock.seconds($0)) != nil }) > 0.9 {
      unit = "hh:mm:ss"
      share = profile.share { (try? DurationForm.clock.seconds($0)) != nil }
    } else {
      readForms { (try? NumberParsing.scaled($0, 1, 1)) != nil }
    }
  }

  /// Where numbers do not read as they are: the form of numbers in which they do.
  private mutating func readForms(_ reads: (UnsafeBufferPointer<UInt8>) -> Bool) {
    guard share < 0.9, profile.filledCount > 0 else { return }
    let forms: [NumberForm] = [
      NumberForm(decimal: 0x2C), NumberForm(decimal: 0x2C, thousands: 0x2E), NumberForm(decimal: 0x2C, thousands: 0x20),
      NumberForm(decimal: 0x2E, thousands: 0x2C), NumberForm(decimal: 0x2E, thousands: 0x27),
    ]
    for form in forms {
      var plain: [UInt8] = []
      let found = profile.share { form.write($0, to: &plain) && plain.withUnsafeBufferPointer(reads) }
      guard found > 0.9, found > share else { continue }
      share = found
      numberForm = form
    }
  }

  private mutating func readVolume() {
    unit = unit(of: [
      ("kB", ["kb", "kib", "kbytes", "kilobytes", "ko"]), ("MB", ["mb", "mib", "mbytes", "mo"]),
      ("GB", ["gb", "gib", "gbytes", "go"]),
    ])
    if unit == nil {
      unit = "B"
      if !profile.words.contains(where: { ["bytes", "octets", "b"].contains($0) }) {
        doubts.append("bytes are assumed")
      }
    }
    share = profile.share { (try? NumberParsing.scaled($0, 1, 1)) != nil }
    readForms { (try? NumberParsing.scaled($0, 1, 1)) != nil }
  }

  private mutating func readMoney() {
    unit = unit(of: [("cents", ["cents", "cent", "kurus", "pence"]), ("e4", ["e4"])]) ?? "1"
    let money: MoneyUnit = unit == "cents" ? .cents : unit == "e4" ? .tenThousandths : .currency
    share = profile.share { (try? NumberParsing.money($0, money)) != nil }
    readForms { (try? NumberParsing.money($0, money)) != nil }
    if unit == "1", let digits = wholeDigits() {
      let range = digits.count == 1 ? "\(digits.lowerBound)" : "\(digits.lowerBound) to \(digits.upperBound)"
      doubts.append(
        "every number is whole, of \(range) \(digits == 1...1 ? "digit" : "digits"): currency units or cents?")
    }
    let decimal = numberForm?.decimal ?? 0x2E
    let hasDecimals = profile.share { $0.suffix(5).contains(decimal) } > 0.95
    if share > 0.99, hasDecimals { contentScore = 0.3 }
  }

  /// The numbers of digits of the amounts, where no amount has a decimal sign and not all are zero: then nothing tells
  /// units from cents. Values that are no amount at all are no evidence.
  private func wholeDigits() -> ClosedRange<Int>? {
    var counts: [Int] = []
    var isAnySet = false
    var plain: [UInt8] = []
    for value in profile.values.keys {
      let amount = value.withUnsafeBufferPointer { bytes -> Int64?? in
        if let numberForm {
          guard numberForm.write(bytes, to: &plain) else { return nil }
        } else {
          plain = Array(bytes)
        }
        return plain.withUnsafeBufferPointer { digits -> Int64?? in
          guard (try? NumberParsing.money(digits, .currency)) != nil else { return nil }
          return .some(NumberParsing.whole(digits))
        }
      }
      guard let amount else { continue }
      guard let whole = amount else { return nil }
      isAnySet = isAnySet || whole != 0
      counts.append(String(whole.magnitude).count)
    }
    guard isAnySet, let least = counts.min(), let most = counts.max() else { return nil }
    return least...most
  }

  private func unit(of names: [(unit: String, words: [String])]) -> String? {
    names.first { name in profile.words.contains { name.words.contains($0) } }?.unit
  }

  private mutating func readFlag() {
    share = profile.share { RowDecoder.flag($0) != nil }
    guard share < 1, profile.values.count <= 4 else { return }
    translate("flag", ["true", "false"])
  }

  private mutating func readCodes(_ field: CanonicalField, _ allowed: [String]) {
    share = profile.share { bytes in allowed.contains { $0.utf8.elementsEqual(bytes) } }
    guard share < 1, profile.values.count <= 60 else { return }
    translate(field.name, allowed)
    // A column of codes that all mean something is the field even without its name.
    if ["type", "direction"].contains(field.name) { contentScore = share > 0.95 ? 0.45 : share >= 0.8 ? 0.3 : 0 }
  }

  /// Translates what the vocabulary knows; the rest would be rejected.
  private mutating func translate(_ field: String, _ allowed: [String]) {
    var known = 0
    for (value, times) in profile.values.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      let meaning = ValueVocabulary.meaning(of: value, field: field, allowed: allowed)
      if let meaning, let text = String(validating: value, as: UTF8.self) {
        values.append((text, meaning))
        known += times
      } else {
        unknownCodeCount += 1
      }
    }
    share = profile.filledCount == 0 ? 1 : Double(known) / Double(profile.filledCount)
    if unknownCodeCount > 0 {
      doubts.append("\(unknownCodeCount) \(unknownCodeCount == 1 ? "code has" : "codes have") no meaning here yet")
    }
    if known == 0 { values = [] }
  }
}
