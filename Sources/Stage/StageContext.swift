public import Calendar
public import Ledger
public import Logging

/// What a running command knows: where, when, how, and whom to tell.
public struct StageContext: Sendable {
  /// The data home.
  public let home: Home
  /// The configuration folder.
  public let configFolder: String
  /// The number of threads, at least 1.
  public let threads: Int
  /// Whether nothing may be written.
  public let isDryRun: Bool
  /// Whether the result is JSON.
  public let isJSON: Bool
  /// The log, to stderr.
  public let log: Logger
  /// Versions of whatever a stage's bytes depend on, for the manifest.
  public let versions: [String: String]
  private let date: Day?

  init(_ options: StageOptions, log: Logger) throws(LedgerError) {
    home = Home(
      path: options.home ?? SystemCalls.environment("NIGHTJAR_HOME") ?? "Output", keysFolder: options.keys)
    configFolder = options.configFolder
    threads = options.threads ?? Machine.coreCount
    isDryRun = options.isDryRun
    isJSON = options.isJSON
    versions = try Versions.current
    date = options.date.flatMap { Day($0) }
    self.log = log
  }

  /// The night; a command line without `--date` ends with 64 here.
  public var day: Day {
    get throws(StageFailure) {
      guard let date else { throw StageFailure(status: .usage, "--date yyyy-MM-dd is missing") }
      return date
    }
  }

  /// The night, where one was given.
  public var optionalDay: Day? { date }

  /// The path of a file of the configuration folder.
  public func config(_ name: String) -> String { configFolder + "/" + name }

  /// Logs a line for people.
  public func note(_ message: String) { log.info("\(message)") }

  /// Logs a warning, without a change of the exit status.
  public func warn(_ message: String) { log.warning("\(message)") }

  /// Prints a line of the result on stdout.
  public func output(_ line: String) { print(line) }
}
