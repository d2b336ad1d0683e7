import CSipHash
package import Randomness

/// Short texts, one a line, as the words that a keyed hash takes in: gathered line by line, hashed several at once.
package struct ShortTexts: ~Copyable {
  /// The longest text in bytes: what three words hold beside the length.
  package static let byteLimit = 23

  private var first = GrowingBuffer<UInt64>()
  private var second = GrowingBuffer<UInt64>()
  private var third = GrowingBuffer<UInt64>()
  /// Bytes of each text, at most `byteLimit`.
  private(set) var lengths = GrowingBuffer<UInt8>()

  package init() {}

  /// Makes room for `count` texts.
  package mutating func reserve(_ count: Int) {
    first.reserve(count)
    second.reserve(count)
    third.reserve(count)
    lengths.reserve(count)
  }

  /// Sets the text of a line, the lowest byte of each word first, zeros behind the text.
  @inline(__always)
  package func set(_ line: Int, _ first: UInt64, _ second: UInt64, _ third: UInt64, length: Int) {
    self.first.base[line] = first
    self.second.base[line] = second
    self.third.base[line] = third
    lengths.base[line] = UInt8(truncatingIfNeeded: length)
  }

  /// Writes the hash of each of the first `count` texts: what `SipHash.hash` says of its bytes.
  package func hash(_ count: Int, _ hash: SipHash, into hashes: UnsafeMutablePointer<UInt64>) {
    guard nightjar_can_siphash() != 0 else { return hashOneByOne(count, hash, into: hashes) }
    nightjar_siphash(hash.key0, hash.key1, first.base, second.base, third.base, lengths.base, count, hashes)
  }

  /// The same, one text after the other: what the vector loop is held against.
  package func hashOneByOne(_ count: Int, _ hash: SipHash, into hashes: UnsafeMutablePointer<UInt64>) {
    for line in 0..<count {
      hashes[line] = hash.hash(
        first: first.base[line], second: second.base[line], third: third.base[line], count: Int(lengths.base[line]))
    }
  }
}
