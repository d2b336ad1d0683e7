import Columns
import Configuration
import Datasets
import FoundationEssentials
public import Ledger
import Vault

/// The live rejects with their bytes, for people to repair. Needs the vault's key.
public struct RejectExport {
  /// The home.
  public let home: Home
  /// Only rejects of this feed.
  public var feed: String?
  /// Only rejects with this code.
  public var code: String?

  /// Names the home.
  public init(_ home: Home) { self.home = home }

  /// Writes the rejects into a new file that only its owner may read; returns their number. An existing file is refused.
  public func write(to path: String) throws -> Int {
    let lines = try lines()
    try SystemCalls.createFile(path, RepairFile.bytes(lines), mode: 0o600)
    return lines.count
  }

  /// The number of rejects that would be written.
  public func count() throws -> Int { try lines().count }

  private func lines() throws -> [RepairFile.Line] {
    let state = try CommitLog.open(home).state(.head)
    let names = Set(state.deliveries.map(\.file.feed))
    if let feed, !names.contains(feed) {
      throw IngestError(
        .usage, "no delivery of a feed '\(feed)' was taken\(Suggestion.clause(for: feed, among: names))")
    }
    let sealer = SealedRejects(try PseudonymKey.load(home))
    // A delivery's rejects stand in one table and in one sealed file, both in the same order.
    var sealed: [SHA256Digest: [SealedRejects.Row]] = [:]
    for product in state.products(under: "vault/rejects") {
      for row in try sealer.open(SystemCalls.readFile(home.url(product.name))) {
        sealed[row.delivery, default: []].append(row)
      }
    }
    var taken: [SHA256Digest: Int] = [:]
    var lines: [RepairFile.Line] = []
    for product in state.products(Dataset.rejects.name) {
      let table = try ParquetFile.read(home.url(product.name))
      let (feeds, files) = (try table.string("feed").values, try table.string("file").values)
      let (digests, members) = (try table.string("sha256").values, try table.string("member"))
      let (numbers, offsets) = (try table.int64("line").values, try table.int64("record_byte").values)
      let (columns, codes) = (try table.string("column"), try table.string("code").values)
      let (expected, messages) = (try table.string("expected"), try table.string("message").values)
      for index in 0..<table.rowCount {
        guard let digest = SHA256Digest(hex: digests[index]), let rows = sealed[digest],
          let row = rows.dropFirst(taken[digest] ?? 0).first, row.recordByte == UInt64(clamping: offsets[index])
        else {
          throw IngestError(
            .unbalanced, "\(files[index]) line \(numbers[index]): the vault holds no bytes for this reject")
        }
        taken[digest, default: 0] += 1
        guard feed ?? feeds[index] == feeds[index], code ?? codes[index] == codes[index] else { continue }
        var line = RepairFile.Line(
          feed: feeds[index], file: files[index], sha256: digests[index], member: members[index],
          memberIndex: row.memberIndex, line: numbers[index], recordByte: row.recordByte, column: columns[index],
          code: codes[index], expected: expected[index], message: messages[index])
        if let text = String(validating: row.bytes, as: UTF8.self) {
          line.row = text
        } else {
          line.rowBase64 = Data(row.bytes).base64EncodedString()
        }
        lines.append(line)
      }
    }
    return lines
  }
}
