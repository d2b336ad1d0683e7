/// Counter-based random numbers: every draw is a pure function of (seed, stream, index, draw).
///
/// Nothing is carried from draw to draw, so a draw does not depend on the order of work, the number of threads or
/// what else was drawn, and two policies that share a key share the draw. Each word is SipHash-2-4 of the counter
/// under the seed as key, which passes as random for simulation and sampling; it is no key generator.
public struct CounterRandom: Sendable {
  @usableFromInline let key0: UInt64
  @usableFromInline let key1: UInt64

  /// Makes the stream `stream` of the seed `seed`; different streams of one seed are independent.
  @inlinable public init(seed: UInt64, stream: UInt64) {
    key0 = seed
    key1 = stream &* 0x9E37_79B9_7F4A_7C15 &+ 0xD1B5_4A32_D192_ED03
  }

  /// 64 random bits of the counter (`index`, `draw`).
  @inlinable public func bits(_ index: UInt64, _ draw: UInt64 = 0) -> UInt64 {
    var state = SipHash.State(key0: key0, key1: key1)
    state.absorb(index)
    state.absorb(draw)
    return state.finish()
  }

  /// A uniform number in [0, 1) with 53 random bits.
  @inlinable public func uniform(_ index: UInt64, _ draw: UInt64 = 0) -> Double {
    Double(bits(index, draw) >> 11) * 0x1p-53
  }

  /// A uniform integer in `0..<bound`; `bound` must be positive. The bias is below bound / 2^64.
  @inlinable public func integer(below bound: UInt64, _ index: UInt64, _ draw: UInt64 = 0) -> UInt64 {
    precondition(bound > 0, "an empty range has no draw")
    return bits(index, draw).multipliedFullWidth(by: bound).high
  }
}
