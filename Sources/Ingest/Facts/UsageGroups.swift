import Calendar

/// The groups into which usage rows are summed: day, delivery and known day, numbered in the order of the facts.
struct UsageGroups: Sendable {
  /// A delivery's rows.
  struct Delivery: Sendable {
    /// Head of its digest.
    var delivery: Int64
    var chunks: [UsageChunk]
  }

  /// One group.
  struct Group: Sendable, Hashable {
    var day: Int32
    var delivery: Int64
    var known: Int32
  }

  /// Chunks that have rows, in the order of deliveries.
  let chunks: [UsageChunk]
  /// For each chunk the numbers of its dates' groups.
  let groupsOfDates: [[Int32]]
  /// The groups, ascending by day, delivery and known day.
  let groups: [Group]
  /// The event days, ascending, with the number of rows that fell on each.
  let days: [(day: Int32, rowCount: Int)]
  /// For each group the index of its day.
  let dayOfGroup: [Int32]

  init(_ deliveries: [Delivery]) {
    let ordered = deliveries.sorted { $0.delivery < $1.delivery }
    var found: Set<Group> = []
    var rowCounts: [Int32: Int] = [:]
    for delivery in ordered {
      for chunk in delivery.chunks {
        for (date, count) in zip(chunk.dates, chunk.dateCounts) {
          found.insert(Group(day: date.day, delivery: delivery.delivery, known: date.known))
          rowCounts[date.day, default: 0] += Int(count)
        }
      }
    }
    let groups = found.sorted { ($0.day, $0.delivery, $0.known) < ($1.day, $1.delivery, $1.known) }
    var numbers: [Group: Int32] = [:]
    for (index, group) in groups.enumerated() { numbers[group] = Int32(index) }
    self.groups = groups
    let days = rowCounts.sorted { $0.key < $1.key }.map { (day: $0.key, rowCount: $0.value) }
    self.days = days
    var dayNumbers: [Int32: Int32] = [:]
    for (index, day) in days.enumerated() { dayNumbers[day.day] = Int32(index) }
    dayOfGroup = groups.map { dayNumbers[$0.day] ?? 0 }
    chunks = ordered.flatMap { $0.chunks.filter { $0.rowCount > 0 } }
    groupsOfDates = ordered.flatMap { delivery in
      delivery.chunks.filter { $0.rowCount > 0 }.map { chunk in
        chunk.dates.map { numbers[Group(day: $0.day, delivery: delivery.delivery, known: $0.known)] ?? 0 }
      }
    }
  }

  /// The number of rows, duplicates among them.
  var rowCount: Int { days.reduce(0) { $0 + $1.rowCount } }
}
