import Crypto
import FoundationEssentials
public import Ledger

/// The bytes of rejected rows, encrypted, so that they can be repaired and read again (format: Vault.md).
public struct SealedRejects: Sendable {
  /// One rejected row.
  public struct Row: Sendable, Hashable {
    /// Digest of the delivery.
    public var delivery: Ledger.SHA256Digest
    /// Number of the archive member, from 0.
    public var memberIndex: UInt32
    /// Offset of the row's first byte within the member.
    public var recordByte: UInt64
    /// The row as delivered, without its line end.
    public var bytes: [UInt8]

    /// Makes a row.
    public init(delivery: Ledger.SHA256Digest, memberIndex: UInt32, recordByte: UInt64, bytes: [UInt8]) {
      self.delivery = delivery
      self.memberIndex = memberIndex
      self.recordByte = recordByte
      self.bytes = bytes
    }

    fileprivate var place: [UInt8] {
      delivery.bytes + littleEndian(UInt64(memberIndex), byteCount: 4) + littleEndian(recordByte, byteCount: 8)
    }
  }

  private static let magic = Array("NJSEAL1\n".utf8)
  private static let placeByteCount = 44
  private static let nonceByteCount = 12
  private static let tagByteCount = 16

  private let sealingKey: SymmetricKey
  private let nonceKey: SymmetricKey

  /// Makes a sealer and opener with the keys derived from `key`.
  public init(_ key: PseudonymKey) {
    sealingKey = SymmetricKey(data: key.derived("rejects"))
    nonceKey = SymmetricKey(data: key.derived("rejects-nonce"))
  }

  /// The file of some rows, in their order; equal rows give equal bytes.
  public func seal(_ rows: [Row]) throws(VaultError) -> [UInt8] {
    var file = SealedRejects.magic
    for row in rows {
      let place = row.place
      let code = HMAC<SHA256>.authenticationCode(for: place + row.bytes, using: nonceKey)
      let nonceBytes = Array(code.prefix(SealedRejects.nonceByteCount))
      guard let nonce = try? AES.GCM.Nonce(data: nonceBytes),
        let box = try? AES.GCM.seal(row.bytes, using: sealingKey, nonce: nonce, authenticating: place)
      else { throw VaultError(.damagedFile, "a rejected row could not be encrypted") }
      let rest = place + nonceBytes + Array(box.ciphertext) + Array(box.tag)
      file += littleEndian(UInt64(rest.count), byteCount: 4) + rest
    }
    return file
  }

  /// The rows of a file; throws where a byte of it was changed or the key is another.
  public func open(_ file: [UInt8]) throws(VaultError) -> [Row] {
    let damaged = VaultError(.damagedFile, "a file of sealed rejects is damaged, or was sealed under another key")
    guard file.starts(with: SealedRejects.magic) else { throw damaged }
    var position = SealedRejects.magic.count
    let overhead = SealedRejects.placeByteCount + SealedRejects.nonceByteCount + SealedRejects.tagByteCount
    var rows: [Row] = []
    while position < file.count {
      guard file.count - position >= 4 else { throw damaged }
      let length = Int(number(file[position..<position + 4]))
      position += 4
      guard length >= overhead, length <= file.count - position else { throw damaged }
      let record = Array(file[position..<position + length])
      position += length
      let place = Array(record[..<SealedRejects.placeByteCount])
      let nonceBytes = record[
        SealedRejects.placeByteCount..<SealedRejects.placeByteCount + SealedRejects.nonceByteCount]
      let sealed = record[(SealedRejects.placeByteCount + SealedRejects.nonceByteCount)...]
      guard let digest = Ledger.SHA256Digest(rawBytes: Array(place[..<32])),
        let nonce = try? AES.GCM.Nonce(data: nonceBytes),
        let box = try? AES.GCM.SealedBox(
          nonce: nonce, ciphertext: sealed.dropLast(SealedRejects.tagByteCount),
          tag: sealed.suffix(SealedRejects.tagByteCount)),
        let bytes = try? AES.GCM.open(box, using: sealingKey, authenticating: place)
      else { throw damaged }
      rows.append(
        Row(
          delivery: digest, memberIndex: UInt32(number(place[32..<36])), recordByte: number(place[36..<44]),
          bytes: Array(bytes)))
    }
    return rows
  }
}

private func littleEndian(_ value: UInt64, byteCount: Int) -> [UInt8] {
  (0..<byteCount).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
}

private func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
  bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
}

extension Ledger.SHA256Digest {
  /// The digest with these 32 bytes; nil for any other length.
  fileprivate init?(rawBytes bytes: [UInt8]) {
    let digits = Array("0123456789abcdef".utf8)
    self.init(hex: String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self))
  }
}
