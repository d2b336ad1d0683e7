import CSV

/// The records of a sample as rows of fields, with what surrounds them: what the guesses look at.
struct SampleTable {
  /// How the records are written.
  let format: Feed.Format
  /// The path of the list of records, where the format is one JSON document.
  var recordsPath: [[UInt8]] = []
  /// The dialect, where the format is CSV.
  var dialect = Dialect()
  /// The columns' names: a header's, or the paths of NDJSON; nil where a column is a position.
  var names: [String]?
  /// Rows of as many fields as there are columns; an empty field is missing.
  var rows: [[[UInt8]]] = []
  /// Rows with another number of fields, and records that cannot be read.
  var irregularCount = 0
  /// The last row of each member that says how many rows there are.
  var trailer: Feed.Trailer?
  /// Whether a second line of the header names the columns' types.
  var hasTypeLine = false

  /// Texts that stand for no value.
  private(set) var missing: [[UInt8]] = []

  /// The number of columns.
  let columnCount: Int

  /// The most rows that are looked at.
  static let rowLimit = 5_000
  /// The most fields that are kept, so that very wide rows stay bounded too.
  static let fieldLimit = 250_000
  /// The most columns that are looked at.
  static let columnLimit = 1_000

  init(format: Feed.Format, columnCount: Int) {
    self.format = format
    self.columnCount = columnCount
  }

  /// Whether another row fits.
  var hasRoom: Bool { rows.count < SampleTable.rowLimit && rows.count * max(1, columnCount) < SampleTable.fieldLimit }

  /// Reads the objects of an NDJSON sample; nil where most lines are none.
  static func lines(_ texts: [[UInt8]]) -> SampleTable? {
    var collector = JSONPathCollector()
    for text in texts { collector.read(text) }
    guard collector.objectCount > 0, collector.objectCount > collector.faultCount else { return nil }
    let paths = collector.paths
    var table = SampleTable(format: .ndjson, paths)
    for text in texts { table.take(text, JSONLineReader(paths: paths)) }
    return table
  }

  /// Reads the longest list of a JSON document; nil where the sample is none, or not all of it.
  static func document(_ texts: [[UInt8]]) -> SampleTable? {
    var collector = JSONPathCollector()
    guard let first = texts.first, let list = collector.read(document: first) else { return nil }
    let paths = collector.paths
    var table = SampleTable(format: .json, paths)
    table.recordsPath = list
    for text in texts { table.take(text, JSONDocumentReader(paths: paths, list: list)) }
    return table
  }

  private init(format: Feed.Format, _ paths: [[[UInt8]]]) {
    self.init(format: format, columnCount: paths.count)
    names = paths.map { $0.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ".") }
  }

  private mutating func take(_ text: [UInt8], _ source: any RecordSource) {
    text.withUnsafeBytes { source.push($0) }
    repeat { take(source.batch) } while source.advance()
    source.finish()
    repeat { take(source.batch) } while source.advance()
  }

  /// What systems write where they have no value.
  private static let missingMarks = [
    "N/A", "n/a", "NA", "NULL", "null", "(null)", "\\N", "None", "nil", "-", "--", "?",
  ]
  .map { Array($0.utf8) }

  /// Finds the marks of missing values and empties their fields: they stand in columns whose other values are numbers or
  /// times, so that they cannot be values there.
  mutating func takeMissingMarks() {
    var found: Set<[UInt8]> = []
    for column in 0..<columnCount {
      var marks: Set<[UInt8]> = []
      var (typed, words) = (0, 0)
      for row in rows where !row[column].isEmpty {
        if SampleTable.missingMarks.contains(row[column]) {
          marks.insert(row[column])
        } else if HeaderGuess.isName(row[column]) {
          words += 1
        } else {
          typed += 1
        }
      }
      if typed > words { found.formUnion(marks) }
    }
    guard !found.isEmpty else { return }
    missing = SampleTable.missingMarks.filter { found.contains($0) }
    for row in rows.indices {
      for column in 0..<columnCount where found.contains(rows[row][column]) { rows[row][column] = [] }
    }
  }

  private mutating func take(_ batch: RecordBatch) {
    irregularCount += batch.rejects.count
    for record in batch.records where hasRoom {
      rows.append((0..<record.fieldCount).map { Array(batch.field(record, $0)) })
    }
  }
}
