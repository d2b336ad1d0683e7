/// Why a zone or a time format could not be used.
public struct CalendarError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kinds of failure; open, so that a new kind breaks no caller.
  public struct Code: RawRepresentable, Sendable, Hashable {
    /// The code's stable name.
    public var rawValue: String
    /// Makes a code from its stable name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The zone database has no such zone.
    public static let unknownZone = Code(rawValue: "unknown-zone")
    /// A zone file is not what RFC 9636 says.
    public static let damagedZone = Code(rawValue: "damaged-zone")
    /// A time format is not one of those documented.
    public static let badFormat = Code(rawValue: "bad-format")
  }

  /// The kind of failure.
  public var code: Code
  /// What happened.
  public var message: String

  /// Makes an error.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message with its code.
  public var description: String { "\(message) [\(code.rawValue)]" }
}
