public import Calendar
import Columns
import Datasets

/// One reason why the twins of a night are not what they would be with the knowledge of a later one: a row of the dataset
/// `twin-revisions`.
public struct TwinRevision: Sendable, Hashable {
  /// What happened to the facts.
  public enum Reason: String, Sendable, Hashable, CaseIterable {
    /// They came with a delivery that had not been taken before.
    case late
    /// They came with a file that replaced another of its name.
    case reSent = "re-sent"
    /// They went, since another file replaced theirs.
    case superseded
    /// They changed owner by a number assignment that came late.
    case lateAssignment = "late-assignment"
    /// Rejected rows of their delivery were repaired.
    case repaired
    /// They were duplicates of a file that was replaced, or are ones of the file that replaced it.
    case derivedAgain = "derived-again"
    /// They went, and the log names no delivery that says why.
    case withdrawn
    /// Whether the deliveries of their days are complete was found otherwise.
    case completeness
  }

  /// The night that learned it.
  public let night: Day
  /// The night of the twins.
  public let snapshot: Day
  /// The family: `facts/payments`.
  public let dataset: String
  /// What happened.
  public let reason: Reason
  /// The delivery, where one brought the facts.
  public let deliveryID: Int64?
  /// Its line in the log: feed, file name and digest.
  public let feed: String?, file: String?, sha256: String?
  /// The days of the facts, none after the snapshot; nil where they cannot be told.
  public let days: ClosedRange<Day>?
  /// Facts of the delivery on days that changed: in the files that went, and in those that came.
  public let factsBefore: Int64, factsAfter: Int64
  /// The key of the run that made the twins, hexadecimal: a run that makes them again is not superseded by it.
  public let run: String
}

extension TwinRevision {
  /// The table of some revisions.
  static func table(_ rows: [TwinRevision]) -> Table {
    func texts(_ value: (TwinRevision) -> String?) -> Column {
      .string(TypedColumn(optionals: rows.map(value), placeholder: ""))
    }
    func dates(_ value: (TwinRevision) -> Day?) -> Column {
      .date(TypedColumn(optionals: rows.map { value($0)?.rawValue }, placeholder: 0))
    }
    return Table(
      Dataset.twinRevisions.schema,
      [
        dates(\.night), dates(\.snapshot), texts(\.dataset), texts(\.reason.rawValue),
        .int64(TypedColumn(optionals: rows.map(\.deliveryID), placeholder: 0)), texts(\.feed), texts(\.file),
        texts(\.sha256), dates(\.days?.lowerBound), dates(\.days?.upperBound),
        .int64(TypedColumn(rows.map(\.factsBefore))), .int64(TypedColumn(rows.map(\.factsAfter))), texts(\.run),
      ])
  }

  /// Reads the rows of a file; a reason that these versions do not know is `withdrawn`.
  static func rows(_ table: Table) throws(ColumnsError) -> [TwinRevision] {
    let (nights, snapshots) = (try table.date("night").values, try table.date("snapshot").values)
    let (datasets, reasons) = (try table.string("dataset").values, try table.string("reason").values)
    let deliveries = try table.int64("delivery_id")
    let (feeds, files) = (try table.string("feed"), try table.string("file"))
    let digests = try table.string("sha256")
    let (firsts, lasts) = (try table.date("first_event_date"), try table.date("last_event_date"))
    let (before, after) = (try table.int64("facts_before").values, try table.int64("facts_after").values)
    let runs = try table.string("run").values
    return (0..<table.rowCount).map { row in
      let first = firsts[row].map { Day(rawValue: $0) }
      let last = lasts[row].map { Day(rawValue: $0) }
      return TwinRevision(
        night: Day(rawValue: nights[row]), snapshot: Day(rawValue: snapshots[row]), dataset: datasets[row],
        reason: Reason(rawValue: reasons[row]) ?? .withdrawn, deliveryID: deliveries[row], feed: feeds[row],
        file: files[row], sha256: digests[row], days: first.flatMap { first in last.map { first...max(first, $0) } },
        factsBefore: before[row], factsAfter: after[row], run: runs[row])
    }
  }
}
