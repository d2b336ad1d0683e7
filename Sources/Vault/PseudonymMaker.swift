import CSHA256
import Crypto

/// Makes pseudonyms of one domain, for those who need very many: what is the same for all is computed once.
///
/// `HMAC` (RFC 2104) of short keys, two blocks each, from the states of SHA-256 behind the padded key. Where the processor
/// has instructions for SHA-256, and the operator's key is short enough for one block, these hash; otherwise the library does
/// (`Vault.docc/DecisionPseudonymBlocks.md`).
public struct PseudonymMaker: Sendable {
  /// What the library hashes on with.
  private let inner: SHA256
  private let outer: SHA256
  /// The words of these states, where the processor hashes.
  private let innerWords: [UInt32]
  private let outerWords: [UInt32]
  /// What stands before the operator's key.
  private let prefix: [UInt8]
  private let usesInstructions: Bool
  // What is hashed, and the state.
  private var block = [UInt8](repeating: 0, count: SHA256.blockByteCount)
  private var words = [UInt32](repeating: 0, count: 8)

  /// The first words of SHA-256.
  private static let initialWords: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]

  /// Prepares a key of at most one block; `byLibrary` leaves the instructions alone.
  package init(_ key: [UInt8], _ domain: PseudonymKey.Domain, byLibrary: Bool = false) {
    let padded = key + Array(repeating: 0, count: SHA256.blockByteCount - key.count)
    let (innerKey, outerKey) = (padded.map { $0 ^ 0x36 }, padded.map { $0 ^ 0x5C })
    prefix = Array(domain.rawValue.utf8) + [0x3A]
    var (inner, outer) = (SHA256(), SHA256())
    inner.update(data: innerKey)
    inner.update(data: prefix)
    outer.update(data: outerKey)
    self.inner = inner
    self.outer = outer
    usesInstructions = !byLibrary && nightjar_can_sha256() != 0
    innerWords = usesInstructions ? PseudonymMaker.words(behind: innerKey) : []
    outerWords = usesInstructions ? PseudonymMaker.words(behind: outerKey) : []
  }

  private static func words(behind key: [UInt8]) -> [UInt32] {
    var words = initialWords
    nightjar_sha256_compress(&words, key)
    return words
  }

  /// The pseudonym of an operator's key: what `PseudonymKey.pseudonym` says of it.
  public mutating func pseudonym(_ operatorKey: [UInt8]) -> Int64 {
    // Behind the message stand a bit and the length, 9 bytes.
    let byteCount = prefix.count + operatorKey.count
    guard usesInstructions, byteCount <= SHA256.blockByteCount - 9 else { return libraryPseudonym(operatorKey) }
    for index in 0..<prefix.count { block[index] = prefix[index] }
    for index in 0..<operatorKey.count { block[prefix.count + index] = operatorKey[index] }
    hash(byteCount, after: innerWords)
    for index in 0..<8 {
      for byte in 0..<4 { block[index * 4 + byte] = UInt8(truncatingIfNeeded: words[index] >> UInt32(24 - 8 * byte)) }
    }
    hash(SHA256.byteCount, after: outerWords)
    return Int64((UInt64(words[0]) << 32 | UInt64(words[1])) >> 1)
  }

  /// Hashes the first bytes of `block` as the second and last of a message.
  private mutating func hash(_ byteCount: Int, after start: [UInt32]) {
    let bitCount = (SHA256.blockByteCount + byteCount) * 8
    block[byteCount] = 0x80
    for index in byteCount + 1..<SHA256.blockByteCount - 2 { block[index] = 0 }
    block[SHA256.blockByteCount - 2] = UInt8(truncatingIfNeeded: bitCount >> 8)
    block[SHA256.blockByteCount - 1] = UInt8(truncatingIfNeeded: bitCount)
    for index in 0..<8 { words[index] = start[index] }
    nightjar_sha256_compress(&words, block)
  }

  private func libraryPseudonym(_ operatorKey: [UInt8]) -> Int64 {
    var (inner, outer) = (inner, outer)
    inner.update(data: operatorKey)
    outer.update(data: Array(inner.finalize()))
    return Int64(outer.finalize().prefix(8).reduce(0 as UInt64) { $0 << 8 | UInt64($1) } >> 1)
  }
}
