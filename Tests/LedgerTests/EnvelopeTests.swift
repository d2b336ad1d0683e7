import Ledger
import Testing

struct EnvelopeTests {
  /// RFC 8032, section 7.1, test 2.
  private let seed = [UInt8](lowercaseHex: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb") ?? []

  @Test func `signing follows RFC 8032`() throws {
    let key = try #require(SigningKey(seed: seed))
    #expect(
      key.publicKey.bytes.lowercaseHex == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    let signature = try key.sign([0x72])
    #expect(
      signature.lowercaseHex == "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")
  }

  @Test func `two signatures of the same bytes are equal`() throws {
    let key = SigningKey()
    for count in [0, 1, 100, 10_000] {
      let message = [UInt8](repeating: 7, count: count)
      #expect(try key.sign(message) == key.sign(message))
    }
  }

  @Test func `the pre-authentication encoding follows DSSE`() {
    // The example of protocol.md: type http://example.com/HelloWorld, body "hello world".
    let encoded = Envelope.preAuthenticationEncoding(
      Array("hello world".utf8), type: "http://example.com/HelloWorld")
    #expect(encoded == Array("DSSEv1 29 http://example.com/HelloWorld 11 hello world".utf8))
  }

  @Test func `an envelope is read back and belongs to its key only`() throws {
    let (key, other) = (SigningKey(), SigningKey())
    let envelope = try Envelope(signing: Array("payload".utf8), with: key)
    let read = try #require(Envelope(reading: envelope.bytes))
    #expect(read == envelope)
    #expect(read.isSigned(by: key.publicKey))
    #expect(!read.isSigned(by: other.publicKey))
  }

  @Test func `an envelope without its line feed, or with more, is refused`() throws {
    let bytes = try Envelope(signing: [1], with: SigningKey()).bytes
    #expect(Envelope(reading: Array(bytes.dropLast())) == nil)
    #expect(Envelope(reading: bytes + [UInt8(ascii: "\n")]) == nil)
    #expect(Envelope(reading: []) == nil)
  }
}
