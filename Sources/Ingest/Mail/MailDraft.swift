/// A message while its lines are read: the first bytes of it, and counts of the rest.
struct MailDraft {
  let offset: Int
  let line: Int
  /// Whether it is no message but what stands before the first one.
  let isStray: Bool
  /// How many bytes are kept.
  let byteLimit: Int
  private(set) var kept: [UInt8] = []
  private(set) var byteCount = 0
  /// Where the body starts; nil as long as the header goes on.
  private(set) var headerEnd: Int?
  /// The length of the last line where it is blank: it parts this message from the next one.
  private var blankByteCount = 0
  /// Lines of the body from which a reader takes a `>`.
  var quoteCount = 0
  /// The proved length of the body.
  var bodyByteCount: Int?
  /// Whether the declared length is wrong.
  var isLengthWrong = false

  init(offset: Int, line: Int, isStray: Bool, byteLimit: Int) {
    self.offset = offset
    self.line = line
    self.isStray = isStray
    self.byteLimit = byteLimit
  }

  mutating func append(_ bytes: ArraySlice<UInt8>, isBlank: Bool = false) {
    if kept.count < byteLimit { kept.append(contentsOf: bytes.prefix(byteLimit - kept.count)) }
    byteCount += bytes.count
    blankByteCount = isBlank ? bytes.count : 0
  }

  mutating func endHeader() {
    headerEnd = byteCount
    blankByteCount = 0
  }

  /// Whether the header is longer than what is kept.
  var isHeaderCut: Bool { (headerEnd ?? byteCount) > kept.count }

  /// The header as delivered, with the first line.
  var header: ArraySlice<UInt8> { kept[..<min(headerEnd ?? byteCount, kept.count)] }

  /// What is kept of the body.
  var keptBody: ArraySlice<UInt8> {
    guard let headerEnd, headerEnd < kept.count else { return [] }
    return kept[headerEnd...].prefix(bodyByteCount ?? byteCount - headerEnd - blankByteCount)
  }

  /// The length of the body as its reader sees it.
  var measuredBodyByteCount: Int {
    guard let headerEnd else { return 0 }
    return bodyByteCount ?? byteCount - headerEnd - blankByteCount - quoteCount
  }

  /// The length that the header gives the body; nil where it gives none, or a longer one than `limit`.
  func declaredByteCount(limit: Int) -> Int? {
    guard !isHeaderCut, let header = try? MailHeader(self.header, hasFromLine: true) else { return nil }
    let text = header.value(of: "content-length")
    guard !text.isEmpty, text.count <= 9, text.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    let count = text.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    return count <= limit ? count : nil
  }
}
