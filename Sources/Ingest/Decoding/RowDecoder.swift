import Calendar
import Randomness
import Vault

/// Decodes the fields of one row after the other into `row`. Nothing allocates but texts and first-seen keys.
struct RowDecoder {
  let decoders: [FieldDecoder]
  let sources: [Feed.Source]
  let phoneNumbers: PhoneNumberRule
  let counterpartyHash: SipHash
  var zone: ZoneCursor
  var pseudonyms: PseudonymTable
  var row: RowValues

  init(_ feed: Feed, key: PseudonymKey) {
    decoders = feed.decoders
    sources = feed.sources
    phoneNumbers = feed.phoneNumbers
    counterpartyHash = key.counterpartyHash
    zone = ZoneCursor(feed.zone)
    pseudonyms = PseudonymTable(key)
    row = RowValues(fieldCount: feed.kind.fields.count)
  }

  /// Decodes the row whose source `s` is `bytes[ranges[s]]`; throws the first fault.
  mutating func decode(
    _ bytes: UnsafeBufferPointer<UInt8>, _ ranges: [Range<Int>]
  ) throws(RowFault) {
    row.present = 0
    for index in decoders.indices {
      if let source = decoders[index].source {
        let field = UnsafeBufferPointer(rebasing: bytes[ranges[source]])
        try decode(index, field, source: source)
      } else if let constant = decoders[index].constant {
        try take(index, constant, source: nil)
      }
    }
  }

  @inline(__always)
  private mutating func decode(
    _ index: Int, _ bytes: UnsafeBufferPointer<UInt8>, source: Int
  ) throws(RowFault) {
    if !decoders[index].values.isEmpty || decoders[index].otherwise != nil {
      return try decodeMapped(index, bytes, source: source)
    }
    guard bytes.count > 0 else {
      if decoders[index].isRequired { throw missing(source) }
      return
    }
    try read(index, bytes, source: source)
  }

  private mutating func decodeMapped(
    _ index: Int, _ bytes: UnsafeBufferPointer<UInt8>, source: Int
  ) throws(RowFault) {
    for entry in 0..<decoders[index].values.count
    where decoders[index].values[entry].delivered.count == bytes.count
      && decoders[index].values[entry].delivered.elementsEqual(bytes)
    {
      return try take(index, decoders[index].values[entry].meaning, source: source)
    }
    if let otherwise = decoders[index].otherwise { return try take(index, otherwise, source: source) }
    guard bytes.count > 0 else {
      if decoders[index].isRequired { throw missing(source) }
      return
    }
    throw RowFault(
      "unknown-value", source: source, expected: "a value of the feed's value map",
      "the field has a value that the feed's value map lacks")
  }

  private mutating func take(_ index: Int, _ fixed: FieldDecoder.Fixed, source: Int?) throws(RowFault) {
    if let value = fixed.value {
      set(decoders[index].field, value)
      return
    }
    guard !fixed.bytes.isEmpty else { return }
    var fault: RowFault?
    fixed.bytes.withUnsafeBufferPointer { bytes in
      do throws(RowFault) { try read(index, bytes, source: source) } catch { fault = error }
    }
    if let fault { throw fault }
  }

  @inline(__always)
  private mutating func set(_ field: Int, _ value: Int64) {
    row.values[field] = value
    row.present |= 1 << UInt64(field)
  }

  @inline(__always)
  private mutating func read(
    _ index: Int, _ bytes: UnsafeBufferPointer<UInt8>, source: Int?
  ) throws(RowFault) {
    let field = decoders[index].field
    switch decoders[index].reading {
    case .scaled(let numerator, let denominator):
      do throws(NumberParsing.Fault) {
        set(field, try NumberParsing.scaled(bytes, numerator, denominator))
      } catch { throw fault(error, source, "a number of at least 0") }
    case .money(let unit):
      do throws(NumberParsing.Fault) {
        set(field, try NumberParsing.money(bytes, unit))
      } catch { throw fault(error, source, "an amount with a decimal point and at most four decimals") }
    case .smallNumber(let range):
      guard let value = NumberParsing.whole(bytes) else { throw fault(.wrongType, source, "a whole number") }
      guard range.contains(value) else {
        throw fault(.outOfRange, source, "a number from \(range.lowerBound) to \(range.upperBound)")
      }
      set(field, value)
    case .key(let domain):
      set(field, pseudonyms.pseudonym(domain, bytes))
    case .phoneNumber:
      guard let number = phoneNumbers.number(bytes) else {
        throw RowFault(
          "bad-number", source: source, expected: "a phone number by the feed's rule",
          "the field is no phone number by the feed's rule")
      }
      set(field, Int64(number))
    case .day(let format):
      guard let instant = format.parse(bytes.span) else {
        throw fault(.wrongType, source, "a day of the feed's format")
      }
      let local = instant.isUTC ? zone.localSeconds(ofUTC: instant.seconds) : instant.seconds
      set(field, Int64(Day(ofSeconds: local).rawValue))
      row.localSeconds[field] = local
    case .instant(let format):
      guard let instant = format.parse(bytes.span) else {
        throw fault(.wrongType, source, "a time of the feed's format")
      }
      let (utc, local) = zone.resolve(instant)
      set(field, utc * 1_000_000 + Int64(instant.microseconds))
      row.localSeconds[field] = local
    case .flag:
      guard let flag = RowDecoder.flag(bytes) else { throw fault(.wrongType, source, "true, false, 1 or 0") }
      set(field, flag)
    case .enumeration(let allowed):
      guard let position = allowed.firstIndex(where: { $0.count == bytes.count && $0.elementsEqual(bytes) }) else {
        throw RowFault("unknown-value", source: source, expected: "a canonical value", "the field has an unknown value")
      }
      set(field, Int64(position))
    case .counterparty:
      let hash =
        phoneNumbers.number(bytes).map { number in
          counterpartyHash.hash((0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) })
        } ?? counterpartyHash.hash(bytes)
      row.localSeconds[field] = phoneNumbers.number(bytes).flatMap { phoneNumbers.isForeign($0) } == true ? 1 : 0
      set(field, Int64(hash >> 1))
    case .cell:
      // The bytes as they are: by the rule of phone numbers 286-01-1-23 and 286-01-12-3 would be one cell.
      set(field, Int64(counterpartyHash.hash(bytes) >> 1))
    case .text:
      guard bytes.count <= FieldDecoder.textLimit else {
        throw RowFault(
          "too-long", source: source, expected: "at most \(FieldDecoder.textLimit) bytes", "the text is too long")
      }
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw RowFault("not-utf8", source: source, expected: "UTF-8", "the text is not UTF-8")
      }
      row.texts[field] = text
      set(field, 0)
    case .languageTag:
      guard RowDecoder.isLanguageTag(bytes) else {
        throw RowFault(
          "bad-language", source: source, expected: "a code such as de or pt-BR", "the field is no language code")
      }
      row.texts[field] = String(decoding: bytes, as: UTF8.self)
      set(field, 0)
    case .textLength:
      set(field, Int64(bytes.count))
    }
  }

  /// Two or three letters, then subtags of one to eight letters or digits after hyphens (BCP 47, without its registry).
  static func isLanguageTag(_ bytes: some Sequence<UInt8>) -> Bool {
    var part = 0
    var length = 0
    var isSound = true
    func isEnded() -> Bool { part == 0 ? (2...3).contains(length) : (1...8).contains(length) }
    for byte in bytes {
      let isLetter = (0x61...0x7A).contains(byte | 0x20)
      if byte == 0x2D {
        isSound = isSound && isEnded()
        part += 1
        length = 0
      } else {
        isSound = isSound && (isLetter || (part > 0 && (0x30...0x39).contains(byte)))
        length += 1
      }
    }
    return isSound && isEnded()
  }

  /// The source of a canonical field; nil where it is a constant or not mapped.
  func source(ofField field: Int) -> Int? { decoders.first { $0.field == field }?.source }

  /// 1 or 0 for `true`, `false`, `1`, `0`; nil for anything else.
  static func flag(_ bytes: some Collection<UInt8>) -> Int64? {
    switch bytes.count {
    case 1 where bytes.first == 0x31: 1
    case 1 where bytes.first == 0x30: 0
    case 4 where bytes.elementsEqual("true".utf8): 1
    case 5 where bytes.elementsEqual("false".utf8): 0
    default: nil
    }
  }

  private func missing(_ source: Int) -> RowFault {
    RowFault("missing-value", source: source, expected: "a value", "the field is empty, but every row needs it")
  }

  private func fault(_ fault: NumberParsing.Fault, _ source: Int?, _ expected: String) -> RowFault {
    switch fault {
    case .wrongType: RowFault("wrong-type", source: source, expected: expected, "the field is not \(expected)")
    case .outOfRange: RowFault("out-of-range", source: source, expected: expected, "the number is out of range")
    case .tooPrecise: RowFault("too-precise", source: source, expected: expected, "the amount has too many decimals")
    }
  }
}
