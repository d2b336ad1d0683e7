import Columns

/// Which subscriptions the rows of a kind of twin are rolled up from.
package enum RollupScope: Sendable, Hashable {
  /// Every row has one at least.
  case some
  /// Rows may have none; those of the kind named are of no subscriptions at all, so that nothing is rolled up for them.
  case maybeNone(except: String)
}

/// Which subscriptions count: those whose field passes a test.
package struct RollupCondition: Sendable, Hashable {
  package enum Test: Sendable, Hashable {
    /// A text is one of these.
    case texts([String])
    /// A flag is this.
    case flag(Bool)
    /// A whole number lies between two, both included.
    case bounds(ClosedRange<Int64>)
  }

  /// A field of the subscription's twin.
  package let column: String
  package let test: Test
}

/// How a field follows from the subscriptions of a row: from their twins of the same night.
///
/// Everything is added up in integers, so that neither threads nor the order of subscriptions change a bit.
package struct RollupAggregate: Sendable, Hashable {
  package enum Function: String, Sendable, Hashable, CaseIterable {
    /// Number of subscriptions, or of those that have the measure.
    case count
    /// Sum of the measure.
    case sum
    /// Least and greatest measure.
    case min, max
    /// Mean of the measure.
    case mean
    /// Whether the conditions hold for one, or for each.
    case any, all
    /// Share of the subscriptions for which the conditions hold.
    case share

    /// Whether it needs a measure.
    var needsMeasure: Bool { [.sum, .min, .max, .mean].contains(self) }
    /// Whether it needs conditions.
    var needsConditions: Bool { [.any, .all, .share].contains(self) }
    /// Whether it is a quotient, which may be said of so many subscriptions.
    var isQuotient: Bool { self == .mean || self == .share }
    /// Whether subscriptions may be skipped: a count or a verdict over those of which something is known would pass for one
    /// over all.
    var maySkip: Bool { needsMeasure || self == .share }
  }

  /// What becomes of a subscription that does not say what is asked.
  package enum Missing: String, Sendable, Hashable, CaseIterable {
    /// What is rolled up is missing, too.
    case spoils
    /// It does not count; where none is left, what is rolled up is missing.
    case skipped
    /// It meets no condition; without the measure it spoils, though.
    case unmet
  }

  package let function: Function
  /// A field of the subscription's twin; nil where subscriptions are counted or judged.
  package let measure: String?
  package let conditions: [RollupCondition]
  package let missing: Missing
  /// The number of subscriptions of which a mean or share is said.
  package let per: Int
  /// The column's type.
  let type: ColumnType
  /// The days that the fields look at from which it is made.
  let window: String
  /// What a missing value means; empty where none is.
  let nullMeaning: String
}

extension RollupAggregate {
  /// The column's type, by that of the measure.
  static func type(_ function: Function, of measure: ColumnType?) -> ColumnType {
    switch function {
    case .count: .int32
    case .sum: .int64
    case .min, .max: measure ?? .int64
    case .mean, .share: .double
    case .any, .all: .bool
    }
  }

  /// What a missing value means. A subscription may lack the measure, or what a condition asks.
  static func nullMeaning(
    _ function: Function, isConditional: Bool, _ missing: Missing, mayLackMeasure: Bool, mayLackTested: Bool,
    _ scope: RollupScope
  ) -> String {
    var meanings: [String] = []
    if case .maybeNone(let kind) = scope { meanings.append("the row is \(kind)") }
    let mayLack = mayLackMeasure || mayLackTested && missing != .unmet
    if mayLack, missing != .skipped { meanings.append("not known of one of its subscriptions") }
    let isSkipping = mayLack && missing == .skipped
    let mayBeNone = scope != .some
    switch function {
    case .min, .max, .mean:
      if mayBeNone || isConditional || isSkipping { meanings.append("none of its subscriptions counts") }
    case .share: if mayBeNone || isSkipping { meanings.append("none of its subscriptions counts") }
    case .sum: if isSkipping { meanings.append("known of none of its subscriptions") }
    case .count, .any, .all: break
    }
    return meanings.joined(separator: ", or ")
  }
}
