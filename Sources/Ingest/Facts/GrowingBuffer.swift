/// Memory of trivial values that grows and is never zeroed: scratch of the kernels.
struct GrowingBuffer<Element>: ~Copyable {
  private(set) var base: UnsafeMutablePointer<Element>
  private(set) var capacity = 64

  init() { base = .allocate(capacity: 64) }

  deinit { base.deallocate() }

  /// Makes room for `count` values and keeps the first `kept` of them.
  mutating func reserve(_ count: Int, keeping kept: Int = 0) {
    guard count > capacity else { return }
    while capacity < count { capacity *= 2 }
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
    larger.update(from: base, count: kept)
    base.deallocate()
    base = larger
  }
}
