/// SipHash-2-4: a keyed 64-bit hash of bytes (Aumasson and Bernstein, 2012).
///
/// Used where a pseudonym is needed for every row and an HMAC would cost too much (counterparties, cells), and for
/// draws that must not be guessed without the key (control groups).
public struct SipHash: Sendable {
  @usableFromInline package let key0: UInt64
  @usableFromInline package let key1: UInt64

  /// Makes a hash with a 128-bit key, given as two little-endian words.
  public init(key0: UInt64, key1: UInt64) {
    self.key0 = key0
    self.key1 = key1
  }

  /// Makes a hash with the first 16 bytes of `key`; `key` must have at least 16.
  public init(key: some Collection<UInt8>) {
    precondition(key.count >= 16, "a SipHash key has 16 bytes")
    var words: (UInt64, UInt64) = (0, 0)
    for (index, byte) in key.prefix(16).enumerated() {
      if index < 8 {
        words.0 |= UInt64(byte) << UInt64(8 * index)
      } else {
        words.1 |= UInt64(byte) << UInt64(8 * (index - 8))
      }
    }
    self.init(key0: words.0, key1: words.1)
  }

  /// Hashes a byte sequence. O(count).
  @inlinable public func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
    var state = State(key0: key0, key1: key1)
    var word: UInt64 = 0
    var length: UInt64 = 0
    for byte in bytes {
      word |= UInt64(byte) << ((length & 7) * 8)
      length += 1
      if length & 7 == 0 {
        state.absorb(word)
        word = 0
      }
    }
    state.absorb(word | (length << 56))
    return state.finish()
  }

  /// Hashes the UTF-8 bytes of a text. O(count).
  @inlinable public func hash(_ text: some StringProtocol) -> UInt64 { hash(text.utf8) }

  @usableFromInline struct State {
    @usableFromInline var v0, v1, v2, v3: UInt64

    @inlinable @inline(__always) init(key0: UInt64, key1: UInt64) {
      v0 = key0 ^ 0x736f_6d65_7073_6575
      v1 = key1 ^ 0x646f_7261_6e64_6f6d
      v2 = key0 ^ 0x6c79_6765_6e65_7261
      v3 = key1 ^ 0x7465_6462_7974_6573
    }

    @inlinable @inline(__always) mutating func round() {
      v0 &+= v1
      v1 = (v1 << 13 | v1 >> 51) ^ v0
      v0 = v0 << 32 | v0 >> 32
      v2 &+= v3
      v3 = (v3 << 16 | v3 >> 48) ^ v2
      v0 &+= v3
      v3 = (v3 << 21 | v3 >> 43) ^ v0
      v2 &+= v1
      v1 = (v1 << 17 | v1 >> 47) ^ v2
      v2 = v2 << 32 | v2 >> 32
    }

    @inlinable @inline(__always) mutating func absorb(_ word: UInt64) {
      v3 ^= word
      round()
      round()
      v0 ^= word
    }

    @inlinable @inline(__always) mutating func finish() -> UInt64 {
      v2 ^= 0xFF
      for _ in 0..<4 { round() }
      return v0 ^ v1 ^ v2 ^ v3
    }
  }
}
