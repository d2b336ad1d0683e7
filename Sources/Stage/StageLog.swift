import Glibc
import Ledger
import Logging

/// Log lines on stderr, as text or as one JSON object each.
struct StageLog: LogHandler {
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?
  var logLevel = Logger.Level.info
  private let name: String
  private let format: StageOptions.LogFormat

  /// Makes the logger of a command.
  static func logger(name: String, _ format: StageOptions.LogFormat, isQuiet: Bool) -> Logger {
    var logger = Logger(label: name) { StageLog(name: $0, format: format) }
    logger.logLevel = isQuiet ? .warning : .info
    return logger
  }

  private init(name: String, format: StageOptions.LogFormat) {
    self.name = name
    self.format = format
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let details = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
    switch format {
    case .text:
      let suffix = details.map { " \($0.key)=\($0.value)" }.joined()
      StageLog.write("\(name): \(event.level.rawValue): \(event.message.description)\(suffix)\n")
    case .json:
      var members: [String: CanonicalJSON] = [
        "command": .string(name), "level": .string(event.level.rawValue),
        "message": .string(event.message.description), "time": .integer(StageLog.epochMilliseconds),
      ]
      for (key, value) in details { members["detail.\(key)"] = .string(value.description) }
      StageLog.write(CanonicalJSON.object(members).text + "\n")
    }
  }

  /// Writes the one summary line.
  static func summary(_ name: String, _ format: StageOptions.LogFormat, _ summary: String, date: String?) {
    let line = summary.split(separator: "\n").joined(separator: "; ")
    switch format {
    case .text: write("\(name)\(date.map { " " + $0 } ?? ""): \(line)\n")
    case .json:
      var members: [String: CanonicalJSON] = [
        "command": .string(name), "level": .string("summary"), "message": .string(line),
        "time": .integer(epochMilliseconds),
      ]
      if let date { members["date"] = .string(date) }
      write(CanonicalJSON.object(members).text + "\n")
    }
  }

  /// Writes text to stderr; a closed stderr is nobody's loss.
  static func write(_ text: String) {
    // A line goes out in one call, so that lines of several processes do not mix.
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  private static var epochMilliseconds: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }
}
