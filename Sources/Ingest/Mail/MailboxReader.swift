package import CSV

/// Reads a mailbox (RFC 4155): each message is a record, its header fields and some parts of it are the fields.
///
/// A message starts at a line that begins with `From ` and is the first one or follows a blank one. Where the variant says
/// so and the length is at most the record limit, `Content-Length` jumps over the body, as long as a message or the end
/// follows there; else the length is wrong, the message a reject, and its body is searched for the next message like any
/// other. Only the first `maximumRecordByteCount` bytes of a message are kept, and all of them counted.
package final class MailboxReader {
  /// How the mailbox protects lines of a body that begin with `From `.
  package enum Variant: String, CaseIterable, Sendable {
    /// With a `>` that nobody can take away again.
    case mboxo
    /// With a `>`, also before `>From `, so that one `>` can be taken away.
    case mboxrd
    /// As `mboxo`, and `Content-Length` says the length of the body.
    case mboxcl
    /// Not at all: `Content-Length` says the length of the body.
    case mboxcl2

    var countsBodies: Bool { self == .mboxcl || self == .mboxcl2 }
  }

  private let parts: [MailPart]
  private let variant: Variant
  private let limits: RecordLimits
  /// Bytes from `position` on are still to be looked at.
  private var pending: [UInt8] = []
  private var position = 0
  /// The offset of `pending`'s first byte.
  private var pendingOffset = 0
  private var line = 1
  /// Whether a message may start at the next line.
  private var isBehindBlank = true
  /// Whether the next bytes go on with a line that was longer than `lineLimit`.
  private var isInLine = false
  private var isEnded = false
  private var message: MailDraft?
  /// The length that the header of the message in progress gives its body, until it is proved.
  private var declaredByteCount: Int?
  private var threads = MailThreads()

  /// What `push`, `advance` or `finish` completed: at most one message.
  package private(set) var batch = RecordBatch()
  /// What became of the input so far.
  package private(set) var counts = RecordCounts()

  /// As much of a line as is looked at to tell what it is.
  private static let lineLimit = 1 << 16
  /// The first bytes of a message.
  static let fromMark = Array("From ".utf8)
  /// What must be seen behind a body to prove its length: two line ends and the start of a message.
  private static let proofByteCount = 9

  /// 256 KiB of a message are kept: its text without most of what is attached.
  package static let usualLimits = RecordLimits(maximumRecordByteCount: 1 << 18)

  /// Makes a reader of some parts of each message: names of header fields, and `$text`, `$thread` and so on.
  package init(parts: [[UInt8]], variant: Variant, limits: RecordLimits = MailboxReader.usualLimits) {
    self.parts = parts.map { MailPart($0) }
    self.variant = variant
    self.limits = limits
  }

  /// Reads the next bytes of the member.
  package func push(_ chunk: UnsafeRawBufferPointer) {
    pending.removeFirst(position)
    pendingOffset += position
    position = 0
    pending.append(contentsOf: chunk)
    _ = advance()
  }

  /// Ends the member.
  package func finish() {
    isEnded = true
    _ = advance()
  }

  /// Goes on to the next complete message; false where there is none.
  @discardableResult
  package func advance() -> Bool {
    batch = RecordBatch()
    while batch.records.isEmpty, batch.rejects.isEmpty {
      if let declared = declaredByteCount {
        guard takeBody(declared) else { return false }
      } else if let end = lineEnd {
        takeLine(end)
      } else if isEnded, let last = message {
        message = nil
        complete(last)
      } else {
        return false
      }
    }
    return true
  }

  // MARK: - Lines

  /// The end of the next line, or of as much of it as is needed; nil where more bytes are.
  private var lineEnd: Int? {
    if let feed = pending[position...].firstIndex(of: 0x0A) { return feed + 1 }
    let count = pending.count - position
    return count >= MailboxReader.lineLimit || (isEnded && count > 0) ? pending.count : nil
  }

  private func takeLine(_ end: Int) {
    let bytes = pending[position..<end]
    let isWhole = bytes.last == 0x0A
    guard !isInLine else {
      message?.append(bytes)
      return leaveLine(end, isWhole: isWhole)
    }
    let isBlank = isWhole && (bytes.count == 1 || (bytes.count == 2 && bytes.first == 0x0D))
    if isBehindBlank, bytes.starts(with: MailboxReader.fromMark) {
      // The line is looked at again once the message before it is handed out.
      if let previous = message {
        message = nil
        return complete(previous)
      }
      message = MailDraft(
        offset: pendingOffset + position, line: line, isStray: false, byteLimit: limits.maximumRecordByteCount)
    } else if message == nil {
      if isBlank {
        counts.blankCount += 1
      } else {
        message = MailDraft(
          offset: pendingOffset + position, line: line, isStray: true, byteLimit: limits.maximumRecordByteCount)
      }
    }
    let isHeaderOpen = message.map { $0.headerEnd == nil && !$0.isStray } ?? false
    message?.append(bytes, isBlank: isBlank)
    if isHeaderOpen, isBlank {
      message?.endHeader()
      if variant.countsBodies { declaredByteCount = message?.declaredByteCount(limit: limits.maximumRecordByteCount) }
    }
    if variant == .mboxrd, !isHeaderOpen, MailboxReader.isQuoted(bytes.prefix(MailboxReader.lineLimit)) {
      message?.quoteCount += 1
    }
    isBehindBlank = isBlank
    leaveLine(end, isWhole: isWhole)
  }

  private func leaveLine(_ end: Int, isWhole: Bool) {
    position = end
    isInLine = !isWhole
    if isWhole { line += 1 }
  }

  /// Whether a line is `From ` behind at least one `>`.
  static func isQuoted(_ line: ArraySlice<UInt8>) -> Bool {
    guard line.first == 0x3E else { return false }
    return line.drop { $0 == 0x3E }.starts(with: fromMark)
  }

  // MARK: - Counted bodies

  /// Takes a body by its declared length, or finds the length wrong; false where more bytes are needed.
  private func takeBody(_ byteCount: Int) -> Bool {
    guard isEnded || pending.count - position >= byteCount + MailboxReader.proofByteCount else { return false }
    declaredByteCount = nil
    let end = position + byteCount
    guard end <= pending.count, isProved(end) else {
      message?.isLengthWrong = true
      return true
    }
    let body = pending[position..<end]
    message?.append(body)
    message?.bodyByteCount = byteCount
    line += body.count { $0 == 0x0A }
    position = end
    isBehindBlank = true
    return true
  }

  /// Whether a message or the end of the mailbox follows a body that ends at `end`.
  private func isProved(_ end: Int) -> Bool {
    var next = end
    var isLineEnded = end == position || pending[end - 1] == 0x0A
    for _ in 0..<2 {
      let isPair = pending[next...].starts(with: [0x0D, 0x0A])
      guard isPair || (next < pending.count && pending[next] == 0x0A) else { break }
      next += isPair ? 2 : 1
      isLineEnded = true
    }
    let isAtEnd = isEnded && next == pending.count
    return isAtEnd || (isLineEnded && pending[next...].starts(with: MailboxReader.fromMark))
  }

  // MARK: - Messages

  private func complete(_ draft: MailDraft) {
    batch.window = draft.kept
    batch.windowOffset = draft.offset
    func reject(_ code: String, at position: Int) {
      batch.reject(
        code, line: draft.line, offset: draft.offset, errorAt: draft.offset + position, byteCount: draft.byteCount,
        draft.kept, &counts)
    }
    if draft.isStray { return reject("no-from-line", at: 0) }
    if draft.isHeaderCut { return reject(Reject.Code.recordTooLong.rawValue, at: draft.kept.count) }
    if draft.isLengthWrong { return reject("wrong-length", at: draft.headerEnd ?? 0) }
    let header: MailHeader
    do throws(MailHeader.Fault) {
      header = try MailHeader(draft.header, hasFromLine: true)
    } catch {
      return reject("bad-header", at: error.position)
    }
    let content = MailMessage(
      header: header, body: draft.keptBody, bodyByteCount: draft.measuredBodyByteCount,
      isQuoted: variant == .mboxrd, thread: threads.take(header))
    batch.records.append(
      RecordPosition(
        firstField: 0, fieldCount: parts.count, line: draft.line, byteOffset: draft.offset,
        byteCount: draft.kept.count))
    for part in parts {
      batch.bytes.append(contentsOf: content.value(of: part))
      batch.fieldEnds.append(batch.bytes.count)
    }
    counts.recordCount += 1
  }
}
