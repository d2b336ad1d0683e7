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
      ProcessSystemCalls.writeError("\(name): \(event.level.rawValue): \(event.message.description)\(suffix)\n")
    case .json:
      var members: [String: CanonicalJSON] = [
        "command": .string(name), "level": .string(event.level.rawValue),
        "message": .string(event.message.description), "time": .integer(StageLog.epochMilliseconds),
      ]
      for (key, value) in details { members["detail.\(key)"] = .string(value.description) }
      ProcessSystemCalls.writeError(CanonicalJSON.object(members).text + "\n")
    }
  }

  /// Writes the one summary line.
  static func summary(_ name: String, _ format: StageOptions.LogFormat, _ summary: String, date: String?) {
    let line = summary.split(separator: "\n").joined(separator: "; ")
    switch format {
    case .text: ProcessSystemCalls.writeError("\(name)\(date.map { " " + $0 } ?? ""): \(line)\n")
    case .json:
      var members: [String: CanonicalJSON] = [
        "command": .string(name), "level": .string("summary"), "message": .string(line),
        "time": .integer(epochMilliseconds),
      ]
      if let date { members["date"] = .string(date) }
      ProcessSystemCalls.writeError(CanonicalJSON.object(members).text + "\n")
    }
  }

  private static var epochMilliseconds: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }
}
