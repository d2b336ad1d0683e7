import Calendar
import Configuration
import Foundation
import Ingest
import Vault

/// Usage read by columns against the same read row by row: equal rows, keys, rejects and counts for any bytes, header and
/// byte-order mark included, however the file is cut into chunks.
///
/// Input: one byte that chooses the feed, one the size of chunks, then the delivered file.
enum ColumnCheck {
  private static let night = Day(rawValue: 20_779)
  private static let key = PseudonymKey(bytes: Array(repeating: 7, count: PseudonymKey.byteCount))
  private static let feeds: [Feed] = texts.compactMap { text in
    guard let document = try? ConfigurationDocument(path: "fuzz.yaml", bytes: Array(text.utf8)) else { return nil }
    return try? Feed.read(document)
  }

  private static let areReadByColumns = feeds.allSatisfy { feed in
    let file = MemoryFile([0x0A, 0x0A])
    return withExtendedLifetime(file) {
      key.map { feed.usageTrial(path: file.path, night: night, key: $0, chunkByteCount: 8) != nil } ?? false
    }
  }

  static func run(_ bytes: [UInt8]) {
    precondition(feeds.count == texts.count, "the feeds are feeds")
    guard bytes.count > 2, let key else { return }
    let feed = feeds[Int(bytes[0]) % feeds.count]
    let file = MemoryFile(Array(bytes[2...]))
    let chunkByteCount = 1 + Int(bytes[1]) * Int(bytes[1])
    // Whether the feeds are read by columns hangs on their options; without, nothing would be compared.
    precondition(areReadByColumns, "the feeds are read by columns")
    let byRows = feed.usageTrial(path: file.path, night: night, key: key, chunkByteCount: nil)
    let byColumns = feed.usageTrial(path: file.path, night: night, key: key, chunkByteCount: chunkByteCount)
    guard let byRows, let byColumns else { return }
    guard byRows != byColumns else { return }
    let (rows, columns) = (Set(byRows), Set(byColumns))
    for line in byRows where !columns.contains(line) { say("by rows alone: \(line)\n") }
    for line in byColumns where !rows.contains(line) { say("by columns alone: \(line)\n") }
    preconditionFailure("columns are read as rows are")
  }

  /// Writes to standard error at once: the process is about to end.
  private static func say(_ line: String) { FileHandle.standardError.write(Data(line.utf8)) }

  private static let texts = [
    """
    feed: calls
    kind: usage
    files: "*"
    zone: Europe/Istanbul
    numbers: {identity: implicit, country-code: "90", trunk-prefix: "0", international-prefix: "00"}
    reject-threshold: 1
    columns:
      number: {from: a}
      counterparty: {from: b}
      started_at: {from: t}
      type: {from: k, values: {MO: voice, MT: voice, SM: sms, DA: data}}
      direction: {from: k, values: {MO: out, MT: in, SM: out, DA: out}}
      duration_seconds: {from: s, unit: ms}
      up_bytes: {from: u}
      down_bytes: {from: d, unit: kB}
      cell: {from: c}
      dropped: {from: x, values: {drop: "true"}, otherwise: "false"}
      charge: {from: m, unit: "1"}
      roaming: {from: r}
      international: {from: i}
    record-key: {from: [id]}
    """,
    """
    feed: positions
    kind: usage
    files: "*"
    zone: America/Sao_Paulo
    numbers: {identity: implicit}
    reject-threshold: 1
    late-days: 3000
    dialect: {header: false, delimiter: ";", quote: "'", skip-lines: 1, comment: "#"}
    columns:
      number: {from: 1}
      started_at: {from: 2, format: "yyyy-MM-dd HH:mm:ss"}
      type: {from: 3, values: {"0": voice, "1": sms}, otherwise: data}
      counterparty: {from: 4}
      duration_seconds: {from: 5}
    """,
    """
    feed: bare
    kind: usage
    files: "*"
    zone: UTC
    numbers: {identity: implicit, country-code: "49", trunk-prefix: "0", international-prefix: "00"}
    reject-threshold: 1
    dialect: {header: false}
    columns:
      number: {from: 1}
      started_at: {from: 2}
      type: {constant: sms}
      counterparty: {from: 3}
      cell: {from: 4}
    """,
  ]
}
