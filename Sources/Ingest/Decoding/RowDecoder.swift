import Calendar
import Randomness
import Vault

/// Decodes the fields of one row after the other into `row`. Nothing allocates but texts and first-seen keys.
struct RowDecoder {
  let decoders: [FieldDecoder]
  let sources: [Feed.Source]
  let phoneNumbers: PhoneNumberRule
  /// Hashes counterparties and cells.
  let relationHash: SipHash
  var zone: ZoneCursor
  var pseudonyms: PseudonymTable
  var row: RowValues
  /// Per decoder, whether its field is prepared before it is read, and by what.
  let isPrepared: [Bool]
  var preparers: [FieldPreparer?]
  /// Reduces texts of which only words are kept.
  var texts: TextReduction
  /// What is asked of rows as a whole, or nil where nothing is.
  var conditions: RowConditions?

  init(_ feed: Feed, key: PseudonymKey) {
    decoders = feed.decoders
    sources = feed.sources
    phoneNumbers = feed.phoneNumbers
    relationHash = key.counterpartyHash
    zone = ZoneCursor(feed.zone)
    pseudonyms = PseudonymTable(key)
    row = RowValues(fieldCount: feed.kind.fields.count)
    preparers = feed.decoders.map { $0.preparation.map { FieldPreparer($0) } }
    isPrepared = preparers.map { $0 != nil }
    texts = TextReduction(key.textWordHash, feed.intents)
    conditions = RowConditions(feed)
  }

  /// Decodes the row whose source `s` is `bytes[ranges[s]]`; throws the first fault.
  mutating func decode(
    _ bytes: UnsafeBufferPointer<UInt8>, _ ranges: [Range<Int>]
  ) throws(RowFault) {
    row.present = 0
    if conditions != nil { try conditions?.check(bytes, ranges, zone: &zone) }
    for index in decoders.indices {
      if isPrepared[index] {
        try decodePrepared(index, bytes, ranges)
      } else if let source = decoders[index].source {
        let field = UnsafeBufferPointer(rebasing: bytes[ranges[source]])
        try decode(index, field, source: source)
      } else if let constant = decoders[index].constant {
        try take(index, constant, source: nil)
      }
    }
  }

  @inline(__always)
  mutating func decode(
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

  mutating func take(_ index: Int, _ fixed: FieldDecoder.Fixed, source: Int?) throws(RowFault) {
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

  /// The source of a canonical field; nil where it is a constant or not mapped.
  func source(ofField field: Int) -> Int? { decoders.first { $0.field == field }?.source }

  func missing(_ source: Int?) -> RowFault {
    RowFault("missing-value", source: source, expected: "a value", "the field is empty, but every row needs it")
  }
}
