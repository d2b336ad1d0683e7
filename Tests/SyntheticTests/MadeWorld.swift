import Calendar
import Delivery
import Glibc
import Synthetic

/// A small world, made once for all tests, with its rows read back as text.
final class MadeWorld: Sendable {
  static let shared = Result { try MadeWorld(seed: 7, subscriptionCount: 600, threadCount: 2) }

  let folder: String
  let summary: OperatorRun.Summary
  let nights = ["2026-11-20", "2026-11-21", "2026-11-22"]
  var truthPath: String { "\(folder).csv" }

  init(
    seed: UInt64, subscriptionCount: Int, threadCount: Int, rawNightCount: Int = 3, responses: ResponseLaw = .none,
    campaigns: CampaignStyle = .usual
  ) throws {
    var template = Array("/tmp/nightjar-synth-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw DeliveryError(.inputOutput, archive: "tmp", "no folder") }
    folder = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let until = Day(year: 2026, month: 11, day: 22) ?? Day(rawValue: 0)
    let settings = WorldSettings(
      seed: seed, subscriptionCount: subscriptionCount, until: until, rawNightCount: rawNightCount,
      responses: responses, campaigns: campaigns)
    let run = try OperatorRun(settings, folder: folder, threadCount: threadCount)
    summary = try run.write(truthPath: "\(folder).csv")
  }

  deinit {
    for file in files() { unlink("\(folder)/\(file)") }
    for night in nights { rmdir("\(folder)/\(night)") }
    rmdir(folder)
    unlink(truthPath)
  }

  /// The paths of all delivered files below the folder, sorted.
  func files() -> [String] {
    nights.flatMap { night -> [String] in
      guard let stream = opendir("\(folder)/\(night)") else { return [] }
      defer { closedir(stream) }
      var names: [String] = []
      while let entry = readdir(stream) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) { raw in
          String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != ".", name != ".." { names.append("\(night)/\(name)") }
      }
      return names
    }.sorted()
  }

  /// The bytes of every member of a file, by member name.
  func members(_ file: String) throws -> [(name: String, text: String)] {
    let archive = try Archive(path: "\(folder)/\(file)")
    var found: [(String, String)] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while let member = try archive.nextMember() {
      var bytes: [UInt8] = []
      while true {
        let count = try buffer.withUnsafeMutableBytes { try archive.read(into: $0) }
        if count == 0 { break }
        bytes += buffer[..<count]
      }
      found.append((member.name, String(decoding: bytes, as: UTF8.self)))
    }
    return found
  }

  /// The rows of a plain CSV file without quotes, as dictionaries.
  func rows(_ file: String, separator: Character = ",") throws -> [[String: String]] {
    try members(file).flatMap { rows(text: $0.text, separator: separator) }
  }

  func rows(text: String, separator: Character = ",") -> [[String: String]] {
    let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
    guard let header = lines.first?.split(separator: separator, omittingEmptySubsequences: false) else { return [] }
    return lines.dropFirst().compactMap { line in
      let fields = line.split(separator: separator, omittingEmptySubsequences: false)
      guard fields.count == header.count else { return nil }
      return Dictionary(uniqueKeysWithValues: zip(header, fields).map { (String($0), String($1)) })
    }
  }

  /// All rows of the monthly files of daily use.
  func usageDaily() throws -> [[String: String]] {
    try files().filter { $0.contains("usage-daily_") }.flatMap { try rows($0) }
  }
}

/// Money text as whole cents.
func cents(_ text: String?) -> Int {
  let parts = (text ?? "").split(separator: ".")
  guard parts.count == 2, let whole = Int(parts[0]), let part = Int(parts[1]) else { return 0 }
  return whole * 100 + part
}
