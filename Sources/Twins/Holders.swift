import Calendar
import Columns

/// Who holds each subscription: the link rows, by subscription.
///
/// Rows of one first day of validity speak of the same link, and the newest holds. Of the links that cover the as-of
/// day, the one that began last holds.
struct Holders: Sendable {
  static let columns =
    ["subscription_id"] + FactOrder.columns + [
      "valid_to", "person_id", "payer_id", "household_id", "segment", "birth_year", "region", "language",
    ]

  let persons: TypedColumn<Int64>
  let payers: TypedColumn<Int64>
  let households: TypedColumn<Int64>
  let segments: TextCodes
  let birthYears: TypedColumn<Int32>
  let regions: TextCodes
  let languages: TextCodes
  /// Every person of a link.
  let personIndex: DenseIndex

  private let links: RowsByRank
  let order: FactOrder
  private let ends: TypedColumn<Int32>

  init(_ table: Table, _ index: DenseIndex) throws(ColumnsError) {
    let order = try FactOrder(table)
    links = RowsByRank(
      ranks: index.ranks(of: try table.int64("subscription_id").values), rankCount: index.count,
      precedes: order.precedes)
    self.order = order
    ends = try table.date("valid_to")
    persons = try table.int64("person_id")
    payers = try table.int64("payer_id")
    households = try table.int64("household_id")
    segments = TextCodes(try table.string("segment"))
    birthYears = try table.int32("birth_year")
    regions = TextCodes(try table.string("region"))
    languages = TextCodes(try table.string("language"))
    personIndex = DenseIndex(persons.values)
  }

  /// The row of the link that holds for the subscription of a rank, or nil.
  func row(_ rank: Int32, at moment: TwinMoment) -> Int? {
    var judged: Int32?
    for position in links.group(rank).reversed() {
      let row = links.row(position)
      guard order.isSeen(row, moment), order.eventDates[row] != judged else { continue }
      judged = order.eventDates[row]
      if ends[row].map({ $0 >= moment.asOf.rawValue }) ?? true { return row }
    }
    return nil
  }
}
