import Foundation
import Ledger
import Testing

/// A data home on which whole nights of `Samples/` run, in a folder of its own.
struct SampleHome {
  /// The three nights that the samples hold.
  static let nights = ["2026-11-20", "2026-11-21", "2026-11-22"]
  static let firstNight = nights[0]

  /// The folder that holds the home, its keys, and whatever a test puts beside them.
  let folder: String
  var path: String { folder + "/home" }
  var home: Home { Home(path: path) }

  /// An initialised home in a new folder below `temporary`.
  static func initialized(in temporary: String) throws -> SampleHome {
    let made = SampleHome(folder: temporary + "/first")
    try FileManager.default.createDirectory(atPath: made.folder, withIntermediateDirectories: true)
    let outcome = try made.shell("\"$NIGHTJAR_BIN/nightjar\" init --home home")
    try #require(outcome.status == 0, "standard error was:\n\(outcome.errors)")
    return made
  }

  /// A copy of the folder, keys and times included, under another name beside it.
  func copied(as name: String) throws -> SampleHome {
    let copy = SampleHome(folder: (folder as NSString).deletingLastPathComponent + "/" + name)
    let outcome = try shell("cp -a . '\(copy.folder)'")
    try #require(outcome.status == 0, "standard error was:\n\(outcome.errors)")
    return copy
  }

  /// Runs a shell line in the folder; `$HOME_DIR` is the home, the key folder lies beside it.
  func shell(_ line: String, _ extra: [String: String] = [:]) throws -> Executables.Outcome {
    try Executables.shell(line, in: folder, temporary: folder, extra.merging(["HOME_DIR": path]) { $1 })
  }

  /// `nightjar run` for a night; `config` is the folder with `nightly.yaml`.
  func run(
    _ night: String, config: String = Executables.root + "/Pipelines", more: String = "",
    _ extra: [String: String] = [:]
  ) throws -> Executables.Outcome {
    try shell(
      "\"$NIGHTJAR_BIN/nightjar\" run '\(config)/nightly.yaml' --config '\(config)' --home home"
        + " --inbox \"$ROOT/Samples/deliveries\" --date \(night) \(more)", extra)
  }

  /// One stage for a night.
  func stage(_ verb: String, _ night: String, _ more: String = "") throws -> Executables.Outcome {
    let inbox = verb == "ingest" ? "--inbox \"$ROOT/Samples/deliveries\"" : ""
    return try shell(
      "\"$NIGHTJAR_BIN/nightjar-\(verb)\" --home home --config \"$ROOT/Pipelines\" --date \(night) \(inbox) \(more)")
  }

  /// Runs every night, each of which must end with 0 or 3; returns what they said on standard error.
  @discardableResult
  func runAllNights(_ more: String = "", _ extra: [String: String] = [:]) throws -> String {
    var said = ""
    for night in Self.nights {
      let outcome = try run(night, more: more, extra)
      try #require([0, 3].contains(outcome.status), "\(night) ended with \(outcome.status):\n\(outcome.errors)")
      said += outcome.errors
    }
    return said
  }

  /// Every path below the home with its kind, mode and content; with `times`, also its inode and times of change.
  func tree(withTimes times: Bool = false, of part: String = "") throws -> [String: String] {
    let top = part.isEmpty ? path : "\(path)/\(part)"
    let walk = try #require(FileManager.default.enumerator(atPath: top))
    var lines: [String: String] = [:]
    for name in [""] + walk.compactMap({ $0 as? String }) {
      let full = name.isEmpty ? top : "\(top)/\(name)"
      var status = stat()
      try #require(lstat(full, &status) == 0, "\(full) cannot be looked at")
      var line = "mode \(String(status.st_mode, radix: 8))"
      switch status.st_mode & S_IFMT {
      case S_IFLNK: line += " to \(try FileManager.default.destinationOfSymbolicLink(atPath: full))"
      case S_IFREG: line += " bytes \(try SHA256Digest(ofFile: full))"
      default: break
      }
      if times {
        line += " inode \(status.st_ino) modified \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
        // A kept delivery is a link to the delivered file, which other homes link to as well.
        if !name.contains("vault/deliveries/") {
          line += " changed \(status.st_ctim.tv_sec).\(status.st_ctim.tv_nsec)"
        }
      }
      lines[name] = line
    }
    return lines
  }

  /// The paths in which two trees differ: what a failed comparison shows.
  static func difference(_ one: [String: String], _ other: [String: String]) -> [String] {
    Set(one.keys).union(other.keys).filter { one[$0] != other[$0] }.sorted()
      .map { "\($0): \(one[$0] ?? "absent") | \(other[$0] ?? "absent")" }
  }
}
