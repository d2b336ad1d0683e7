import Ledger

/// What the log says of deliveries whose facts came or went: who they are, and why.
struct DeliveryReasons: Sendable {
  private var files: [Int64: IntakeFile] = [:]
  private var reasons: [Int64: TwinRevision.Reason] = [:]

  /// Reads the lines of all entries of a view; those that `group` has not seen say why.
  init(_ entries: [LogEntry], since group: KeptSnapshots.Group) {
    for entry in entries where !entry.files.isEmpty {
      let isSeen = group.covers(entry)
      for file in entry.files {
        let delivery = file.sha256.head63
        files[delivery] = file
        guard !isSeen else { continue }
        switch file.rederivation {
        case nil:
          reasons[delivery] = file.superseded == nil ? .late : .reSent
          if let old = file.superseded { reasons[old.head63] = .superseded }
        // A delivery that came in these nights is as late as it was, however often it was read.
        case .numbers where reasons[delivery] == nil: reasons[delivery] = .lateAssignment
        case .repair where reasons[delivery] == nil: reasons[delivery] = .repaired
        case .supersede where reasons[delivery] == nil: reasons[delivery] = .derivedAgain
        default: break
        }
      }
    }
  }

  /// The line of a delivery, where the log has one.
  func file(_ delivery: Int64?) -> IntakeFile? { delivery.flatMap { files[$0] } }

  /// Why facts moved.
  func reason(_ move: FactMoves.Move) -> TwinRevision.Reason {
    if move.lot.isCompleteness { return .completeness }
    return move.lot.delivery.flatMap { reasons[$0] } ?? (move.after > move.before ? .late : .withdrawn)
  }
}
