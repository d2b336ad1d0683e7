import Ledger
import Vault

/// What became of a repaired row when its delivery was read again.
enum RepairFate: Sendable, Hashable {
  case accepted
  /// Its record key was seen before.
  case duplicate
  /// The feed leaves such rows out.
  case leftOut
  /// It is a reject again, or out of the window.
  case rejected(code: String)
}

/// What became of the rows that one night repaired.
struct RepairOutcome: Sendable {
  private(set) var acceptedCount: Int64 = 0
  private(set) var duplicateCount: Int64 = 0
  private(set) var leftOutCount: Int64 = 0
  /// Those that are rejects again.
  private(set) var rejected = CodeCounts()

  /// Nothing was repaired.
  init() {}

  /// Looks the rows up in their deliveries, which were read again.
  init(_ rows: [SealedRejects.Row], in files: [RederivedFile]) {
    var codes: [String] = []
    for row in rows {
      let fates = files.filter { $0.result.intake.sha256 == row.delivery }.compactMap { $0.result.fates[row.rowPlace] }
      switch fates.last {
      case .accepted: acceptedCount += 1
      case .duplicate: duplicateCount += 1
      case .leftOut: leftOutCount += 1
      case .rejected(let code): codes.append(code)
      case nil: break
      }
    }
    rejected = CodeCounts(codes)
  }

  /// `2 accepted, 1 rejected again`.
  var text: String {
    let others = [(duplicateCount, "duplicate"), (leftOutCount, "left out"), (rejected.rowCount, "rejected again")]
    return "\(acceptedCount) accepted"
      + others.filter { $0.0 > 0 }.map { ", \($0.0) \($0.1)" }.joined()
  }

  /// What a person should know.
  var warning: String? {
    let count = rejected.rowCount
    guard count > 0 else { return nil }
    return "\(count) repaired \(count == 1 ? "row was" : "rows were") rejected again: \(rejected.text)"
  }
}
