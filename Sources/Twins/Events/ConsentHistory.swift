import Columns

/// Consents by person, and the fields that come from them.
///
/// The newest decision of a person on a purpose and channel holds, by instant of the decision; of decisions of one
/// instant, a withdrawal. A decision on any channel bears on each.
struct ConsentHistory: Sendable {
  static let columns =
    ["person_id"] + FactOrder.columns + ["decided_at", "channel", "purpose", "is_granted"]

  /// The fields, in the order of the columns.
  static let names = channels + purposes
  private static let channels = ["sms", "email", "call", "push"]
  private static let purposes = ["profiling"] + ConsentPurpose.allCases.map(\.rawValue)

  private let index: DenseIndex
  private let ranks: [Int32]
  private let order: FactOrder
  private let instants: [Int64]
  /// The fields that a row bears on.
  private let fields: [Range<Int8>]
  private let grants: [Bool]

  init(_ table: Table, persons index: DenseIndex) throws(ColumnsError) {
    self.index = index
    ranks = index.ranks(of: try table.int64("person_id").values)
    order = try FactOrder(table)
    instants = try table.timestamp("decided_at").values
    grants = try table.bool("is_granted").values
    let channels = try table.string("channel").values
    let purposes = try table.string("purpose").values
    fields = (0..<table.rowCount).map { row in
      let fields = ConsentHistory.fields(channels[row], purposes[row])
      return Int8(fields.lowerBound)..<Int8(fields.upperBound)
    }
  }

  static func fields(_ channel: String, _ purpose: String) -> Range<Int> {
    guard purpose == "marketing" else {
      // Of what is done with facts there is one decision, whatever the channel that it names.
      return purposes.firstIndex(of: purpose).map { channels.count + $0..<channels.count + $0 + 1 } ?? 0..<0
    }
    if channel == "any" { return channels.indices }
    return channels.firstIndex(of: channel).map { $0..<$0 + 1 } ?? 0..<0
  }

  /// The decisions that hold at a moment.
  func newest(at moment: TwinMoment) -> NewestConsents {
    let count = ConsentHistory.names.count
    var newest = [Int32](repeating: -1, count: index.count * count)
    for (row, rank) in ranks.enumerated() where rank >= 0 && order.isSeen(row, moment) {
      for field in fields[row] {
        let slot = Int(rank) * count + Int(field)
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
    let persons = ranks(scene, holders)
    var columns: [String: Column] = [:]
    for (field, name) in ConsentHistory.names.enumerated() {
      columns["consent_\(name)"] = .bool(
        scene.column(false) { decision(field, persons[$0]) })
    }
    return columns
  }

  /// Whether each row's person agreed to a purpose, by the decision that holds: whoever was never asked, or is not known,
  /// did not.
  func isGranted(_ purpose: ConsentPurpose, _ scene: TwinScene, _ holders: Holders) -> [Bool] {
    guard let field = ConsentHistory.names.firstIndex(of: purpose.rawValue) else {
      preconditionFailure("a purpose without a field")
    }
    return ranks(scene, holders).map { decision(field, $0) ?? false }
  }

  private func decision(_ field: Int, _ person: Int32) -> Bool? {
    person < 0 ? nil : decisions[Int(person) * ConsentHistory.names.count + field]
  }

  /// The rank of each row's person, -1 where no link holds.
  private func ranks(_ scene: TwinScene, _ holders: Holders) -> [Int32] {
    (0..<scene.rowCount).map { row in scene.link(row).map { index.rank(of: holders.persons.values[$0]) } ?? -1 }
  }
}
