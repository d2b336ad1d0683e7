import Calendar
import Ledger
import Vault

/// A delivered file that is to be read.
struct FileTask: Sendable {
  var file: DeliveredFile
  /// Index among the feeds.
  var feed: Int
  var sha256: SHA256Digest
  /// How the file looked before its digest was taken.
  var stamp: FileStamp
  /// The delivery of the same feed and name that it replaces.
  var superseded: SHA256Digest?
  /// Whether an earlier night took it: what was taken stays taken, however many rows are rejected now.
  var isTakenBefore = false
}

/// What a file brought, as long as it is not refused.
struct FileResult: Sendable {
  /// The file that was read.
  let task: FileTask
  /// Counts for the log.
  var intake: IntakeFile
  var usage = UsageRows()
  /// Rows that are parts of sessions, to be merged once the night's files are read.
  var parts: [SessionPart] = []
  /// Numbers of the feed's sequence that the file has, by counter.
  var numbers: [String: NumberRuns] = [:]
  var counterparties = RelationRows()
  var cells = RelationRows()
  var facts: FactRows?
  var rejects: [RejectRow] = []
  /// Numbers of rejects that nobody owned at their time.
  var unowned: [UnownedNumber] = []
  /// Hashes of record keys that are new with this file.
  var keys: [UInt64] = []
  /// Event days of accepted rows.
  var rowDays: Set<Int32> = []
  /// Days that the delivery covers, by the feed's calendar.
  var coveredDays: [Day] = []
  var assignments: [PendingAssignment] = []
  var addresses: [AddressBook.Row] = []
  /// The members of an archive that were read.
  private(set) var members: [MemberCounts] = []
  private(set) var countsOfMembers = RowCounts()

  /// Ends a member of an archive: what was counted since the one before is its own.
  mutating func endMember(_ name: String) {
    let counts = RowCounts(intake)
    members.append(MemberCounts(name: name, counts: counts - countsOfMembers))
    countsOfMembers = counts
  }

  init(task: FileTask, intake: IntakeFile) {
    self.task = task
    self.intake = intake
  }

  /// The head of the delivery's digest, as facts name it.
  var delivery: Int64 { intake.sha256.head63 }

  /// Whether the share of rejected rows exceeds a threshold.
  func exceeds(_ threshold: Double) -> Bool {
    let rows = intake.acceptedCount + intake.rejectedCount + intake.duplicateCount + intake.outOfWindowCount
    return rows > 0 && Double(intake.rejectedCount) > threshold * Double(rows)
  }
}

/// A number assignment that the book has not yet taken, with what a reject of it would say.
struct PendingAssignment: Sendable {
  var assignment: NumberAssignment
  var reject: RejectRow
}
