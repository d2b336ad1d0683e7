import CSV

/// Where the sources of a feed stand in the records of one member.
struct RecordLayout: Sendable {
  private let feed: Feed
  /// Position of each source, from 0; empty until the header is known.
  private var positions: [Int] = []
  /// The numbers of fields that a record may have.
  private var fieldCounts = 0...Int.max
  private(set) var isResolved = false
  /// Whether the layout is one of several, and no record has told which yet.
  private(set) var awaitsWidth = false

  init(_ feed: Feed) { self.feed = feed }

  /// Finds the sources, by name in the header or by position.
  mutating func resolve(header: [[UInt8]]?, place: String) throws(FileRefusal) {
    isResolved = true
    let layouts = feed.textForm.layouts
    awaitsWidth = layouts.count > 1
    if !awaitsWidth { try find(names: layouts.first ?? header, isHeader: layouts.isEmpty, place) }
  }

  /// Chooses among several layouts by the number of fields of a record; throws where that does not tell.
  mutating func choose(fieldCount: Int, place: String) throws(FileRefusal) {
    let candidates = feed.textForm.layouts.filter { $0.count == fieldCount }
    guard let names = candidates.first else { return }
    guard candidates.count == 1 else {
      let common = candidates.dropFirst().reduce(Set(names)) { $0.intersection($1) }
      let differing = candidates.flatMap { $0.filter { !common.contains($0) } }.map {
        String(decoding: $0, as: UTF8.self)
      }
      throw FileRefusal(
        "ambiguous-layout",
        "records of \(fieldCount) fields\(place) can be laid out in \(candidates.count) ways, with "
          + "\(differing.joined(separator: " or ")): the feed must say which, by 'names' or an option of its preset")
    }
    awaitsWidth = false
    try find(names: names, isHeader: false, place)
  }

  private mutating func find(names: [[UInt8]]?, isHeader: Bool, _ place: String) throws(FileRefusal) {
    let what = isHeader ? "the header" : "the feed's list of \(names?.count ?? 0) columns"
    for (index, source) in feed.sources.enumerated() {
      switch source {
      case .position(let position): positions.append(position)
      case .path: positions.append(index)
      case .name(let name):
        let found = (names ?? []).indices.filter { names?[$0] == name }
        guard let position = found.first else {
          throw FileRefusal("missing-column", "\(what)\(place) has no column '\(source.text)'")
        }
        guard found.count == 1 else {
          throw FileRefusal(
            "ambiguous-column",
            "\(what)\(place) has the column '\(source.text)' \(found.count) times: say which one in the feed, by "
              + "'occurrence: 1' or by 'position'")
        }
        positions.append(position)
      case .occurrence(let name, let number):
        let found = (names ?? []).indices.filter { names?[$0] == name }
        guard number <= found.count else {
          throw FileRefusal("missing-column", "\(what)\(place) has no column '\(source.text)'")
        }
        positions.append(found[number - 1])
      }
    }
    if let own = feed.textForm.fieldCounts {
      fieldCounts = own.minimum...max(own.minimum, own.maximum ?? names?.count ?? .max)
    } else {
      fieldCounts = names.map { $0.count...$0.count } ?? ((positions.max() ?? -1) + 1)...Int.max
    }
  }

  /// Finds the bytes of each source of a record.
  @inline(__always)
  func locate(_ record: RecordPosition, of batch: RecordBatch, into ranges: inout [Range<Int>]) throws(RowFault) {
    guard fieldCounts.contains(record.fieldCount), !awaitsWidth else { throw wrongCount(record.fieldCount) }
    if feed.textForm.fieldCounts != nil {
      // A ragged row: what it lacks is empty.
      for source in 0..<positions.count {
        ranges[source] = positions[source] < record.fieldCount ? batch.range(record, positions[source]) : 0..<0
      }
      return
    }
    for source in 0..<positions.count { ranges[source] = batch.range(record, positions[source]) }
  }

  private func wrongCount(_ fieldCount: Int) -> RowFault {
    let message = "the row has \(fieldCount) fields"
    if awaitsWidth {
      let widths = Set(feed.textForm.layouts.map(\.count)).sorted().map(String.init).joined(separator: ", ")
      return RowFault("unknown-layout", expected: "one of \(widths) fields", message)
    }
    if fieldCount < fieldCounts.lowerBound {
      return RowFault("too-few-fields", expected: "\(fieldCounts.lowerBound) fields", message)
    }
    return RowFault("too-many-fields", expected: "\(fieldCounts.upperBound) fields", message)
  }

  /// The number of fields that most records have: the header's, or, without one, what the first record suggests.
  func usualFieldCount(firstRecordFieldCount: Int) -> Int {
    min(max(firstRecordFieldCount, fieldCounts.lowerBound), fieldCounts.upperBound)
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
      if byte == feed.dialect.quote, feed.textForm.isQuoted { isQuoted.toggle() }
      if byte == feed.dialect.delimiter, !isQuoted { remaining -= 1 }
    }
    return remaining == 0 ? bytes.count : 0
  }
}
