import Crypto
public import FoundationEssentials

/// The SHA-256 of some bytes: the name of a product, the identity of a delivery, the link of the log's chain.
public struct SHA256Digest: Hashable, Sendable {
  /// The 32 bytes.
  public let bytes: [UInt8]

  /// Digests bytes.
  public init(of bytes: [UInt8]) { self.bytes = Array(SHA256.hash(data: bytes)) }

  /// Digests the UTF-8 bytes of a text.
  public init(of text: String) { self.init(of: Array(text.utf8)) }

  /// Digests a file's bytes, streaming.
  public init(ofFile path: String) throws(LedgerError) {
    var hash = SHA256()
    try SystemCalls.readChunks(path) { hash.update(data: $0) }
    bytes = Array(hash.finalize())
  }

  /// Makes a digest of bytes that come in pieces.
  public struct Stream {
    private var hash = SHA256()
    /// The number of bytes so far.
    public private(set) var byteCount: Int64 = 0

    /// Starts with no bytes.
    public init() {}

    /// Adds the next bytes.
    public mutating func update(_ bytes: some DataProtocol) {
      hash.update(data: bytes)
      byteCount += Int64(bytes.count)
    }

    /// The digest of all bytes added.
    public func finish() -> SHA256Digest { SHA256Digest(hash.finalize()) }
  }

  /// The digest of no bytes.
  public static let ofNothing = SHA256Digest(of: [])

  private init(_ digest: SHA256.Digest) { bytes = Array(digest) }

  /// Reads 64 lowercase hexadecimal digits; nil for anything else.
  public init?(hex: String) {
    guard hex.utf8.count == 64, let bytes = [UInt8](lowercaseHex: hex) else { return nil }
    self.bytes = bytes
  }

  /// The first 63 bits as a number that is never negative: how facts name the delivery that brought them.
  public var head63: Int64 { Int64(bytes.prefix(8).reduce(0 as UInt64) { $0 << 8 | UInt64($1) } >> 1) }

  /// The digest as 64 lowercase hexadecimal digits.
  public var hex: String { bytes.lowercaseHex }
}

extension SHA256Digest: Comparable, CustomStringConvertible {
  /// The hexadecimal digits.
  public var description: String { hex }

  /// Orders digests by their bytes.
  public static func < (a: SHA256Digest, b: SHA256Digest) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }
}

extension [UInt8] {
  /// The bytes as lowercase hexadecimal digits.
  package var lowercaseHex: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// Reads pairs of lowercase hexadecimal digits; nil for anything else.
  package init?(lowercaseHex text: String) {
    let digits = Array(text.utf8)
    guard digits.count.isMultiple(of: 2) else { return nil }
    func value(_ digit: UInt8) -> UInt8? {
      switch digit {
      case 0x30...0x39: digit - 0x30
      case 0x61...0x66: digit - 0x61 + 10
      default: nil
      }
    }
    self = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = value(digits[index]), let low = value(digits[index + 1]) else { return nil }
      append(high << 4 | low)
    }
  }
}
