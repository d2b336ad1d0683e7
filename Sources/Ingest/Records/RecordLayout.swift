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

  /// The position of a source in the record; nil for NDJSON, where fields have none.
  func position(ofSource source: Int) -> Int? {
    feed.format == .csv && source < positions.count ? positions[source] : nil
  }

  /// The offset of a field in the bytes of a record as delivered.
  func offset(ofField field: Int, in bytes: [UInt8]) -> Int {
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

/// The reader of one member's records, whatever their format.
final class RecordSource {
  private enum Reader {
    case csv(RecordReader)
    case json(JSONLineReader)
  }

  private let reader: Reader

  init(_ feed: Feed) {
    switch feed.format {
    case .csv: reader = .csv(RecordReader(feed.dialect))
    case .ndjson:
      reader = .json(JSONLineReader(paths: feed.sources.map { if case .path(let keys) = $0 { keys } else { [] } }))
    }
  }

  func push(_ chunk: UnsafeRawBufferPointer) {
    switch reader {
    case .csv(let reader): reader.push(chunk)
    case .json(let reader): reader.push(chunk)
    }
  }

  func finish() {
    switch reader {
    case .csv(let reader): reader.finish()
    case .json(let reader): reader.finish()
    }
  }

  var batch: RecordBatch {
    switch reader {
    case .csv(let reader): reader.batch
    case .json(let reader): reader.batch
    }
  }

  var counts: RecordCounts {
    switch reader {
    case .csv(let reader): reader.counts
    case .json(let reader): reader.counts
    }
  }

  var header: [[UInt8]]? {
    switch reader {
    case .csv(let reader): reader.header
    case .json: nil
    }
  }
}

/// Indices of the fields that every kind's rows are looked at for.
struct RowFields: Sendable {
  /// When it happened.
  let event: Int
  /// Whether that is an instant rather than a day.
  let isEventInstant: Bool
  let number, subscription, person, recorded, validTo, email, counterparty, cell: Int?
  private let periods: [(begin: Int, end: Int)]

  init(_ kind: FeedKind) {
    let fields = kind.fields
    func index(_ name: String) -> Int? { fields.firstIndex { $0.name == name } }
    event = index(kind.eventField) ?? 0
    isEventInstant = fields[event].type == .instant
    number = index("number")
    subscription = index("subscription")
    person = index("person")
    recorded = index("recorded_date")
    validTo = index("valid_to")
    email = index("email")
    counterparty = index("counterparty")
    cell = index("cell")
    periods = [("period_start", "period_end"), ("valid_from", "valid_to"), ("opened_at", "resolved_at")].compactMap {
      guard let begin = index($0.0), let end = index($0.1) else { return nil }
      return (begin, end)
    }
  }

  /// Throws where an end lies before its begin.
  func checkPeriods(_ row: RowValues) throws(RowFault) {
    for (begin, end) in periods where row.has(begin) && row.has(end) && row.values[end] < row.values[begin] {
      throw RowFault("bad-period", expected: "an end that is not before its begin", "an end lies before its begin")
    }
  }
}
