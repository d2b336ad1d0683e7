/// The header of a message or of a MIME part (RFC 5322): fields by name, unfolded.
struct MailHeader {
  /// A line that is neither a field nor goes on with one.
  struct Fault: Error {
    let position: Int
  }

  private struct Field {
    /// In lower case.
    var name: [UInt8]
    /// Without line ends, and without blanks at its ends.
    var value: [UInt8]
    /// The offset of its first byte.
    var start: Int
  }

  private var fields: [Field] = []

  /// Reads the fields; `hasFromLine` where the first line is that of a mailbox.
  init(_ bytes: ArraySlice<UInt8>, hasFromLine: Bool) throws(Fault) {
    var start = bytes.startIndex
    var isFirst = hasFromLine
    while start < bytes.endIndex {
      let end = bytes[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.endIndex
      let line = bytes[start..<end].trimmingLineEnd
      defer { start = end }
      if isFirst {
        isFirst = false
      } else if line.isEmpty {
        break
      } else if line.first == 0x20 || line.first == 0x09, !fields.isEmpty {
        fields[fields.count - 1].value.append(contentsOf: line)
      } else if let colon = line.firstIndex(of: 0x3A), let name = MailHeader.name(line[..<colon]) {
        fields.append(Field(name: name, value: Array(line[(colon + 1)...]), start: start - bytes.startIndex))
      } else if !MailboxReader.isQuoted(line) {
        throw Fault(position: start - bytes.startIndex)
      }
    }
    guard !fields.isEmpty || !hasFromLine else { throw Fault(position: 0) }
    for index in fields.indices { fields[index].value = Array(fields[index].value[...].trimmingBlanks) }
  }

  /// The name of a field in lower case; nil where the bytes are none.
  private static func name(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    let name = bytes.trimmingBlanks
    guard !name.isEmpty, name.startIndex == bytes.startIndex, name.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      return nil
    }
    return name.map { MailHeader.lower($0) }
  }

  static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

  /// The value of the first field of that name, which is in lower case; empty where there is none.
  func value(of name: [UInt8]) -> [UInt8] { fields.first { $0.name == name }?.value ?? [] }

  /// The same for a name in the text.
  func value(of name: StaticString) -> [UInt8] { value(of: Array("\(name)".utf8)) }

  /// The offset of a field in a message as delivered; 0 where it has none of that name.
  static func offset(of name: [UInt8], in message: [UInt8]) -> Int {
    guard let header = try? MailHeader(message[...], hasFromLine: true) else { return 0 }
    let lowered = name.map { lower($0) }
    return header.fields.first { $0.name == lowered }?.start ?? 0
  }
}

extension ArraySlice<UInt8> {
  /// The slice without an LF or CRLF at its end.
  var trimmingLineEnd: ArraySlice<UInt8> {
    guard last == 0x0A else { return self }
    return dropLast(dropLast().last == 0x0D ? 2 : 1)
  }

  /// The slice without space and tab at its ends.
  var trimmingBlanks: ArraySlice<UInt8> {
    var slice = drop { $0 == 0x20 || $0 == 0x09 }
    while let last = slice.last, last == 0x20 || last == 0x09 { slice.removeLast() }
    return slice
  }
}
