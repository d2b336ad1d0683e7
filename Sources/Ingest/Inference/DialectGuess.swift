import CSV

/// Tells how a sample of CSV is written, by reading it with the product's own reader in each way that comes into
/// question: the way in which most records have the same number of fields, and the fields look least like uncut ones.
struct DialectGuess {
  /// The sample as the best dialect reads it.
  private(set) var table: SampleTable
  /// Whether the header is certain enough.
  private(set) var headerDoubt: String?

  private static let delimiters: [UInt8] = [0x2C, 0x3B, 0x09, 0x7C, 0x7E, 0x5E]
  private static let commentMarks: [UInt8] = [0x23, 0x25, 0x21]

  /// One way of reading the sample.
  private struct Reading {
    var dialect: Dialect
    var members: [[(line: Int, fields: [[UInt8]])]]
    var rejectCount: Int
    var score = 0.0
    var columnCount = 0
  }

  /// Guesses; nil where no way of reading gives rows of at least two fields.
  init?(_ sample: FileSample, _ text: SampleText) {
    let comment = DialectGuess.comment(text.texts)
    var best: Reading?
    for quote: UInt8 in [0x22, 0x27] where quote == 0x22 || DialectGuess.isQuoted(text.texts, by: quote) {
      for delimiter in DialectGuess.delimiters {
        let dialect = Dialect(delimiter: delimiter, quote: quote, hasHeader: false, comment: comment)
        var reading = DialectGuess.read(text.texts, dialect)
        DialectGuess.judge(&reading)
        if reading.score > (best?.score ?? 0) { best = reading }
      }
    }
    guard let best, best.columnCount > 1, best.columnCount <= SampleTable.columnLimit else { return nil }
    table = SampleTable(format: .csv, columnCount: best.columnCount)
    table.dialect = best.dialect
    arrange(best, sample)
  }

  // MARK: - Reading

  private static func read(_ texts: [[UInt8]], _ dialect: Dialect) -> Reading {
    var reading = Reading(dialect: dialect, members: [], rejectCount: 0)
    var fieldCount = 0
    for text in texts {
      var records: [(line: Int, fields: [[UInt8]])] = []
      let reader = RecordReader(dialect)
      func take(_ batch: RecordBatch) {
        reading.rejectCount += batch.rejects.count
        for record in batch.records {
          fieldCount += record.fieldCount
          guard records.count <= SampleTable.rowLimit, fieldCount < SampleTable.fieldLimit else { return }
          records.append((record.line, (0..<record.fieldCount).map { Array(batch.field(record, $0)) }))
        }
      }
      var rest = text[...]
      while !rest.isEmpty, fieldCount < SampleTable.fieldLimit {
        reader.push(Array(rest.prefix(64 << 10)))
        rest = rest.dropFirst(64 << 10)
        take(reader.batch)
      }
      if rest.isEmpty {
        reader.finish()
        take(reader.batch)
      }
      reading.members.append(records)
    }
    return reading
  }

  /// The share of records with the commonest number of fields, and how clean the fields of these are.
  private static func judge(_ reading: inout Reading) {
    let records = reading.members.flatMap { $0 }
    guard !records.isEmpty else { return }
    let counts = Dictionary(grouping: records, by: \.fields.count).mapValues(\.count)
    guard let common = counts.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }), common.key > 1 else { return }
    reading.columnCount = common.key
    let others = delimiters.filter { $0 != reading.dialect.delimiter && $0 != 0x2C }
    var fields = 0
    var uncut = 0
    for record in records.prefix(500) where record.fields.count == common.key {
      for field in record.fields where !field.isEmpty {
        fields += 1
        if field.contains(where: { others.contains($0) }) || hasBareComma(field) { uncut += 1 }
      }
    }
    let share = Double(common.value) / Double(records.count + reading.rejectCount)
    let clean = fields == 0 ? 0 : 1 - Double(uncut) / Double(fields)
    reading.score = share * (0.2 + 0.8 * clean) * (1 + 0.02 * Double(min(common.key, 20)))
  }

  /// Whether a comma stands between letters, as one does that should have parted two fields; `1,5` and prose have none.
  private static func hasBareComma(_ field: [UInt8]) -> Bool {
    field.indices.dropFirst().dropLast().contains { index in
      guard field[index] == 0x2C else { return false }
      let (before, after) = (field[index - 1], field[index + 1])
      let isDecimal = (0x30...0x39).contains(before) && (0x30...0x39).contains(after)
      return !isDecimal && after != 0x20
    }
  }

  private static func isQuoted(_ texts: [[UInt8]], by quote: UInt8) -> Bool {
    texts.contains { text in
      text.indices.dropFirst().contains { text[$0] == quote && delimiters.contains(text[$0 - 1]) }
    }
  }

  /// A mark with which lines at the beginning start and no later line does.
  private static func comment(_ texts: [[UInt8]]) -> UInt8? {
    commentMarks.first { mark in
      texts.contains { text in
        let lines = text.prefix(64 << 10).split(whereSeparator: { $0 == 0x0A || $0 == 0x0D })
        guard let line = lines.first, line.first == mark else { return false }
        // `#id,name` over rows of as many fields is a header in disguise, not a comment.
        guard lines.count > 1, lines[1].first != mark else { return true }
        return !delimiters.contains { delimiter in
          let count = line.filter { $0 == delimiter }.count
          return count > 0 && count == lines[1].filter { $0 == delimiter }.count
        }
      }
    }
  }

  // MARK: - What surrounds the rows

  private mutating func arrange(_ reading: Reading, _ sample: FileSample) {
    var members = reading.members
    let first = members.first { !$0.isEmpty } ?? []
    let begin = first.firstIndex { $0.fields.count == table.columnCount } ?? 0
    if begin > 0 { table.dialect.skippedLineCount = first[begin].line - 1 }
    let below = first.dropFirst(begin + 1).map(\.fields).filter { $0.count == table.columnCount }
    let guess = HeaderGuess(first[begin].fields, below: Array(below.prefix(200)))
    headerDoubt = guess.doubt
    table.dialect.hasHeader = guess.isHeader
    if guess.isHeader {
      table.names = first[begin].fields.map { String(decoding: $0, as: UTF8.self) }
      table.hasTypeLine = below.first.map(HeaderGuess.namesTypes) ?? false
    }
    for index in members.indices {
      members[index].removeFirst(min(members[index].count, begin + (guess.isHeader ? 1 : 0)))
      if table.hasTypeLine, !members[index].isEmpty { members[index].removeFirst() }
    }
    takeTrailer(&members, sample)
    table.irregularCount = reading.rejectCount
    for record in members.joined() {
      if record.fields.count != table.columnCount {
        table.irregularCount += 1
      } else if table.hasRoom {
        table.rows.append(record.fields)
      }
    }
  }

  /// Takes the last record for a trailer where it is one in every member that the sample holds whole: it looks like no
  /// other record, and one of its fields counts them.
  private mutating func takeTrailer(_ members: inout [[(line: Int, fields: [[UInt8]])]], _ sample: FileSample) {
    let whole = members.indices.filter { sample.members[$0].isComplete && members[$0].count > 1 }
    var found: Feed.Trailer?
    for index in whole {
      guard let last = members[index].last?.fields, let mark = last.first, !mark.isEmpty, mark.count <= 16,
        !members[index].dropLast().contains(where: { $0.fields.first == mark }),
        let count = last.indices.dropFirst().first(where: { place in
          last[place].withUnsafeBufferPointer { NumberParsing.whole($0) } == Int64(members[index].count - 1)
        }),
        found == nil || found == Feed.Trailer(firstField: mark, countField: count)
      else { return }
      // A row whose measure happens to equal the number of rows is no trailer.
      guard last.count != table.columnCount || mark.allSatisfy({ !(0x30...0x39).contains($0) }) else { return }
      found = Feed.Trailer(firstField: mark, countField: count)
    }
    guard let found else { return }
    table.trailer = found
    for index in whole { members[index].removeLast() }
  }
}
