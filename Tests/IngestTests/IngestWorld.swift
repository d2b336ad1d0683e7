import Calendar
import Columns
import Datasets
import FoundationEssentials
import Ingest
import Ledger
import Testing
import Vault

/// A home, a configuration and an inbox in a folder of its own, removed at the end.
final class IngestWorld {
  let folder: String
  let home: Home

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "ingest-\(UUID().uuidString)").path()
    for name in ["config/feeds", "inbox"] {
      try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
    }
    home = Home(path: folder + "/home", keysFolder: folder + "/keys")
    _ = try HomeSetup(home).run()
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// Gives the home a key, so that pseudonyms are the same in every world.
  func use(key: [UInt8]) throws { try Data(key).write(to: URL(filePath: home.url(PseudonymKey.fileName))) }

  /// Writes a feed file.
  func feed(_ name: String, _ text: String) throws {
    try Data("feed: \(name)\n\(text)\n".utf8).write(to: URL(filePath: "\(folder)/config/feeds/\(name).yaml"))
  }

  /// Puts a file into the inbox.
  func deliver(_ name: String, _ bytes: [UInt8]) throws {
    let url = URL(filePath: "\(folder)/inbox/\(name)")
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    // By rename, as systems should deliver: a kept delivery is a link to the file.
    try Data(bytes).write(to: url, options: .atomic)
  }

  /// Puts a text into the inbox.
  func deliver(_ name: String, _ text: String) throws { try deliver(name, Array(text.utf8)) }

  /// The bytes of a file.
  func bytes(_ path: String) throws -> [UInt8] { try Array(Data(contentsOf: URL(filePath: path))) }

  /// Takes a file out of the inbox.
  func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: "\(folder)/inbox/\(name)") }

  /// Runs the ingest of a night.
  @discardableResult
  func night(
    _ day: String, threads: Int = 1, isDryRun: Bool = false, supersede: Bool = false, named files: [String] = [],
    chunkByteCount: Int = 4 << 20, memoryByteCount: Int = 1 << 30, rejectLimit: Int = 1_000_000,
    whenBegun: @escaping @Sendable (String) -> Void = { _ in }
  ) throws -> IngestNight.Report {
    var night = IngestNight(home: home, night: try #require(Day(day)))
    night.configuration = folder + "/config"
    if files.isEmpty { night.inbox = folder + "/inbox" }
    night.files = files
    night.isSuperseding = supersede
    night.threads = threads
    night.chunkByteCount = chunkByteCount
    night.memoryByteCount = memoryByteCount
    night.rejectLimit = rejectLimit
    night.whenBegun = whenBegun
    return try night.run(isDryRun: isDryRun)
  }

  /// The state of the log's head.
  func state() throws -> LiveState { try CommitLog.open(home).state(.head) }

  /// The rows of a dataset in force, all its files together.
  func table(_ dataset: Dataset) throws -> Table {
    let tables = try state().products(dataset.name).map { try ParquetFile.read(home.url($0.name)) }
    return try Table.concatenating(tables, schema: dataset.schema)
  }

  /// The last entry's line on a file.
  func intake(_ name: String) throws -> IntakeFile {
    try #require(CommitLog.open(home).entries.last { $0.stage == "ingest" }?.files.first { $0.name == name })
  }

  /// Takes the newest entry away again: its products are orphans then, as if the run had been killed before the link.
  func killNewestEntry() throws {
    let newest = try #require(CommitLog.open(home).entries.last)
    try FileManager.default.removeItem(atPath: home.url(newest.fileName))
  }

  /// Codes of the rejects, in their order.
  func rejectCodes() throws -> [String] { try table(.rejects).string("code").values }

  func key() throws -> PseudonymKey { try PseudonymKey.load(home) }

  /// Two feeds: number assignments, and calls of the owner of a number in Berlin time.
  func addCallFeeds(_ extra: String = "record-key: {from: [id], window-days: 35}\nreject-threshold: 0.9") throws {
    try feed(
      "numbers",
      """
      kind: numbers
      files: "numbers_*"
      zone: Europe/Berlin
      reject-threshold: 0.9
      columns:
        number: {from: number}
        subscription: {from: subscription}
        valid_from: {from: from, format: "yyyy-MM-dd HH:mm:ss"}
        valid_to: {from: to, format: "yyyy-MM-dd HH:mm:ss"}
      """)
    try feed(
      "calls",
      """
      kind: usage
      files: "calls_*"
      members: "*.csv"
      zone: Europe/Berlin
      numbers: {country-code: "49", trunk-prefix: "0", international-prefix: "00"}
      columns:
        number: {from: caller}
        counterparty: {from: called}
        started_at: {from: start, format: "yyyy-MM-dd HH:mm:ss"}
        duration_seconds: {from: seconds}
        type: {constant: voice}
        charge: {from: charge}
      \(extra)
      """)
    try deliver(
      "numbers_1.csv",
      """
      number,subscription,from,to
      +49 170 0000001,S-1,2026-01-01 00:00:00,2026-11-20 12:00:00
      +491700000001,S-2,2026-11-21 00:00:00,
      +491700000002,S-3,2026-01-01 00:00:00,

      """)
  }

  /// The header of a file of calls.
  static let header = "id,caller,called,start,seconds,charge\n"
}

/// The bytes of a zip archive with stored members; names are taken as they are.
func storedZip(_ members: [(name: String, text: String)]) -> [UInt8] {
  func word(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
  func checksum(_ bytes: [UInt8]) -> Int {
    var crc: UInt32 = .max
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return Int(~crc)
  }
  var archive: [UInt8] = []
  var directory: [UInt8] = []
  for (name, text) in members {
    let content = Array(text.utf8)
    let common: [UInt8] =
      [20, 0, 0, 0, 0, 0, 0, 0, 0, 0] + word(checksum(content), 4) + word(content.count, 4) + word(content.count, 4)
      + word(name.utf8.count, 2) + [0, 0]
    directory +=
      [0x50, 0x4B, 1, 2, 20, 0] + common + [UInt8](repeating: 0, count: 10) + word(archive.count, 4) + Array(name.utf8)
    archive += [0x50, 0x4B, 3, 4] + common + Array(name.utf8) + content
  }
  let end: [UInt8] =
    [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + word(members.count, 2) + word(members.count, 2) + word(directory.count, 4)
    + word(archive.count, 4) + [0, 0]
  return archive + directory + end
}
