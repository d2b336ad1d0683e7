import Calendar
import Columns
import Datasets
import Ledger
import Vault

/// A row that could not be accepted: where it stands, why, and its bytes for the vault.
struct RejectRow: Sendable {
  var memberIndex: UInt32
  var member: String?
  var line: Int64
  var recordByte: Int64
  var errorByte: Int64
  var columnIndex: Int32?
  var column: String?
  var code: String
  var expected: String?
  var message: String
  var bytes: [UInt8]
  /// Days by which the event lies before the night, of a row out of the window.
  var ageDays: Int32?

  /// The most bytes of a row that are kept: enough for every row that a person would repair.
  static let keptByteLimit = 64 << 10

  /// What the reject counts towards the limit of a file: one, and one more for every 256 bytes kept.
  var weight: Int { 1 + bytes.count >> 8 }

  /// Gives up the bytes beyond those that are kept, and says so.
  mutating func cut() {
    guard bytes.count > RejectRow.keptByteLimit else { return }
    message += "; of its \(bytes.count) bytes the first \(RejectRow.keptByteLimit) are kept"
    // A copy: what is cut off would keep its memory.
    bytes = Array(bytes.prefix(RejectRow.keptByteLimit))
  }

  /// The most bytes of a row that the masked form shows.
  static let maskLimit = 200

  /// The row with letters as x and digits as 9, so that its shape shows and nothing else; control characters as ?.
  var masked: String {
    var text: [UInt8] = []
    for byte in bytes where text.count < RejectRow.maskLimit {
      switch byte {
      case 0x30...0x39: text.append(0x39)
      case 0x41...0x5A, 0x61...0x7A, 0xC0...0xFF: text.append(0x78)
      // The rest of a character of several bytes: its first byte stands for it.
      case 0x80...0xBF: continue
      case 0x20...0x7E: text.append(byte)
      default: text.append(0x3F)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The dataset's table for the rejects of some files, in their order; `run` is the key of the log entry to be.
  static func table(_ files: [(file: IntakeFile, rows: [RejectRow])], night: Day, run: SHA256Digest) -> Table {
    let run = run.hex
    let rows = files.flatMap { entry in entry.rows.map { (entry.file, $0) } }
    func text(_ value: (IntakeFile, RejectRow) -> String) -> Column { .string(TypedColumn(rows.map(value))) }
    func optionalText(_ value: (IntakeFile, RejectRow) -> String?) -> Column {
      .string(TypedColumn(optionals: rows.map(value), placeholder: ""))
    }
    func number(_ value: (RejectRow) -> Int64) -> Column { .int64(TypedColumn(rows.map { value($0.1) })) }
    return Table(
      Dataset.rejects.schema,
      [
        .date(TypedColumn(Array(repeating: night.rawValue, count: rows.count))), text { file, _ in file.feed },
        text { file, _ in file.name }, text { file, _ in file.sha256.hex }, optionalText { $1.member }, number(\.line),
        number(\.recordByte), number(\.errorByte),
        .int32(TypedColumn(optionals: rows.map(\.1.columnIndex), placeholder: 0)), optionalText { $1.column },
        text { $1.code }, optionalText { $1.expected }, text { $1.masked }, text { $1.message },
        text { _, _ in run },
      ])
  }

  /// The rows' bytes as the vault seals them, in the order of the table.
  static func sealed(_ files: [(file: IntakeFile, rows: [RejectRow])]) -> [SealedRejects.Row] {
    files.flatMap { entry in
      entry.rows.map {
        SealedRejects.Row(
          delivery: entry.file.sha256, memberIndex: $0.memberIndex, recordByte: UInt64($0.recordByte), bytes: $0.bytes)
      }
    }
  }
}
