import Calendar
import Glibc
import Ledger

/// A fresh initialised home in a temporary folder, removed at the end.
final class ScratchHome {
  let folder: String
  let home: Home

  init(initialized: Bool = true) throws {
    var template = Array("/tmp/nightjar-ledger-XXXXXX".utf8CString)
    folder = template.withUnsafeMutableBufferPointer { buffer in
      String(cString: mkdtemp(buffer.baseAddress!))
    }
    home = Home(path: folder + "/home", keysFolder: folder + "/keys")
    if initialized { _ = try HomeSetup(home).run() }
  }

  deinit { try? SystemCalls.removeContents(of: folder, andItself: true) }

  /// Commits files with the given texts as a stage of a night.
  @discardableResult
  func commit(
    _ stage: String, _ date: Day = .night, texts: [String], replacing: Bool = false, materials: [Material] = [],
    files: [IntakeFile] = []
  ) throws -> LogEntry {
    let transaction = try Transaction.begin(
      home, stage: stage, date: date,
      materials: materials + texts.map { Material(name: "input", digest: SHA256Digest(of: $0)) },
      configDigest: SHA256Digest(of: "config"), versions: ["nightjar": "test"])
    if let done = transaction.alreadyDone { return done }
    for (index, text) in texts.enumerated() {
      let path = transaction.stagingPath("part-\(index)")
      try SystemCalls.writeFile(path, Array(text.utf8))
      try transaction.add(
        stagedPath: path, folder: "data/\(stage)/date=\(date)", fileName: .digest(ext: "txt"), rowCount: 1)
    }
    if replacing { transaction.retireEarlierRuns() }
    return try transaction.commit(counts: ["rows": Int64(texts.count)], files: files)
  }

  /// Every path below the home with its bytes, in order: what `diff -r` would compare.
  func contents() throws -> [String] { try ScratchHome.contents(home.path) }

  static func contents(_ root: String, _ below: String = "") throws -> [String] {
    var lines: [String] = []
    for name in try SystemCalls.names(in: root + below) {
      let path = below + "/" + name
      if let byteCount = try SystemCalls.byteCount(ofFile: root + path) {
        lines.append("\(path) \(byteCount) \(try SHA256Digest(ofFile: root + path))")
      } else {
        lines.append(path)
        lines += try contents(root, path)
      }
    }
    return lines
  }
}

extension Day {
  static let night = Day(rawValue: 20_779)
}

/// The code of the LedgerError that `body` throws; nil if it throws none.
func ledgerError(_ body: () throws -> Void) -> LedgerError? {
  do {
    try body()
    return nil
  } catch { return error as? LedgerError }
}
