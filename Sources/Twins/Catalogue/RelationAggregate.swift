import Columns
package import Datasets

/// The facts that say with whom a subscription had to do, and where it was: a row a day and party or cell.
package enum RelationFamily: String, Sendable, Hashable, CaseIterable {
  case counterparties
  case cells

  /// The facts.
  package var dataset: Dataset { self == .counterparties ? .counterparties : .cells }

  /// The column of whom or what the subscription was in relation with.
  package var partnerColumn: String { self == .counterparties ? "counterparty_hash" : "cell_hash" }

  /// What must be agreed to for any field of it.
  var consent: ConsentPurpose { self == .counterparties ? .traffic : .location }
}

/// How a field follows from relations: partners are counterparties or cells.
package struct RelationAggregate: Sendable, Hashable {
  package enum Function: String, Sendable, Hashable, CaseIterable {
    /// Partners of the window.
    case distinct
    /// Partners of the window that were none in the days before it, of those that are looked at.
    case new
    /// Events with partners.
    case events
    /// Share of the partner with most events in the events of all.
    case topShare = "top-share"
    /// Minutes that cells were out, of cells and days with events.
    case outageMinutes = "outage-minutes"
    /// Cells that were out on a day with events in them.
    case outageCells = "outage-cells"

    /// Whether it looks at outages, which cells alone have.
    var isOfOutages: Bool { self == .outageMinutes || self == .outageCells }
  }

  /// Which counterparties count, by who holds their number at the moment.
  package enum Party: String, Sendable, Hashable, CaseIterable {
    /// A living subscription of the operator.
    case onNet = "on-net"
    /// Nobody, or somebody with another operator.
    case offNet = "off-net"
    /// Nobody any more, since a subscription of the operator ended in the last 28 days.
    case churned
  }

  /// Days that are looked at: they are read again every night, so that nothing has to be kept (`DecisionRelations`).
  package static let dayCount = 28

  package let family: RelationFamily
  package let function: Function
  /// Nil where all partners count.
  package let party: Party?
  /// Days of the window, at most `dayCount`.
  package let days: Int

  /// The column's type.
  var type: ColumnType {
    function == .topShare ? .double : function == .events || function == .outageMinutes ? .int64 : .int32
  }

  /// The datasets that it comes from.
  var source: String {
    let others: [Dataset] = party != nil ? [.numbers, .subscriptions] : function.isOfOutages ? [.outages] : []
    return ([family.dataset] + others).map(\.name).joined(separator: ", ")
  }

  /// What a missing value means.
  var nullMeaning: String {
    let unknown =
      function.isOfOutages
      ? "a day of the window is not complete, of cells or of outages"
      : function == .new ? "a day of the last \(RelationAggregate.dayCount) is not complete" : NullMeaning.incomplete
    let none = function == .topShare ? ", or no events" : ""
    return unknown + none + (party == nil ? "" : ", or no number of a subscription is known")
  }
}
