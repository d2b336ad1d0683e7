/// A DSSE envelope with one Ed25519 signature: the bytes of a log file.
///
/// Source: github.com/secure-systems-lab/dsse, protocol.md and envelope.md; RFC 8032.
package struct Envelope: Sendable, Hashable {
  /// The payload type of in-toto statements.
  package static let payloadType = "application/vnd.in-toto+json"

  /// The statement's bytes.
  package let payload: [UInt8]
  /// SHA-256 of the signer's raw public key.
  package let keyIdentifier: SHA256Digest
  /// The 64 bytes of the signature.
  package let signature: [UInt8]

  /// Signs a payload.
  package init(signing payload: [UInt8], with key: SigningKey) throws(LedgerError) {
    self.payload = payload
    keyIdentifier = key.publicKey.identifier
    signature = try key.sign(Envelope.preAuthenticationEncoding(payload))
  }

  /// Reads a log file; nil where its bytes are not exactly those that writing would give.
  package init?(reading file: [UInt8]) {
    guard file.last == UInt8(ascii: "\n"), let json = CanonicalJSON(reading: file.dropLast()),
      let payload = json["payload"]?.stringValue.flatMap(Base64.decode),
      let signatures = json["signatures"]?.arrayValue, signatures.count == 1,
      let identifier = signatures[0]["keyid"]?.stringValue.flatMap(SHA256Digest.init(hex:)),
      let signature = signatures[0]["sig"]?.stringValue.flatMap(Base64.decode)
    else { return nil }
    self.payload = payload
    self.keyIdentifier = identifier
    self.signature = signature
    guard bytes == file else { return nil }
  }

  /// The bytes of the log file: one line and LF.
  package var bytes: [UInt8] {
    let signatures = CanonicalJSON.object([
      "keyid": .string(keyIdentifier.hex), "sig": .string(Base64.encode(signature)),
    ])
    let envelope = CanonicalJSON.object([
      "payload": .string(Base64.encode(payload)), "payloadType": .string(Envelope.payloadType),
      "signatures": .array([signatures]),
    ])
    return envelope.bytes + [UInt8(ascii: "\n")]
  }

  /// Whether the signature is this key's over this payload.
  package func isSigned(by key: PublicKey) -> Bool {
    keyIdentifier == key.identifier
      && key.verifies(signature: signature, of: Envelope.preAuthenticationEncoding(payload))
  }

  /// DSSE's PAE: `DSSEv1 SP LEN(type) SP type SP LEN(payload) SP payload`.
  package static func preAuthenticationEncoding(_ payload: [UInt8], type: String = payloadType) -> [UInt8] {
    Array("DSSEv1 \(type.utf8.count) \(type) \(payload.count) ".utf8) + payload
  }
}
