/// Everything that is wrong with one or more configuration files, all at once.
public struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// One thing that is wrong, and where.
  public struct Problem: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Where it is.
    public var location: SourceLocation
    /// What is wrong and what would be right.
    public var message: String

    /// Makes a problem.
    public init(_ location: SourceLocation, _ message: String) {
      self.location = location
      self.message = message
    }

    /// `file:line:column: message`.
    public var description: String { "\(location): \(message)" }

    /// Orders by file, line and column, then by message.
    public static func < (a: Problem, b: Problem) -> Bool {
      a.location != b.location ? a.location < b.location : a.message < b.message
    }
  }

  /// The problems, by file, line and column; at least one.
  public let problems: [Problem]

  /// Makes an error of at least one problem.
  public init(_ problems: [Problem]) {
    precondition(!problems.isEmpty, "an error says what is wrong")
    self.problems = problems.sorted()
  }

  /// Makes an error of one problem.
  public init(_ location: SourceLocation, _ message: String) {
    self.init([Problem(location, message)])
  }

  /// One problem a line.
  public var description: String { problems.map(\.description).joined(separator: "\n") }
}

extension ConfigurationError: ExitStatusProviding {
  /// 78.
  public var exitStatus: Int32 { ExitStatus.configuration }
}

/// A place in a configuration file.
public struct SourceLocation: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The file's path as it was given.
  public var file: String
  /// The line, from 1; 0 where the whole file is meant.
  public var line: Int
  /// The column, from 1, counted in Unicode scalars; 0 where the whole line or file is meant.
  public var column: Int

  /// Makes a place; without line and column the whole file is meant.
  public init(file: String, line: Int = 0, column: Int = 0) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// `file:line:column`, or `file` alone.
  public var description: String { line == 0 ? file : "\(file):\(line):\(column)" }

  /// Orders by file, line and column.
  public static func < (a: SourceLocation, b: SourceLocation) -> Bool {
    (a.file, a.line, a.column) < (b.file, b.line, b.column)
  }
}
