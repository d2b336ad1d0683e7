import Calendar
import Datasets
import Learning
import Ledger
import Testing

@Suite struct ModelPublicationTests {
  @Test func `a payment type that ends and yet never leaves is a warning`() throws {
    let home = try MiniOperator(subscriptionCount: 600) { home in
      // Every postpaid subscription begins anew, over and over: whatever end or notice there was, it came back.
      for number in stride(from: 1, to: 600, by: 2) {
        for day in stride(from: 0, to: MiniOperator.dayCount, by: 20) {
          home.add(
            .subscriptions, MiniOperator.night - day,
            [
              "subscription_id": .whole(Int64(1_000 + number)), "event": .text("activation"),
              "payment_type": .text("postpaid"), "product": .text("flat"),
            ])
        }
      }
    }
    let document = try MiniOperator.churn([("minimum-positives: 10", "minimum-positives: 1")])
    guard case .published(let entry, _, _) = try home.train(document) else {
      Issue.record("nothing was trained")
      return
    }
    #expect(entry.warnings.contains { $0.contains("postpaid rows learned from ended") })
    #expect(!entry.warnings.contains { $0.contains("prepaid rows learned from ended") })
  }
}
