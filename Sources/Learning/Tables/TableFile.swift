import CSV
package import Columns
import FoundationEssentials
import Ledger
import Parallelism

/// A table from a file that a data scientist has: Parquet, or CSV with a header.
///
/// CSV: UTF-8, separated by whichever of comma, semicolon, tab and bar the first line has most of, quoted as in RFC 4180. A column
/// whose every value is a decimal number is one of doubles, one whose every value is `true` or `false` one of flags, any other
/// one of texts; nothing, and any of `missingTexts`, is a missing value. Every record must be sound and have a field a column.
/// A few rows may look like another type than all of them: whoever knows which columns are texts says so.
package enum TableFile {
  /// What stands for a missing value beside nothing at all.
  package static let missingTexts: Set<String> = ["NA", "N/A", "NaN", "nan", "null", "NULL"]
  private static let delimiters = [",", ";", "\t", "|"].flatMap(\.utf8)

  /// Reads a file; of `names`, where they are given, those that it has.
  ///
  /// - Parameter texts: columns of CSV that are texts, whatever these look like.
  /// - Throws: `ColumnsError`: `missingFile`, `inputOutput`, `damagedFile` for a CSV file with a bad record, which is named, and
  ///   `schemaMismatch` for a column of Parquet whose type no column holds.
  package static func read(
    _ path: String, columns names: [String]? = nil, texts: Set<String> = [], threads: Int
  ) throws -> Table {
    if try isParquet(path) {
      guard let names else { return try ParquetFile.read(path, usesThreads: threads > 1) }
      let held = Set(try ParquetFile.columns(of: path).names)
      return try ParquetFile.read(path, columns: names.filter(held.contains), usesThreads: threads > 1)
    }
    return try readCSV(path, names, texts, WorkerThreads(count: threads))
  }

  /// The number that a text is; nil where it is none, or is beyond all doubles.
  static func number(_ text: String) -> Double? {
    guard text.utf8.allSatisfy({ (48...57).contains($0) || ".+-eE".utf8.contains($0) }) else { return nil }
    return Double(text).flatMap { $0.isFinite ? $0 : nil }
  }

  /// The flag that a text is; nil where it is none.
  static func flag(_ text: String) -> Bool? {
    switch text {
    case "true", "True", "TRUE": true
    case "false", "False", "FALSE": false
    default: nil
    }
  }

  /// Whether a file is Parquet, by its first bytes; throws as `read` does.
  static func isParquet(_ path: String) throws(ColumnsError) -> Bool {
    try reading(path) { () throws(LedgerError) in try SystemCalls.readStart(path, count: 4) }.elementsEqual("PAR1".utf8)
  }

  private static func reading<Result>(
    _ path: String, _ body: () throws(LedgerError) -> Result
  ) throws(ColumnsError) -> Result {
    do {
      return try body()
    } catch {
      guard !FileManager.default.fileExists(atPath: path) else {
        throw ColumnsError(.inputOutput, "\(path) cannot be read")
      }
      throw ColumnsError(.missingFile, "there is no file \(path)")
    }
  }

  /// Checks, before hours of work, that the folder of a file to be written is there; throws `inputOutput`.
  static func demandFolder(of path: String) throws(ColumnsError) {
    let folder = URL(filePath: path).deletingLastPathComponent().path()
    var isFolder = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder else {
      throw ColumnsError(.inputOutput, "\(path) cannot be written: there is no folder \(folder)")
    }
  }

  private static func readCSV(
    _ path: String, _ names: [String]?, _ textNames: Set<String>, _ workers: WorkerThreads
  ) throws -> Table {
    var found: RecordReader?
    var columns: [TextColumn] = []
    var wanted: [Int] = []
    var rowCount = 0
    func take(_ reader: RecordReader) throws(ColumnsError) {
      if columns.isEmpty, let header = reader.header {
        columns = header.map { TextColumn(name: String(decoding: $0, as: UTF8.self)) }
        guard Set(columns.map(\.name)).count == columns.count else {
          throw ColumnsError(.damagedFile, "\(path): the header names one column twice")
        }
        wanted = columns.indices.filter { names?.contains(columns[$0].name) ?? true }
      }
      if let reject = reader.batch.rejects.first {
        throw ColumnsError(
          .damagedFile, "\(path): line \(reject.line), byte \(reject.errorByte): \(reject.code.rawValue)")
      }
      for record in reader.batch.records {
        guard record.fieldCount == columns.count else {
          throw ColumnsError(
            .damagedFile,
            "\(path): line \(record.line) has \(record.fieldCount) fields where the header has \(columns.count)")
        }
        for index in wanted { columns[index].append(reader.batch.field(record, index)) }
      }
      rowCount += reader.batch.records.count
    }
    var fault: ColumnsError?
    try reading(path) { () throws(LedgerError) in
      try SystemCalls.readChunks(path) { bytes in
        guard fault == nil else { return }
        let reader = found ?? RecordReader(Dialect(delimiter: delimiter(bytes)))
        found = reader
        reader.push(Array(bytes))
        do throws(ColumnsError) { try take(reader) } catch { fault = error }
      }
    }
    if let fault { throw fault }
    if let found {
      found.finish()
      try take(found)
    }
    guard !columns.isEmpty else { throw ColumnsError(.damagedFile, "\(path) has no header: it is empty") }
    let texts = wanted.map { columns[$0] }
    columns = []
    let typed = try workers.map(taskCount: texts.count) {
      texts[$0].typed(areTexts: textNames.contains(texts[$0].name))
    }
    let fields = zip(texts, typed).map { ColumnField($0.name, $1.type, isNullable: true, "Read from CSV.") }
    return Table(Schema(fields), typed, rowCount: rowCount)
  }

  /// The separator that the first line has most of; a comma where it has none.
  private static func delimiter(_ bytes: ArraySlice<UInt8>) -> UInt8 {
    let line = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    let counts = delimiters.map { delimiter in line.count { $0 == delimiter } }
    return delimiters[counts.firstIndex(of: counts.max() ?? 0) ?? 0]
  }

  /// A column as it stands in the file.
  private struct TextColumn: Sendable {
    let name: String
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    init(name: String) { self.name = name }

    mutating func append(_ field: ArraySlice<UInt8>) {
      bytes.append(contentsOf: field)
      ends.append(bytes.count)
    }

    /// The values, of the narrowest type that has all of them, unless they are said to be texts.
    func typed(areTexts: Bool) -> Column {
      var numbers: TypedColumn<Double>? = areTexts ? nil : TypedColumn()
      var flags: TypedColumn<Bool>? = areTexts ? nil : TypedColumn()
      var texts = TypedColumn<String>()
      var start = 0
      for end in ends {
        let text = String(decoding: bytes[start..<end], as: UTF8.self).trimmingSpaces
        start = end
        let isMissing = text.isEmpty || TableFile.missingTexts.contains(text)
        texts.append(isMissing ? nil : text, placeholder: "")
        if numbers != nil {
          let number = isMissing ? nil : TableFile.number(text)
          if isMissing || number != nil { numbers?.append(number, placeholder: 0) } else { numbers = nil }
        }
        if flags != nil {
          let flag: Bool? = isMissing ? nil : TableFile.flag(text)
          if isMissing || flag != nil { flags?.append(flag, placeholder: false) } else { flags = nil }
        }
      }
      if let numbers { return .double(numbers) }
      return flags.map { .bool($0) } ?? .string(texts)
    }
  }
}

extension String {
  /// Without spaces and tabs at either end.
  fileprivate var trimmingSpaces: String {
    let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    guard first.map(isSpace) ?? false || last.map(isSpace) ?? false else { return self }
    return String(drop(while: isSpace).reversed().drop(while: isSpace).reversed())
  }
}
