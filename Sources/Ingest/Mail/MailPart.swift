/// What a feed may take from a message.
enum MailPart: Hashable {
  /// The header field of this name, in lower case.
  case field([UInt8])
  /// The address of `From`, in lower case.
  case fromAddress
  /// The root of the thread: the Message-ID of the message that began it.
  case thread
  /// The `Date` of the first message of the thread that the mailbox holds.
  case opened
  /// The length of the body in bytes.
  case bodyByteCount
  /// The first part that is plain text, as UTF-8.
  case text

  /// The names that are no header fields.
  static let names: [(String, MailPart)] = [
    ("$from-address", .fromAddress), ("$thread", .thread), ("$opened", .opened), ("$body-bytes", .bodyByteCount),
    ("$text", .text),
  ]

  init(_ name: [UInt8]) {
    self =
      MailPart.names.first { Array($0.0.utf8) == name }?.1 ?? .field(name.map { MailHeader.lower($0) })
  }

  /// Whether a name is that of a header field or of a part.
  static func isSound(_ name: String) -> Bool {
    if name.hasPrefix("$") { return names.contains { $0.0 == name } }
    return !name.isEmpty && name.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x3A }
  }
}
