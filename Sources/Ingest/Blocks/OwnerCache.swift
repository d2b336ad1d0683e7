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
  // Lines whose numbers the cache does not know, and those numbers among them that the book does not know either.
  private var asked = GrowingBuffer<Int32>()
  private var askedCount = 0
  private var strange = GrowingBuffer<UInt64>()
  private var answers = GrowingBuffer<Int64>()

  private struct Entry {
    /// Zero marks a free entry: no number is zero. The highest bit says that the answer holds for a time only.
    var number: UInt64 = 0
    var subscription: Int64 = -1
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
    askedCount = 0
    asked.reserve(count)
    for line in 0..<count where unsure[line] == 0 {
      let owner = subscription(ofNumber: numbers[line], at: utcSeconds[line])
      if owner >= 0 {
        numbers[line] = UInt64(bitPattern: owner)
      } else {
        asked.base[askedCount] = Int32(truncatingIfNeeded: line)
        askedCount &+= 1
      }
    }
    if askedCount > 0 { ask(numbers, utcSeconds, unsure) }
  }

  /// The owner of a number at an instant, in seconds of UTC; -1 where the cache cannot say.
  @inline(__always)
  private func subscription(ofNumber number: UInt64, at utcSeconds: Int64) -> Int64 {
    let slot = find(number)
    let entry = entries[slot]
    if entry.number & OwnerCache.isTimed == 0 { return entry.subscription }
    let time = times[slot]
    return utcSeconds >= Int64(time.from) && utcSeconds < Int64(time.to) ? entry.subscription : -1
  }

  /// The entry of a number, or a free one.
  @inline(__always)
  private func find(_ number: UInt64) -> Int {
    var slot = OwnerCache.slot(number, capacity)
    while entries[slot].number != 0, entries[slot].number & ~OwnerCache.isTimed != number {
      slot = (slot &+ 1) & (capacity &- 1)
    }
    return slot
  }

  /// Asks the book, and then what was learned, about the lines `asked`, and remembers the answers.
  private mutating func ask(
    _ numbers: UnsafeMutablePointer<UInt64>, _ utcSeconds: UnsafePointer<Int64>, _ unsure: UnsafeMutablePointer<UInt8>
  ) {
    strange.reserve(askedCount)
    answers.reserve(askedCount)
    var strangeCount = 0
    for index in 0..<askedCount {
      let line = Int(asked.base[index])
      let number = numbers[line]
      if let found = book.ownership(ofNumber: number, at: utcSeconds[line]) {
        remember(
          Entry(number: number | OwnerCache.isTimed, subscription: found.subscription),
          Time(from: Int32(clamping: found.from), to: Int32(clamping: found.to)))
        numbers[line] = UInt64(bitPattern: found.subscription)
      } else if learned != nil {
        asked.base[strangeCount] = Int32(truncatingIfNeeded: line)
        strange.base[strangeCount] = number
        strangeCount &+= 1
      } else {
        unsure[line] = 1
      }
    }
    guard strangeCount > 0, let learned else { return }
    learned.subscriptions(ofNumbers: strange.base, strangeCount, into: answers.base)
    for index in 0..<strangeCount {
      let (number, subscription) = (strange.base[index], answers.base[index])
      numbers[Int(asked.base[index])] = UInt64(bitPattern: subscription)
      // Where the book knows the number for other times, the answer holds for this instant alone.
      if !book.knows(number: number) { remember(Entry(number: number, subscription: subscription), nil) }
    }
  }

  private mutating func remember(_ entry: Entry, _ time: Time?) {
    let slot = find(entry.number & ~OwnerCache.isTimed)
    if entries[slot].number == 0 { count += 1 }
    entries[slot] = entry
    if let time { times[slot] = time }
    if count * 2 > capacity { grow() }
  }

  private mutating func grow() {
    let (old, oldTimes, oldCapacity) = (entries, times, capacity)
    capacity *= 2
    (entries, times) = OwnerCache.allocate(capacity)
    for index in 0..<oldCapacity where old[index].number != 0 {
      let entry = old[index]
      let slot = find(entry.number & ~OwnerCache.isTimed)
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
