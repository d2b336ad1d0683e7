import Columns

/// Consents by person, and the fields that come from them.
///
/// The newest decision of a person on a purpose and channel holds, by instant of the decision; of decisions of one
/// instant, a withdrawal. A decision on any channel bears on each.
struct ConsentHistory: Sendable {
  static let columns =
    ["person_id"] + FactOrder.columns + ["decided_at", "channel", "purpose", "is_granted"]

  /// The fields, in the order of the columns.
  static let names = ["sms", "email", "call", "push", "profiling"]
  private static let profiling = 4

  private let index: DenseIndex
  private let ranks: [Int32]
  private let order: FactOrder
  private let instants: [Int64]
  /// The fields that a row bears on.
  private let fields: [Range<Int>]
  private let grants: [Bool]

  init(_ table: Table, persons index: DenseIndex) throws(ColumnsError) {
    self.index = index
    ranks = index.ranks(of: try table.int64("person_id").values)
    order = try FactOrder(table)
    instants = try table.timestamp("decided_at").values
    grants = try table.bool("is_granted").values
    let channels = try table.string("channel").values
    let purposes = try table.string("purpose").values
    fields = (0..<table.rowCount).map { ConsentHistory.fields(channels[$0], purposes[$0]) }
  }

  static func fields(_ channel: String, _ purpose: String) -> Range<Int> {
    switch purpose {
    case "profiling": return profiling..<profiling + 1
    case "marketing":
      if channel == "any" { return 0..<profiling }
      return names[..<profiling].firstIndex(of: channel).map { $0..<$0 + 1 } ?? 0..<0
    default: return 0..<0
    }
  }

  /// The decisions that hold at a moment.
  func newest(at moment: TwinMoment) -> NewestConsents {
    let count = ConsentHistory.names.count
    var newest = [Int32](repeating: -1, count: index.count * count)
    for (row, rank) in ranks.enumerated() where rank >= 0 && order.isSeen(row, moment) {
      for field in fields[row] {
        let slot = Int(rank) * count + field
        if newest[slot] < 0 || isNewer(row, than: Int(newest[slot])) { newest[slot] = Int32(row) }
      }
    }
    return NewestConsents(index: index, decisions: newest.map { $0 < 0 ? nil : grants[Int($0)] })
  }

  private func isNewer(_ row: Int, than other: Int) -> Bool {
    instants[row] != instants[other] ? instants[row] > instants[other] : !grants[row]
  }
}

/// The decisions on consent that hold at a moment.
struct NewestConsents: Sendable {
  let index: DenseIndex
  /// Field after field of each person; nil where nobody was asked.
  let decisions: [Bool?]

  /// The columns of consent.
  func columns(_ scene: TwinScene, _ holders: Holders) -> [String: Column] {
    let persons = scene.links.map { link in link.map { index.rank(of: holders.persons.values[$0]) } ?? -1 }
    let count = ConsentHistory.names.count
    var columns: [String: Column] = [:]
    for (field, name) in ConsentHistory.names.enumerated() {
      columns["consent_\(name)"] = .bool(
        scene.column(false) { persons[$0] < 0 ? nil : decisions[Int(persons[$0]) * count + field] })
    }
    return columns
  }
}
