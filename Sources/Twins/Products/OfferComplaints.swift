import Columns
import Datasets

/// Tickets that followed an offer: opened by the subscription that the contact was about, on the day of the contact or within
/// 14 days of it.
///
/// Contacts of the last 28 days about subscriptions that live. A ticket that followed two of them counts for both.
struct OfferComplaints: Sendable {
  /// The name of the rule.
  static let name = "ticket_after_offer_count_28d"
  /// The days in which a ticket follows a contact.
  private static let responseDays = 14
  /// The days of the window.
  private static let days = 28

  /// The tickets that followed each contact, by its place.
  private let counts: [Int32]

  /// `facts` are those of contacts.
  init(_ contacts: HeldContacts, _ facts: Table, _ fields: MomentFields) throws(ColumnsError) {
    let subscriptions = try facts.int64("subscription_id")
    let index = fields.events.index
    var isLiving = [Bool](repeating: false, count: index.count)
    for rank in fields.scene.ranks { isLiving[Int(rank)] = true }
    let ranks = contacts.facts.enumerated().map { place, fact -> Int32 in
      guard contacts.ages[place] < OfferComplaints.days, let subscription = subscriptions[Int(fact)] else { return -1 }
      let rank = index.rank(of: subscription)
      return rank >= 0 && isLiving[Int(rank)] ? rank : -1
    }
    var rows = [Int32](repeating: -1, count: index.count)
    var asked: [Int32] = []
    for rank in ranks where rank >= 0 && rows[Int(rank)] < 0 {
      rows[Int(rank)] = Int32(asked.count)
      asked.append(rank)
    }
    let tickets = fields.histories.held(.tickets, TwinScene(ranks: asked, like: fields.scene), fields.holders)
    counts = ranks.enumerated().map { place, rank in
      guard rank >= 0 else { return 0 }
      let age = contacts.ages[place]
      let opened = max(0, age - Int32(OfferComplaints.responseDays))...age
      return Int32(tickets.positions(Int(rows[Int(rank)])).count { opened.contains(tickets.ages[$0]) })
    }
  }

  /// The column of the rule, of every row of `offers`.
  func column(_ offers: OfferContacts, _ scene: TwinScene, isPlan: (Int) -> Bool) -> Column {
    .int32(
      scene.column(0, knownIf: scene.completeDays.count(.tickets) >= OfferComplaints.days) { row in
        offers.total(row, isPlan: isPlan, counts)
      })
  }
}
