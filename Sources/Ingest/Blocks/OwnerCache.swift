import Vault

/// Remembers who owned the numbers met last, and for how long: one a thread.
///
/// Open addressing with entries of 24 bytes, so that a look-up mostly touches one cache line; whatever an entry cannot
/// say is asked of the number book.
struct OwnerCache: ~Copyable {
  private let book: NumberBook
  private let learned: LearnedNumbers?
  private var entries: UnsafeMutablePointer<Entry>
  private var capacity = 1 << 12
  private var count = 0

  private struct Entry {
    /// Zero marks a free entry: no number is zero.
    var number: UInt64 = 0
    var subscription: Int64 = 0
    /// The instants of the answer, in seconds of UTC, cut to what 32 bits hold: outside of them the book is asked.
    var from: Int32 = 0
    var to: Int32 = 0
  }

  /// Makes a cache over a book; numbers that it does not know stand for themselves where `learned` is given.
  init(_ book: NumberBook, learned: LearnedNumbers?) {
    self.book = book
    self.learned = learned
    entries = .allocate(capacity: capacity)
    entries.initialize(repeating: Entry(), count: capacity)
  }

  deinit { entries.deallocate() }

  /// The owner of a number at an instant, in seconds of UTC; -1 where there is none.
  @inline(__always)
  mutating func subscription(ofNumber number: UInt64, at utcSeconds: Int64) -> Int64 {
    var slot = OwnerCache.slot(number, capacity)
    while entries[slot].number != 0 {
      if entries[slot].number == number {
        if utcSeconds >= Int64(entries[slot].from), utcSeconds < Int64(entries[slot].to) {
          return entries[slot].subscription
        }
        break
      }
      slot = (slot &+ 1) & (capacity &- 1)
    }
    return ask(number, utcSeconds, slot)
  }

  /// Asks the book and remembers the answer at `slot`, which is the number's or free.
  private mutating func ask(_ number: UInt64, _ utcSeconds: Int64, _ slot: Int) -> Int64 {
    var entry = Entry(number: number)
    if let found = book.ownership(ofNumber: number, at: utcSeconds) {
      entry.subscription = found.subscription
      entry.from = Int32(clamping: found.from)
      entry.to = Int32(clamping: found.to)
    } else {
      guard let learned else { return -1 }
      entry.subscription = learned.subscription(ofNumber: number)
      // Where the book knows the number for other times, the answer holds for this instant alone.
      guard !book.knows(number: number) else { return entry.subscription }
      entry.from = .min
      entry.to = .max
    }
    if entries[slot].number == 0 { count += 1 }
    entries[slot] = entry
    if count * 2 > capacity { grow() }
    return entry.subscription
  }

  private mutating func grow() {
    let (old, oldCapacity) = (entries, capacity)
    capacity *= 2
    entries = .allocate(capacity: capacity)
    entries.initialize(repeating: Entry(), count: capacity)
    for index in 0..<oldCapacity where old[index].number != 0 {
      var slot = OwnerCache.slot(old[index].number, capacity)
      while entries[slot].number != 0 { slot = (slot + 1) & (capacity - 1) }
      entries[slot] = old[index]
    }
    old.deallocate()
  }

  @inline(__always)
  private static func slot(_ number: UInt64, _ capacity: Int) -> Int {
    Int(truncatingIfNeeded: (number &* 0x9E37_79B9_7F4A_7C15) >> 24) & (capacity &- 1)
  }
}
