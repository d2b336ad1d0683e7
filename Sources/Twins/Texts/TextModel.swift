import Datasets

/// How often which words come in tickets of which category: what there is to learn of texts at one moment.
///
/// Counts are whole and only added up, so that neither the order of tickets nor the number of threads bears on them.
package struct TextModel: Sendable {
  /// The categories of tickets; of equally likely ones the first is taken.
  package static let categories = ["network", "billing", "device", "service", "cancellation", "other"]
  /// The days before the moment in which a ticket was opened that teaches, or is read.
  static let dayCount = 365
  /// A category that fewer tickets with words are filed under is not learned.
  package static let leastTicketCount: Int64 = 20

  /// Room for a vector of categories; the places behind the last one stay empty.
  static let laneCount = 8

  /// Tickets with a word of a bucket: bucket × `laneCount` + category.
  private(set) var counts = [Int32](repeating: 0, count: WordBuckets.count * laneCount)
  /// Tickets with words, by category.
  private(set) var ticketCounts = [Int64](repeating: 0, count: laneCount)

  /// A model that has learned nothing.
  package init() {}

  /// Adds a ticket of a category.
  @inline(__always) package mutating func learn(_ buckets: ArraySlice<UInt16>, of category: Int) {
    ticketCounts[category] += 1
    for bucket in buckets { counts[Int(bucket) * TextModel.laneCount + category] += 1 }
  }

  /// Adds what another model has learned.
  package mutating func add(_ other: TextModel) {
    for place in counts.indices { counts[place] += other.counts[place] }
    for place in ticketCounts.indices { ticketCounts[place] += other.ticketCounts[place] }
  }

  /// The places of the categories that are learned; none where there is only one.
  var learnedCategories: [Int] {
    let learned = ticketCounts.indices.filter { ticketCounts[$0] >= TextModel.leastTicketCount }
    return learned.count > 1 ? learned : []
  }
}
