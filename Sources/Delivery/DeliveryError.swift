/// Why a delivered file could not be read, and where.
public struct DeliveryError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kinds of failure; open, so that a new kind breaks no caller.
  public struct Code: RawRepresentable, Sendable, Hashable {
    /// The code's stable name.
    public var rawValue: String
    /// Makes a code from its stable name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The file is absent.
    public static let missingFile = Code(rawValue: "missing-file")
    /// The path names something other than a regular file.
    public static let notAFile = Code(rawValue: "not-a-file")
    /// The operating system refused to read or write.
    public static let inputOutput = Code(rawValue: "input-output")
    /// The input ends before what it announces; deliver it again.
    public static let truncated = Code(rawValue: "truncated")
    /// A checksum, length or structure is wrong; deliver it again.
    public static let damaged = Code(rawValue: "damaged")
    /// Bytes follow the end of the compressed data or of the archive.
    public static let trailingBytes = Code(rawValue: "trailing-bytes")
    /// The format or compression is none of those read here.
    public static let unsupportedFormat = Code(rawValue: "unsupported-format")
    /// An archive within an archive, or a file compressed twice.
    public static let nestedArchive = Code(rawValue: "nested-archive")
    /// A member's name cannot be read as UTF-8, or is empty.
    public static let unreadableName = Code(rawValue: "unreadable-name")
    /// A member's name is absolute or leads out of its folder.
    public static let unsafePath = Code(rawValue: "unsafe-path")
    /// A member is a link, a device, a pipe or a socket.
    public static let notARegularMember = Code(rawValue: "not-a-regular-member")
    /// Two members have the same name, so that no row could be traced to one of them.
    public static let duplicateMember = Code(rawValue: "duplicate-member")
    /// Two members of a zip file share bytes: a bomb, or a way to show different readers different files.
    public static let overlappingMembers = Code(rawValue: "overlapping-members")
    /// A member, or the archive's list of members, is encrypted.
    public static let encrypted = Code(rawValue: "encrypted")
    /// More members than the limit.
    public static let tooManyMembers = Code(rawValue: "too-many-members")
    /// A member holds more bytes than the limit.
    public static let memberTooLarge = Code(rawValue: "member-too-large")
    /// The whole file unpacks to more bytes than the limit.
    public static let deliveryTooLarge = Code(rawValue: "delivery-too-large")
    /// The file unpacks to more than the allowed multiple of its own size.
    public static let expansionTooLarge = Code(rawValue: "expansion-too-large")
    /// The file was not read within its time. Nothing is wrong with its bytes as far as they were seen.
    public static let timeOver = Code(rawValue: "time-over")
  }

  /// The kind of failure.
  public var code: Code
  /// The file's name, without its folder.
  public var archive: String
  /// The member, where one is to blame and its name can be shown; control characters as `?`.
  public var member: String?
  /// What happened, in one sentence.
  public var message: String

  /// Makes an error.
  public init(_ code: Code, archive: String, member: String? = nil, _ message: String) {
    self.code = code
    self.archive = archive
    self.member = member.map(DeliveryError.visible)
    self.message = message
  }

  /// A name from an archive as it may stand in a log: what moves a cursor or turns text around is shown as `?`.
  private static func visible(_ name: String) -> String {
    var shown = String.UnicodeScalarView()
    for scalar in name.unicodeScalars.prefix(longestName) {
      let isHidden =
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
      shown.append(isHidden ? "?" : scalar)
    }
    return String(shown)
  }

  /// More of a name would bury the message.
  private static let longestName = 200

  /// The place, the message and the code.
  public var description: String {
    "\(archive)\(member.map { "/\($0)" } ?? ""): \(message) [\(code.rawValue)]"
  }
}
