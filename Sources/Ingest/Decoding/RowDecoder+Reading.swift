import Calendar
import Randomness

// What the bytes of a field mean: one reading a kind of value.
extension RowDecoder {
  @inline(__always)
  mutating func set(_ field: Int, _ value: Int64) { row.set(field, value) }

  @inline(__always)
  mutating func read(
    _ index: Int, _ bytes: UnsafeBufferPointer<UInt8>, source: Int?
  ) throws(RowFault) {
    let field = decoders[index].field
    switch decoders[index].reading {
    case .scaled(let numerator, let denominator):
      do throws(NumberParsing.Fault) {
        set(field, try NumberParsing.scaled(bytes, numerator, denominator))
      } catch { throw fault(error, source, "a number of at least 0") }
    case .parts(let form):
      do throws(NumberParsing.Fault) { set(field, try form.seconds(bytes)) } catch {
        throw fault(error, source, form == .clock ? "a duration such as 01:02:03" : "a duration such as 1h2m3s")
      }
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
      let number = phoneNumbers.number(bytes)
      row.localSeconds[field] = number.flatMap { phoneNumbers.isForeign($0) } == true ? 1 : 0
      set(field, Int64(counterpartyHash(number, bytes)))
    case .party:
      // Which party is served is decided once the row has its time: both readings of the bytes are kept.
      let number = phoneNumbers.number(bytes)
      row.localSeconds[field] = Int64(counterpartyHash(number, bytes))
      set(field, Int64(number ?? 0))
    case .cell:
      // The bytes as they are: by the rule of phone numbers 286-01-1-23 and 286-01-12-3 would be one cell.
      set(field, Int64(relationHash.hash(bytes) >> 1))
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
      row.signals = texts.signals(of: bytes)
      set(field, Int64(bytes.count))
    }
  }

  /// The keyed hash, of 63 bits, of a counterparty: of its complete number where it is one by the feed's rule.
  private func counterpartyHash(_ number: UInt64?, _ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    guard let number else { return relationHash.hash(bytes) >> 1 }
    return OwnNumberRows.hash(number, relationHash)
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

  private func fault(_ fault: NumberParsing.Fault, _ source: Int?, _ expected: String) -> RowFault {
    switch fault {
    case .wrongType: RowFault("wrong-type", source: source, expected: expected, "the field is not \(expected)")
    case .outOfRange: RowFault("out-of-range", source: source, expected: expected, "the number is out of range")
    case .tooPrecise: RowFault("too-precise", source: source, expected: expected, "the amount has too many decimals")
    }
  }
}
