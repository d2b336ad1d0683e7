/// Three lines that commit to the whole log at one moment; kept elsewhere, they show truncation and re-writing.
///
/// The body of a C2SP tlog-checkpoint: origin, size, base64 of the root; the root is the last log file's digest.
public struct Checkpoint: Sendable, Hashable {
  /// `nightjar/` and the first 16 digits of the signer's key id.
  public let origin: String
  /// The number of entries.
  public let entryCount: Int
  /// The digest of the last entry's file.
  public let headDigest: SHA256Digest

  init(origin: String, entryCount: Int, headDigest: SHA256Digest) {
    self.origin = origin
    self.entryCount = entryCount
    self.headDigest = headDigest
  }

  /// Reads a checkpoint file.
  public init(ofFile path: String) throws(LedgerError) {
    let text = String(decoding: try SystemCalls.readFile(path), as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard lines.count == 4, lines[3].isEmpty, lines[0].hasPrefix("nightjar/"), let count = Int(lines[1]), count > 0,
      let root = Base64.decode(lines[2]), let digest = SHA256Digest(hex: root.lowercaseHex)
    else {
      throw LedgerError(
        .checkpointMismatch, "\(path) is no checkpoint: three lines with origin, size and root expected")
    }
    self.init(origin: lines[0], entryCount: count, headDigest: digest)
  }

  /// The three lines.
  public var text: String { "\(origin)\n\(entryCount)\n\(Base64.encode(headDigest.bytes))\n" }

  /// Writes the three lines to a file outside or inside of the home.
  public func write(to path: String) throws(LedgerError) { try SystemCalls.writeFile(path, Array(text.utf8)) }
}
