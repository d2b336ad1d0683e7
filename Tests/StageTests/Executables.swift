import Foundation

/// Where the stage executables of this build lie, and how a test runs one.
enum Executables {
  /// The folder of the test binary: SwiftPM builds the executables beside it.
  static let folder: String = {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    var folder = URL(fileURLWithPath: own).deletingLastPathComponent()
    while !FileManager.default.isExecutableFile(atPath: folder.appendingPathComponent("nightjar").path),
      folder.path != "/"
    {
      folder.deleteLastPathComponent()
    }
    return folder.path
  }()

  /// The root of the checkout.
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// What a finished process left.
  struct Outcome {
    var status: Int32
    var output: String
    var errors: String
  }

  /// Runs one shell line in `folder` with `NIGHTJAR_BIN`, `ROOT`, `TMP` and a key folder of its own.
  static func shell(_ line: String, in folder: String, temporary: String, _ extra: [String: String] = [:]) throws
    -> Outcome
  {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", line]
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    var environment = ProcessInfo.processInfo.environment
    for name in environment.keys where name.hasPrefix("NIGHTJAR_") { environment[name] = nil }
    environment["NIGHTJAR_BIN"] = Self.folder
    environment["NIGHTJAR_KEYS"] = temporary + "/keys"
    environment["ROOT"] = root
    environment["CASE"] = folder
    environment["TMP"] = temporary
    for (name, value) in extra { environment[name] = value }
    process.environment = environment
    // Files, not pipes: a child that outlives its parent must not keep the test waiting.
    let outputPath = temporary + "/.stdout"
    let errorsPath = temporary + "/.stderr"
    for path in [outputPath, errorsPath] { try Data().write(to: URL(fileURLWithPath: path)) }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: outputPath)
    process.standardError = FileHandle(forWritingAtPath: errorsPath)
    try process.run()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus,
      output: String(decoding: try Data(contentsOf: URL(fileURLWithPath: outputPath)), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: URL(fileURLWithPath: errorsPath)), as: UTF8.self))
  }

  /// Calls `body` with a fresh folder and removes it afterwards.
  static func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("nightjar-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
  }
}
