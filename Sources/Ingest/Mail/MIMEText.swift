/// Finds the text of a message among its MIME parts (RFC 2045, RFC 2046).
enum MIMEText {
  /// The deepest nesting of parts that is followed.
  private static let depthLimit = 8
  /// The most parts that are looked at on one level.
  private static let partLimit = 100

  /// The first part that is plain text and no attachment, as UTF-8; empty where there is none, or it cannot be decoded.
  static func text(_ header: MailHeader, _ body: ArraySlice<UInt8>) -> [UInt8] { find(header, body, depth: 0) ?? [] }

  private static func find(_ header: MailHeader, _ body: ArraySlice<UInt8>, depth: Int) -> [UInt8]? {
    let (type, parameters) = parameters(header.value(of: "content-type"))
    if type.hasPrefix("multipart/") {
      guard depth < depthLimit, let boundary = parameters["boundary"], !boundary.isEmpty else { return nil }
      for part in parts(body, boundary: Array(boundary.utf8)) {
        guard let partHeader = try? MailHeader(part, hasFromLine: false) else { continue }
        if let text = find(partHeader, afterHeader(part), depth: depth + 1) { return text }
      }
      return nil
    }
    guard type.isEmpty || type == "text/plain" else { return nil }
    guard !self.parameters(header.value(of: "content-disposition")).type.hasPrefix("attachment") else { return nil }
    let encoding = String(decoding: header.value(of: "content-transfer-encoding"), as: UTF8.self).lowercased()
    let raw: [UInt8]?
    switch encoding {
    case "base64": raw = TransferEncoding.base64(body)
    case "quoted-printable": raw = TransferEncoding.quotedPrintable(body, isHeader: false)
    default: raw = Array(body)
    }
    return raw.flatMap { MailCharset.utf8($0, charset: Array((parameters["charset"] ?? "").utf8)) }
  }

  /// The parts between the lines that begin with `--` and the boundary.
  private static func parts(_ body: ArraySlice<UInt8>, boundary: [UInt8]) -> [ArraySlice<UInt8>] {
    let mark = [0x2D, 0x2D] + boundary
    var parts: [ArraySlice<UInt8>] = []
    var partStart: Int?
    var start = body.startIndex
    while start < body.endIndex, parts.count < partLimit {
      let end = body[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? body.endIndex
      if body[start..<end].starts(with: mark) {
        // The line end before the boundary belongs to the boundary.
        if let partStart { parts.append(body[partStart..<start].trimmingLineEnd) }
        if body[(start + mark.count)..<end].starts(with: [0x2D, 0x2D]) { return parts }
        partStart = end
      }
      start = end
    }
    if let partStart, partStart <= body.endIndex, parts.count < partLimit { parts.append(body[partStart...]) }
    return parts
  }

  /// What follows the first blank line; a part that begins with one has no header.
  private static func afterHeader(_ part: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var start = part.startIndex
    while start < part.endIndex {
      let end = part[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? part.endIndex
      if part[start..<end].trimmingLineEnd.isEmpty { return part[end...] }
      start = end
    }
    return []
  }

  /// A value such as `text/plain; charset="utf-8"`: its type and parameters, names in lower case.
  private static func parameters(_ value: [UInt8]) -> (type: String, [String: String]) {
    var pieces: [String] = []
    var piece: [UInt8] = []
    var isQuoted = false
    var isEscaped = false
    for byte in value {
      if isEscaped {
        piece.append(byte)
        isEscaped = false
      } else if byte == 0x5C, isQuoted {
        isEscaped = true
      } else if byte == 0x22 {
        isQuoted.toggle()
      } else if byte == 0x3B, !isQuoted {
        pieces.append(String(decoding: piece[...].trimmingBlanks, as: UTF8.self))
        piece = []
      } else {
        piece.append(byte)
      }
    }
    pieces.append(String(decoding: piece[...].trimmingBlanks, as: UTF8.self))
    var named: [String: String] = [:]
    for piece in pieces.dropFirst() {
      guard let equals = piece.firstIndex(of: "=") else { continue }
      let name = piece[..<equals].lowercased()
      if named[name] == nil { named[name] = String(piece[piece.index(after: equals)...]) }
    }
    return (pieces[0].lowercased(), named)
  }
}
