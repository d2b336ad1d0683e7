import Crypto
import FoundationEssentials

/// The public half of the key that signs a log.
public struct PublicKey: Sendable, Hashable {
  /// The raw 32 bytes (RFC 8032).
  public let bytes: [UInt8]

  /// Reads 32 raw bytes; nil where there are more or fewer.
  public init?(bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  /// Reads a key from 64 hexadecimal digits, or from a file that holds those digits or the 32 raw bytes.
  public init(hexOrFile text: String) throws(LedgerError) {
    if let bytes = [UInt8](lowercaseHex: text), let key = PublicKey(bytes: bytes) {
      self = key
      return
    }
    let content = try SystemCalls.readFile(text)
    let line = String(decoding: content.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    guard let key = PublicKey(bytes: content) ?? [UInt8](lowercaseHex: line).flatMap(PublicKey.init(bytes:)) else {
      throw LedgerError(.missingKey, "\(text) holds no Ed25519 public key: 32 raw bytes or 64 hexadecimal digits")
    }
    self = key
  }

  /// The key id: SHA-256 of the raw bytes.
  public var identifier: SHA256Digest { SHA256Digest(of: bytes) }

  /// Whether `signature` is this key's signature of `message`.
  func verifies(signature: [UInt8], of message: [UInt8]) -> Bool {
    guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes) else { return false }
    return key.isValidSignature(signature, for: message)
  }
}

/// The key that signs a log: an Ed25519 seed in a file outside the home.
package struct SigningKey: Sendable {
  /// The name of the private file in the keys folder.
  package static let fileName = "signing.key"
  /// The name of the public file in the keys folder.
  package static let publicFileName = "signing.pub"

  private let key: Curve25519.Signing.PrivateKey

  /// Makes a new key from the kernel's random bytes.
  package init() { key = Curve25519.Signing.PrivateKey() }

  /// Makes the key of a seed; nil where there are not 32 bytes.
  package init?(seed: [UInt8]) {
    guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else { return nil }
    self.key = key
  }

  /// Reads the key of a keys folder.
  package init(inFolder folder: String) throws(LedgerError) {
    let path = folder + "/" + SigningKey.fileName
    let content: [UInt8]
    do { content = try SystemCalls.readFile(path) } catch {
      guard error.code == .missingFile else { throw error }
      throw LedgerError(
        .missingKey, "\(error.message); name the folder that holds the signing key with --keys or NIGHTJAR_KEYS")
    }
    let line = String(decoding: content.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    guard let key = [UInt8](lowercaseHex: line).flatMap(SigningKey.init(seed:)) else {
      throw LedgerError(.missingKey, "\(path) holds no signing key: 64 hexadecimal digits and LF expected")
    }
    self = key
  }

  /// The bytes of the private file.
  package var fileBytes: [UInt8] { Array((Array(key.rawRepresentation).lowercaseHex + "\n").utf8) }

  /// The public half.
  package var publicKey: PublicKey {
    guard let publicKey = PublicKey(bytes: Array(key.publicKey.rawRepresentation)) else {
      preconditionFailure("an Ed25519 public key has 32 bytes")
    }
    return publicKey
  }

  /// Signs a message; equal messages give equal signatures (RFC 8032; held by a test).
  package func sign(_ message: [UInt8]) throws(LedgerError) -> [UInt8] {
    do { return Array(try key.signature(for: message)) } catch {
      throw LedgerError(.missingKey, "the signing key cannot sign: \(error)")
    }
  }
}
