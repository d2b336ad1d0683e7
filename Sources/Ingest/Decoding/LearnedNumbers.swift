import Synchronization
import Vault

/// Numbers that a feed lets stand for subscriptions of their own, as they are met: shared by all threads of a night.
///
/// A number that nobody owns becomes the subscription whose operator's key is its digits, so every file and every night
/// gives it the same pseudonym. An HMAC costs a microsecond; each number costs one.
final class LearnedNumbers: Sendable {
  private static let stripeCount = 64
  private let key: PseudonymKey
  private let stripes: [Stripe]

  private final class Stripe: Sendable {
    let numbers = Mutex<[UInt64: Int64]>([:])
  }

  init(_ key: PseudonymKey) {
    self.key = key
    stripes = (0..<LearnedNumbers.stripeCount).map { _ in Stripe() }
  }

  /// The subscription that a number stands for.
  func subscription(ofNumber number: UInt64) -> Int64 {
    let stripe = stripes[Int((number &* 0x9E37_79B9_7F4A_7C15) >> 58)]
    if let known = stripe.numbers.withLock({ $0[number] }) { return known }
    let subscription = key.pseudonym(.subscription, String(number))
    stripe.numbers.withLock { $0[number] = subscription }
    return subscription
  }

  /// All numbers met, by subscription.
  var pairs: [(subscription: Int64, number: UInt64)] {
    stripes.flatMap { stripe in stripe.numbers.withLock { $0.map { ($0.value, $0.key) } } }
      .sorted { $0.subscription < $1.subscription }
  }
}
