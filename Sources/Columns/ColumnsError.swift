/// Why a table or a Parquet file could not be read or written.
public struct ColumnsError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kinds of failure; open, so that a new kind breaks no caller.
  public struct Code: RawRepresentable, Sendable, Hashable {
    /// The code's stable name.
    public var rawValue: String
    /// Makes a code from its stable name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// A needed column is absent or has another type.
    public static let schemaMismatch = Code(rawValue: "schema-mismatch")
    /// The file is not Parquet, or is damaged.
    public static let damagedFile = Code(rawValue: "damaged-file")
    /// The file is absent.
    public static let missingFile = Code(rawValue: "missing-file")
    /// The operating system refused to read or write.
    public static let inputOutput = Code(rawValue: "input-output")
  }

  /// The kind of failure.
  public var code: Code
  /// What happened and where: positions and names, never values.
  public var message: String

  /// Makes an error.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message with its code.
  public var description: String { "\(message) [\(code.rawValue)]" }
}
