import CCSV

/// Writes records after RFC 4180: every field in quotes, or bare where it is safe, an LF or CRLF behind each record.
public struct RecordWriter: Sendable {
  /// What ends a record.
  public enum LineEnd: Sendable {
    case lineFeed
    case carriageReturnLineFeed
  }

  /// The bytes written so far.
  public private(set) var bytes: [UInt8] = []
  /// The byte between two fields.
  private let delimiter: UInt8
  private let lineEnd: LineEnd
  private var fieldCount = 0
  private var recordStart = 0

  /// Makes a writer.
  public init(delimiter: UInt8 = UInt8(ascii: ","), lineEnd: LineEnd = .lineFeed) {
    self.delimiter = delimiter
    self.lineEnd = lineEnd
  }

  /// Writes a field. It stands in quotes where it holds a delimiter, a quote, CR or LF, and where it starts or ends
  /// with space or tab.
  public mutating func writeField(_ field: some Sequence<UInt8>) {
    if fieldCount > 0 { bytes.append(delimiter) }
    fieldCount += 1
    let field = ContiguousArray(field)
    if needsQuotes(field) { writeQuoted(field) } else { bytes.append(contentsOf: field) }
  }

  /// Writes a field.
  public mutating func writeField(_ field: String) { writeField(field.utf8) }

  /// Ends the record. One of a single empty field is written as two quotes, or it would be a blank line.
  public mutating func endRecord() {
    if bytes.count == recordStart { bytes.append(contentsOf: [0x22, 0x22]) }
    if lineEnd == .carriageReturnLineFeed { bytes.append(0x0D) }
    bytes.append(0x0A)
    fieldCount = 0
    recordStart = bytes.count
  }

  /// Writes a record of `fields`.
  public mutating func writeRecord(_ fields: [String]) {
    for field in fields { writeField(field) }
    endRecord()
  }

  /// Takes the bytes out between two records, so that they can be written away; the writer goes on with none.
  public mutating func takeBytes() -> [UInt8] {
    defer {
      bytes = []
      recordStart = 0
    }
    return bytes
  }

  private func needsQuotes(_ field: ContiguousArray<UInt8>) -> Bool {
    guard let first = field.first, let last = field.last else { return false }
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    return isSpace(first) || isSpace(last)
      || field.contains { $0 == delimiter || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }
  }

  private mutating func writeQuoted(_ field: ContiguousArray<UInt8>) {
    // Every byte may be a quote, which is doubled; two more stand around the field.
    let capacity = field.count * 2 + 2
    let written = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      count = field.withUnsafeBytes {
        csv_write2(buffer.baseAddress, capacity, $0.baseAddress, $0.count, UInt8(ascii: "\""))
      }
    }
    bytes.append(contentsOf: written)
  }
}
