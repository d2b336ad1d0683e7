public import ArgumentParser
import Calendar

/// The options that every command shares.
public struct StageOptions: ParsableArguments, Sendable {
  /// How log lines are written.
  public enum LogFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// One readable line each.
    case text
    /// One JSON object each.
    case json
  }

  /// The data home.
  @Option(help: ArgumentHelp("Data home (default: NIGHTJAR_HOME, else Output).", valueName: "dir"))
  public var home: String?
  /// The folder with the signing key.
  @Option(
    help: ArgumentHelp("Folder of the signing key (default: NIGHTJAR_KEYS, else the home's own).", valueName: "dir"))
  public var keys: String?
  /// The night.
  @Option(help: ArgumentHelp("The night, yyyy-MM-dd.", valueName: "date"))
  public var date: String?
  /// The folder that an operator edits.
  @Option(name: .customLong("config"), help: ArgumentHelp("Configuration folder.", valueName: "dir"))
  public var configFolder = "Pipelines"
  /// The number of threads.
  @Option(help: ArgumentHelp("Number of threads (default: one a core); never changes a byte.", valueName: "n"))
  public var threads: Int?
  /// Whether the result is JSON.
  @Flag(name: .customLong("json"), help: "Print the result as JSON on stdout.")
  public var isJSON = false
  /// How log lines are written.
  @Option(name: .customLong("log"), help: ArgumentHelp("Log format.", valueName: "text|json"))
  public var logFormat = LogFormat.text
  /// Whether nothing may be written.
  @Flag(name: .customLong("dry-run"), help: "Say what would be done; write nothing.")
  public var isDryRun = false
  /// Whether only warnings and errors are logged.
  @Flag(name: .customLong("quiet"), help: "Log warnings and errors only; no summary unless there are warnings.")
  public var isQuiet = false

  /// Makes options with their defaults.
  public init() {}

  /// Refuses values that no command could use.
  public mutating func validate() throws {
    if let date, Day(date) == nil { throw ValidationError("--date wants yyyy-MM-dd, not '\(date)'") }
    if let threads, !(1...1_024).contains(threads) { throw ValidationError("--threads wants 1 to 1024") }
  }
}
