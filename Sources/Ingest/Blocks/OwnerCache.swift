import Vault

/// Remembers who owned the numbers met last, and for how long: one a thread.
///
/// Open addressing with entries of 16 bytes, so that a look-up touches one cache line; whatever an entry cannot say is
/// asked of the number book.
struct OwnerCache: ~Copyable {
  private let book: NumberBook
  private let learned: LearnedNumbers?
  private var entries: UnsafeMutablePointer<Entry>
  /// Beside the entries, for those that are timed.
  private var times: UnsafeMutablePointer<Time>
  private var capacity = 1 << 12
  private var count = 0
  /// Keeps the touching of entries from being left out as useless.
  private var touched: UInt64 = 0

  private struct Entry {
    /// Zero marks a free entry: no number is zero. The highest bit says that the answer holds for a time only.
    var number: UInt64 = 0
    var subscription: Int64 = 0
  }

  /// The instants of an answer, in seconds of UTC, cut to what 32 bits hold: outside of them the book is asked.
  private struct Time {
    var from: Int32
    var to: Int32
  }

  private static let isTimed: UInt64 = 1 << 63

  /// Makes a cache over a book; numbers that it does not know stand for themselves where `learned` is given.
  init(_ book: NumberBook, learned: LearnedNumbers?) {
    self.book = book
    self.learned = learned
    (entries, times) = OwnerCache.allocate(capacity)
  }

  deinit {
    entries.deallocate()
    times.deallocate()
  }

  private static func allocate(_ capacity: Int) -> (UnsafeMutablePointer<Entry>, UnsafeMutablePointer<Time>) {
    let entries = UnsafeMutablePointer<Entry>.allocate(capacity: capacity)
    entries.initialize(repeating: Entry(), count: capacity)
    return (entries, .allocate(capacity: capacity))
  }

  /// Puts the owner at an instant, in seconds of UTC, into the place of each number; lines without one become unsure.
  mutating func replace(
    _ numbers: UnsafeMutablePointer<UInt64>, at utcSeconds: UnsafePointer<Int64>, _ unsure: UnsafeMutablePointer<UInt8>,
    _ count: Int
  ) {
    // Entries mostly lie in far memory. Touched without a branch that waits for them, many arrive at once.
    var touched: UInt64 = 0
    for line in 0..<count { touched ^= entries[OwnerCache.slot(numbers[line], capacity)].number }
    self.touched = touched
    for line in 0..<count where unsure[line] == 0 {
      let owner = subscription(ofNumber: numbers[line], at: utcSeconds[line])
      unsure[line] = owner < 0 ? 1 : 0
      numbers[line] = UInt64(bitPattern: owner)
    }
  }

  /// The owner of a number at an instant, in seconds of UTC; -1 where there is none.
  @inline(__always)
  private mutating func subscription(ofNumber number: UInt64, at utcSeconds: Int64) -> Int64 {
    var slot = OwnerCache.slot(number, capacity)
    while entries[slot].number != 0 {
      let entry = entries[slot]
      if entry.number == number { return entry.subscription }
      if entry.number == number | OwnerCache.isTimed {
        let time = times[slot]
        if utcSeconds >= Int64(time.from), utcSeconds < Int64(time.to) { return entry.subscription }
        break
      }
      slot = (slot &+ 1) & (capacity &- 1)
    }
    return ask(number, utcSeconds, slot)
  }

  /// Asks the book and remembers the answer at `slot`, which is the number's or free.
  private mutating func ask(_ number: UInt64, _ utcSeconds: Int64, _ slot: Int) -> Int64 {
    var entry = Entry(number: number | OwnerCache.isTimed)
    if let found = book.ownership(ofNumber: number, at: utcSeconds) {
      entry.subscription = found.subscription
      times[slot] = Time(from: Int32(clamping: found.from), to: Int32(clamping: found.to))
    } else {
      guard let learned else { return -1 }
      entry.subscription = learned.subscription(ofNumber: number)
      // Where the book knows the number for other times, the answer holds for this instant alone.
      guard !book.knows(number: number) else { return entry.subscription }
      entry.number = number
    }
    if entries[slot].number == 0 { count += 1 }
    entries[slot] = entry
    if count * 2 > capacity { grow() }
    return entry.subscription
  }

  private mutating func grow() {
    let (old, oldTimes, oldCapacity) = (entries, times, capacity)
    capacity *= 2
    (entries, times) = OwnerCache.allocate(capacity)
    for index in 0..<oldCapacity where old[index].number != 0 {
      let entry = old[index]
      var slot = OwnerCache.slot(entry.number & ~OwnerCache.isTimed, capacity)
      while entries[slot].number != 0 { slot = (slot + 1) & (capacity - 1) }
      entries[slot] = entry
      if entry.number & OwnerCache.isTimed != 0 { times[slot] = oldTimes[index] }
    }
    old.deallocate()
    oldTimes.deallocate()
  }

  @inline(__always)
  private static func slot(_ number: UInt64, _ capacity: Int) -> Int {
    Int(truncatingIfNeeded: (number &* 0x9E37_79B9_7F4A_7C15) >> 24) & (capacity &- 1)
  }
}
