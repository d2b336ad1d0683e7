import Synchronization
import Vault

/// Numbers that a feed lets stand for subscriptions of their own, as they are met: shared by all threads of a night.
///
/// A number that nobody owns becomes the subscription whose operator's key is its digits, so every file and every night
/// gives it the same pseudonym. An HMAC costs a microsecond; each number costs one.
final class LearnedNumbers: Sendable {
  private static let stripeCount = 64
  private let maker: PseudonymKey.Maker
  private let stripes: [Stripe]

  private final class Stripe: Sendable {
    let table = Mutex(Table())
  }

  /// Open addressing; zero marks a free slot, since no number is zero.
  private struct Table {
    var numbers = [UInt64](repeating: 0, count: 1 << 8)
    var subscriptions = [Int64](repeating: 0, count: 1 << 8)
    var count = 0

    func slot(_ number: UInt64) -> Int {
      var slot = Int(truncatingIfNeeded: (number &* 0x9E37_79B9_7F4A_7C15) >> 20) & (numbers.count - 1)
      while numbers[slot] != 0, numbers[slot] != number { slot = (slot + 1) & (numbers.count - 1) }
      return slot
    }

    mutating func insert(_ number: UInt64, _ subscription: Int64) {
      let free = slot(number)
      if numbers[free] == 0 { count += 1 }
      numbers[free] = number
      subscriptions[free] = subscription
      guard count * 2 > numbers.count else { return }
      let old = (numbers, subscriptions)
      numbers = Array(repeating: 0, count: old.0.count * 2)
      subscriptions = Array(repeating: 0, count: old.0.count * 2)
      for index in old.0.indices where old.0[index] != 0 {
        let free = slot(old.0[index])
        numbers[free] = old.0[index]
        subscriptions[free] = old.1[index]
      }
    }
  }

  init(_ key: PseudonymKey) {
    maker = key.maker(.subscription)
    stripes = (0..<LearnedNumbers.stripeCount).map { _ in Stripe() }
  }

  /// The subscription that a number stands for.
  func subscription(ofNumber number: UInt64) -> Int64 {
    let stripe = stripes[Int((number &* 0x9E37_79B9_7F4A_7C15) >> 58)]
    let known = stripe.table.withLock { table -> Int64? in
      let slot = table.slot(number)
      return table.numbers[slot] == number ? table.subscriptions[slot] : nil
    }
    if let known { return known }
    let subscription = maker.pseudonym(LearnedNumbers.digits(number))
    stripe.table.withLock { $0.insert(number, subscription) }
    return subscription
  }

  private static func digits(_ number: UInt64) -> [UInt8] {
    var digits: [UInt8] = []
    digits.reserveCapacity(20)
    var rest = number
    while rest > 0 {
      digits.append(0x30 + UInt8(rest % 10))
      rest /= 10
    }
    digits.reverse()
    return digits
  }

  /// All numbers met, ascending by subscription.
  var pairs: [LearnedNumber] {
    let pairs = stripes.flatMap { stripe in
      stripe.table.withLock { table in
        table.numbers.indices.filter { table.numbers[$0] != 0 }.map {
          LearnedNumber(subscription: table.subscriptions[$0], number: table.numbers[$0])
        }
      }
    }
    return LearnedNumber.ascending(pairs)
  }
}
