import Calendar
import Datasets

extension RandomFacts {
  /// The rows of tickets with words, and more tickets, some of them long ago, so that there is something to learn.
  ///
  /// Draws are of a stream of their own. Of every fifth operator no words are known, of another fifth none of cancellations.
  static func withTexts(_ tickets: [Row], _ subscriptions: [Int64], seed: UInt64) -> [Row] {
    var draws = Draws(state: seed &* 0x2545_F491_4F6C_DD1D &+ 5)
    let categories = ["network", "billing", "cancellation", "device", "service", "other"]
    let more = (0..<330).map { _ -> Row in
      let id = draws.below(240)
      let date = Int64(asOf.rawValue) + 6 - draws.below(draws.happens(30) ? 420 : 110)
      return [
        "subscription_id": .whole(subscriptions[Int(id) % subscriptions.count]), "ticket_id": .whole(1_000 + id),
        "event_date": .whole(date), "known_date": .whole(date + (draws.happens(20) ? draws.below(40) : draws.below(2))),
        "delivery_id": .whole(draws.below(5)), "opened_date": .whole(date - draws.below(3)),
        "status": .text(draws.one(of: ["open", "pending", "resolved", "closed"])),
        "category": .text(draws.one(of: categories)),
      ]
    }
    return (tickets + more).map { ticket in
      var row = ticket
      if draws.happens(80) {
        row["has_complaint_words"] = .flag(draws.happens(30))
        row["has_cancel_words"] = .flag(draws.happens(20))
      }
      let place = UInt64(categories.firstIndex(of: row["category"]!.text)!)
      let isSilent = seed % 5 == 0 || seed % 5 == 1 && row["category"] == .text("cancellation")
      guard draws.happens(85), !isSilent else { return row }
      // Mostly words of the category, some of everybody's, some that nobody else has.
      let buckets = (0...draws.below(8)).map { _ -> UInt16 in
        switch draws.below(10) {
        case 0..<6: UInt16(place * 600) + UInt16(draws.below(12)) * 37
        case 6..<9: 4_000 + UInt16(draws.below(30))
        default: UInt16(draws.below(WordBuckets.count))
        }
      }
      row["text_words"] = .text(WordBuckets.text(Set(buckets).sorted()))
      return row
    }
  }
}
