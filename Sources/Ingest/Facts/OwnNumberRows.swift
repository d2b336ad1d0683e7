import Calendar
import Columns
import Datasets
import Randomness
import Vault

/// The rows of `facts/numbers`: number assignments without their numbers.
enum OwnNumberRows {
  private static let secondsPerDay: Int64 = 86_400

  /// The keyed hash, of 63 bits, of a complete number: what a counterparty of that number has, in every feed.
  static func hash(_ number: UInt64, _ hash: SipHash) -> UInt64 {
    hash.hash((0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }) >> 1
  }

  /// The table of some assignments, ascending by subscription and first day. Of what a night learned of one assignment the last
  /// by file and line is a row, as in the book: facts know deliveries and no lines.
  static func table(_ assignments: [NumberAssignment], _ hash: SipHash) -> Table {
    let rows = last(assignments).map { assignment in
      (
        subscription: assignment.subscription, from: day(assignment.validFrom), to: assignment.validTo.map(day),
        known: assignment.knownDate.rawValue, delivery: assignment.delivery,
        hash: Int64(OwnNumberRows.hash(assignment.number, hash))
      )
    }.sorted { a, b in
      (a.subscription, a.from, a.hash, a.known, a.delivery, a.to ?? .max)
        < (b.subscription, b.from, b.hash, b.known, b.delivery, b.to ?? .max)
    }
    return Table(
      Dataset.numbers.schema,
      [
        .int64(TypedColumn(rows.map(\.subscription))), .date(TypedColumn(rows.map(\.from))),
        .date(TypedColumn(rows.map(\.known))), .int64(TypedColumn(rows.map(\.delivery))),
        .date(TypedColumn(optionals: rows.map(\.to), placeholder: 0)), .int64(TypedColumn(rows.map(\.hash))),
      ])
  }

  /// The last of each night's rows on one assignment.
  private static func last(_ assignments: [NumberAssignment]) -> some Collection<NumberAssignment> {
    struct Key: Hashable {
      let number: UInt64
      let subscription: Int64
      let validFrom: Int64
      let known: Day
    }
    let keyed = assignments.map { row in
      (Key(number: row.number, subscription: row.subscription, validFrom: row.validFrom, known: row.knownDate), row)
    }
    return Dictionary(keyed) { a, b in
      (a.file, a.line, a.delivery) < (b.file, b.line, b.delivery) ? b : a
    }.values
  }

  /// The UTC day of an instant in seconds, as far as days of facts reach.
  private static func day(_ seconds: Int64) -> Int32 {
    let days = seconds / secondsPerDay - (seconds % secondsPerDay < 0 ? 1 : 0)
    return Int32(clamping: days)
  }
}
