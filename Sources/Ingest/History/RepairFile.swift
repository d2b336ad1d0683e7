import FoundationEssentials
import Ledger
import Vault

/// Rejected rows for people to repair: one JSON object a line, which comes back with another `row` (Replay.md).
struct RepairFile {
  /// One line.
  struct Line: Codable {
    var feed: String?
    var file: String?
    var sha256: String
    var member: String?
    var memberIndex: UInt32
    var line: Int64?
    var recordByte: UInt64
    var column: String?
    var code: String?
    var expected: String?
    var message: String?
    /// The row as text, where it is UTF-8.
    var row: String?
    /// Its bytes in base64, where it is not.
    var rowBase64: String?

    enum CodingKeys: String, CodingKey {
      case feed, file, sha256, member, line, column, code, expected, message, row
      case memberIndex = "member_index"
      case recordByte = "record_byte"
      case rowBase64 = "row_base64"
    }
  }

  /// The bytes of a file of some lines.
  static func bytes(_ lines: [Line]) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var bytes: [UInt8] = []
    for line in lines { bytes += Array(try encoder.encode(line)) + [0x0A] }
    return bytes
  }

  /// Reads repaired rows; every fault of every line is told at once, by its position.
  static func rows(_ bytes: [UInt8], name: String) throws(IngestError) -> [(line: Int, row: SealedRejects.Row)] {
    var rows: [(line: Int, row: SealedRejects.Row)] = []
    var problems: [String] = []
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    for (index, text) in lines.enumerated() where !text.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) {
      switch row(Array(text)) {
      case .success(let row): rows.append((index + 1, row))
      case .failure(let problem): problems.append("\(name):\(index + 1): \(problem.message)")
      }
    }
    if !problems.isEmpty { throw IngestError(.badRepair, RepairFile.text(problems)) }
    return rows
  }

  /// Problems as one message, the first ten by name.
  static func text(_ problems: [String]) -> String {
    problems.prefix(10).joined(separator: "; ") + (problems.count > 10 ? "; and \(problems.count - 10) more" : "")
  }

  private struct Problem: Error {
    var message: String
  }

  private static func row(_ text: [UInt8]) -> Result<SealedRejects.Row, Problem> {
    guard let line = try? JSONDecoder().decode(Line.self, from: Data(text)) else {
      return .failure(Problem(message: "no JSON object with sha256, member_index, record_byte and row"))
    }
    guard let digest = SHA256Digest(hex: line.sha256) else {
      return .failure(Problem(message: "'sha256' is not 64 hexadecimal digits"))
    }
    let bytes: [UInt8]
    switch (line.row, line.rowBase64) {
    case (let row?, nil): bytes = Array(row.utf8)
    case (nil, let base64?):
      guard let decoded = Data(base64Encoded: base64) else {
        return .failure(Problem(message: "'row_base64' is not base64"))
      }
      bytes = Array(decoded)
    default: return .failure(Problem(message: "one of 'row' and 'row_base64' is needed"))
    }
    return .success(
      SealedRejects.Row(
        delivery: digest, memberIndex: line.memberIndex, recordByte: line.recordByte, bytes: bytes))
  }
}
