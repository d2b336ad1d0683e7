import Synchronization
import Vault

/// Numbers that a feed lets stand for subscriptions of their own, as they are met: shared by all threads of a night.
///
/// A number that nobody owns becomes the subscription whose operator's key is its digits, so every file and every night
/// gives it the same pseudonym. Each number costs an HMAC.
final class LearnedNumbers: Sendable {
  private let maker: PseudonymMaker
  private let table = Mutex(Table())

  /// Open addressing; the number zero marks a free entry, since no number is zero.
  private struct Table {
    var entries = [LearnedNumber](repeating: LearnedNumber(subscription: -1, number: 0), count: 1 << 12)
    var count = 0

    /// The entry of a number, or a free one.
    @inline(__always)
    func slot(_ number: UInt64) -> Int {
      var slot = home(number)
      while entries[slot].number != 0, entries[slot].number != number { slot = (slot &+ 1) & (entries.count &- 1) }
      return slot
    }

    @inline(__always)
    func home(_ number: UInt64) -> Int {
      Int(truncatingIfNeeded: (number &* 0x9E37_79B9_7F4A_7C15) >> 24) & (entries.count &- 1)
    }

    /// Writes the subscriptions of numbers, -1 for those not met yet; returns how many those are.
    func find(
      _ numbers: UnsafePointer<UInt64>, _ wanted: Int, into subscriptions: UnsafeMutablePointer<Int64>
    ) -> Int {
      // Entries lie in far memory. Touched without a branch that waits for them, many arrive at once.
      var touched: UInt64 = 0
      for index in 0..<wanted { touched |= entries[home(numbers[index])].number }
      var missing = 0
      for index in 0..<wanted {
        // A free entry has the subscription -1.
        subscriptions[index] = touched == 0 ? -1 : entries[slot(numbers[index])].subscription
        missing &+= subscriptions[index] < 0 ? 1 : 0
      }
      return missing
    }

    mutating func insert(_ number: UInt64, _ subscription: Int64) {
      let free = slot(number)
      guard entries[free].number == 0 else { return }
      entries[free] = LearnedNumber(subscription: subscription, number: number)
      count += 1
      guard count * 2 > entries.count else { return }
      let old = entries
      entries = Array(repeating: LearnedNumber(subscription: -1, number: 0), count: old.count * 2)
      for entry in old where entry.number != 0 { entries[slot(entry.number)] = entry }
    }
  }

  init(_ key: PseudonymKey) { maker = key.maker(.subscription) }

  /// The subscription that a number stands for.
  func subscription(ofNumber number: UInt64) -> Int64 {
    var subscription: Int64 = -1
    withUnsafePointer(to: number) { subscriptions(ofNumbers: $0, 1, into: &subscription) }
    return subscription
  }

  /// Writes the subscriptions that some numbers stand for. O(count).
  func subscriptions(
    ofNumbers numbers: UnsafePointer<UInt64>, _ count: Int, into subscriptions: UnsafeMutablePointer<Int64>
  ) {
    let missing = table.withLock { $0.find(numbers, count, into: subscriptions) }
    guard missing > 0 else { return }
    var made: [Int] = []
    made.reserveCapacity(missing)
    var maker = maker
    var digits: [UInt8] = []
    for index in 0..<count where subscriptions[index] < 0 {
      LearnedNumbers.write(numbers[index], to: &digits)
      subscriptions[index] = maker.pseudonym(digits)
      made.append(index)
    }
    table.withLock { table in
      for index in made { table.insert(numbers[index], subscriptions[index]) }
    }
  }

  private static func write(_ number: UInt64, to digits: inout [UInt8]) {
    digits.removeAll(keepingCapacity: true)
    var rest = number
    while rest > 0 {
      digits.append(0x30 + UInt8(rest % 10))
      rest /= 10
    }
    digits.reverse()
  }

  /// All numbers met, ascending by subscription.
  var pairs: [LearnedNumber] {
    LearnedNumber.ascending(table.withLock { table in table.entries.filter { $0.number != 0 } })
  }
}
