import CSV

/// Where the sources of a feed stand in the records of one member.
struct RecordLayout: Sendable {
  private let feed: Feed
  /// Position of each source, from 0; empty until the header is known.
  private var positions: [Int] = []
  /// The number of fields that each record must have; nil where records may be longer than the mapped columns.
  private var fieldCount: Int?
  /// The number of fields that each record must have at least.
  private var minimumFieldCount = 0
  private(set) var isResolved = false

  init(_ feed: Feed) { self.feed = feed }

  /// Finds the sources, by name in the header or by position.
  mutating func resolve(header: [[UInt8]]?, place: String) throws(FileRefusal) {
    isResolved = true
    for (index, source) in feed.sources.enumerated() {
      switch source {
      case .position(let position): positions.append(position)
      case .path: positions.append(index)
      case .name(let name):
        let found = (header ?? []).indices.filter { header?[$0] == name }
        guard let position = found.first else {
          throw FileRefusal("missing-column", "the header\(place) has no column '\(source.text)'")
        }
        guard found.count == 1 else {
          throw FileRefusal(
            "ambiguous-column", "the header\(place) has the column '\(source.text)' \(found.count) times")
        }
        positions.append(position)
      }
    }
    fieldCount = header?.count
    minimumFieldCount = (positions.max() ?? -1) + 1
  }

  /// Finds the bytes of each source of a record.
  @inline(__always)
  func locate(_ record: RecordPosition, of batch: RecordBatch, into ranges: inout [Range<Int>]) throws(RowFault) {
    if record.fieldCount != fieldCount ?? max(record.fieldCount, minimumFieldCount) {
      let expected = fieldCount ?? minimumFieldCount
      throw record.fieldCount < expected
        ? RowFault("too-few-fields", expected: "\(expected) fields", "the row has \(record.fieldCount) fields")
        : RowFault("too-many-fields", expected: "\(expected) fields", "the row has \(record.fieldCount) fields")
    }
    for source in 0..<positions.count { ranges[source] = batch.range(record, positions[source]) }
  }

  /// The position of a source in the record; nil for formats whose fields have none.
  func position(ofSource source: Int) -> Int? {
    feed.format == .csv && source < positions.count ? positions[source] : nil
  }

  /// The offset of a source in the bytes of a record as delivered; 0 where it cannot be told.
  func offset(ofSource source: Int, in bytes: [UInt8]) -> Int {
    switch feed.format {
    case .csv: return position(ofSource: source).map { offset(ofField: $0, in: bytes) } ?? 0
    case .ndjson, .json:
      var scanner = JSONScanner(bytes: bytes, paths: feed.paths)
      do throws(JSONScanner.Fault) { try scanner.scan() } catch { return 0 }
      return scanner.starts[source]
    case .mbox: return MailHeader.offset(of: feed.paths[source].first ?? [], in: bytes)
    }
  }

  /// The offset of a field in the bytes of a record as delivered.
  private func offset(ofField field: Int, in bytes: [UInt8]) -> Int {
    var remaining = field
    var isQuoted = false
    for (index, byte) in bytes.enumerated() {
      if remaining == 0 { return index }
      if byte == feed.dialect.quote { isQuoted.toggle() }
      if byte == feed.dialect.delimiter, !isQuoted { remaining -= 1 }
    }
    return remaining == 0 ? bytes.count : 0
  }
}
