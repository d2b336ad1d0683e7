extension SipHash {
  /// Hashes the eight bytes of `word`, the lowest first: the same as `hash` of those bytes.
  @inlinable @inline(__always)
  public func hash(word: UInt64) -> UInt64 {
    var state = State(key0: key0, key1: key1)
    state.absorb(word)
    state.absorb(8 << 56)
    return state.finish()
  }

  /// Hashes `count` bytes (at most 16) that stand in two words, the lowest byte of the first word first; bytes behind
  /// them are zero. The same as `hash` of those bytes.
  @inlinable @inline(__always)
  public func hash(first: UInt64, second: UInt64, count: Int) -> UInt64 {
    var state = State(key0: key0, key1: key1)
    let length = UInt64(truncatingIfNeeded: count) << 56
    if count < 8 {
      state.absorb(first | length)
    } else {
      state.absorb(first)
      if count < 16 {
        state.absorb(second | length)
      } else {
        state.absorb(second)
        state.absorb(length)
      }
    }
    return state.finish()
  }

  /// Hashes 16 to 23 bytes that stand in three words, as above.
  @inlinable @inline(__always)
  public func hash(first: UInt64, second: UInt64, third: UInt64, count: Int) -> UInt64 {
    var state = State(key0: key0, key1: key1)
    state.absorb(first)
    state.absorb(second)
    state.absorb(third | UInt64(truncatingIfNeeded: count) << 56)
    return state.finish()
  }
}
