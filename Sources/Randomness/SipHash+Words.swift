extension SipHash {
  /// Hashes `count` bytes (at most 23) that stand in three words, the lowest byte of the first word first; bytes behind
  /// them are zero. The same as `hash` of those bytes.
  @inlinable @inline(__always)
  public func hash(first: UInt64, second: UInt64, third: UInt64, count: Int) -> UInt64 {
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
        state.absorb(third | length)
      }
    }
    return state.finish()
  }
}
