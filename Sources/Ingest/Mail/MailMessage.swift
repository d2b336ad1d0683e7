/// A message of a mailbox and the values that a feed takes from it.
struct MailMessage {
  let header: MailHeader
  /// What is kept of the body.
  let body: ArraySlice<UInt8>
  let bodyByteCount: Int
  /// Whether `>` before `From ` is to be taken away.
  let isQuoted: Bool
  let thread: MailThreads.Place

  /// The most bytes of text that are handed out.
  private static let textLimit = 1 << 16

  /// The value of a part; empty where the message has none.
  func value(of part: MailPart) -> [UInt8] {
    switch part {
    case .field(let name): return fieldValue(name)
    case .fromAddress: return MailMessage.address(header.value(of: "from"))
    case .thread: return thread.root
    case .opened: return thread.opened
    case .bodyByteCount: return Array(String(bodyByteCount).utf8)
    case .text: return Array(MIMEText.text(header, unquotedBody).prefix(MailMessage.textLimit))
    }
  }

  private func fieldValue(_ name: [UInt8]) -> [UInt8] {
    let value = header.value(of: name)
    // Times become ISO 8601; what is no time stays as it is, for the decoder to reject.
    if name.elementsEqual("date".utf8) { return MailDate.iso8601(value) ?? value }
    return EncodedWord.decoded(value)
  }

  private var unquotedBody: ArraySlice<UInt8> {
    guard isQuoted else { return body }
    var plain: [UInt8] = []
    var start = body.startIndex
    while start < body.endIndex {
      let end = body[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? body.endIndex
      plain.append(contentsOf: MailboxReader.isQuoted(body[start..<end]) ? body[(start + 1)..<end] : body[start..<end])
      start = end
    }
    return plain[...]
  }

  /// The address of a field such as `"Ada" <ada@example.org> (home)`, in lower case; empty where there is none.
  static func address(_ value: [UInt8]) -> [UInt8] {
    let plain = withoutQuotesAndComments(value)
    var found = plain[...]
    if let open = plain.lastIndex(of: 0x3C), let close = plain[open...].firstIndex(of: 0x3E) {
      found = plain[(open + 1)..<close]
    } else if let comma = plain.firstIndex(of: 0x2C) {
      found = plain[..<comma]
    }
    found = found.trimmingBlanks
    guard found.contains(0x40), !found.contains(0x20) else { return [] }
    return found.map { MailHeader.lower($0) }
  }

  private static func withoutQuotesAndComments(_ value: [UInt8]) -> [UInt8] {
    var plain: [UInt8] = []
    var isQuoted = false
    var depth = 0
    var isEscaped = false
    for byte in value {
      if isEscaped {
        isEscaped = false
      } else if byte == 0x5C {
        isEscaped = true
      } else if byte == 0x22, depth == 0 {
        isQuoted.toggle()
      } else if byte == 0x28, !isQuoted {
        depth += 1
      } else if byte == 0x29, !isQuoted, depth > 0 {
        depth -= 1
      } else if !isQuoted, depth == 0 {
        plain.append(byte)
      }
    }
    return plain
  }
}
