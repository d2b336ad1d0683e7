import Calendar
import Ledger
import Vault

/// A delivered file that is to be read.
struct FileTask: Sendable {
  var file: DeliveredFile
  /// Index among the feeds.
  var feed: Int
  /// The digest of its bytes; nil where it is taken while the file is read.
  var sha256: SHA256Digest?
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
  /// Usage rows, in the order of the delivery.
  private(set) var usage: [UsageChunk] = []
  /// For each chunk the member that brought it, as an index.
  private var usageMembers: [Int] = []
  /// Rows that are parts of sessions, to be merged once the night's files are read.
  var parts: [SessionPart] = []
  /// Numbers of the feed's sequence that the file has, by counter.
  var numbers: [String: NumberRuns] = [:]
  var facts: FactRows?
  var rejects: [RejectRow] = []
  /// What the rejects that reading brought count towards the file's limit.
  private(set) var rejectWeight = 0
  /// Numbers of rejects that nobody owned at their time.
  var unowned: [UnownedNumber] = []
  /// Hashes of record keys that are new with this file, in the order in which it is read, chunk by chunk.
  private(set) var keysOfChunks: [[UInt64]] = []
  /// What of the file could not be checked, for people.
  var doubts: [String] = []
  /// What became of its repaired rows.
  var fates: [RowPlace: RepairFate] = [:]
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

  /// Adds what a later part of the file brought, whose members are not those before.
  mutating func append(_ part: FileResult) {
    usageMembers += part.usageMembers.map { $0 + members.count }
    usage += part.usage
    rejects += part.rejects
    rejectWeight += part.rejectWeight
    unowned += part.unowned
    members += part.members
    countsOfMembers = countsOfMembers + part.countsOfMembers
    intake.acceptedCount += part.intake.acceptedCount
    intake.rejectedCount += part.intake.rejectedCount
    intake.outOfWindowCount += part.intake.outOfWindowCount
    intake.readCount += part.intake.readCount
    intake.blankCount += part.intake.blankCount
    intake.commentCount += part.intake.commentCount
    intake.headerCount += part.intake.headerCount
  }

  /// Begins with nothing.
  init(_ task: FileTask, of feed: Feed) {
    self.task = task
    intake = IntakeFile(
      feed: feed.name, name: task.file.name, sha256: task.sha256 ?? .ofNothing, byteCount: task.stamp.byteCount)
  }

  /// Adds a reject that reading brought.
  mutating func add(_ reject: RejectRow) {
    rejects.append(reject)
    rejectWeight += reject.weight
  }

  /// Hands out the rejects since the last time.
  mutating func takeRejects() -> [RejectRow] {
    defer { (rejects, rejectWeight) = ([], 0) }
    return rejects
  }

  /// Adds usage rows of the member in progress.
  mutating func add(_ chunk: UsageChunk) {
    usage.append(chunk)
    usageMembers.append(members.count)
  }

  /// Adds usage rows that no member brought: what sessions are worth.
  mutating func add(ofSessions chunk: UsageChunk) {
    usage.append(chunk)
    usageMembers.append(-1)
  }

  /// Adds the hash of a record key that is new, of a file that is read row by row.
  mutating func add(newKey key: UInt64) {
    if keysOfChunks.isEmpty { keysOfChunks.append([]) }
    keysOfChunks[keysOfChunks.count - 1].append(key)
  }

  /// Whether the large amounts of its usage rows add up to more than a file's may.
  var amountsAreBeyondLimit: Bool {
    var amounts = AmountSum(.usage)
    for chunk in usage { amounts.add(chunk.amounts) }
    return amounts.isBeyondLimit
  }

  /// Hashes of record keys that are new with this file.
  var keys: FlattenSequence<[[UInt64]]> { keysOfChunks.joined() }

  /// Says which rows of a chunk, given as in `UsageChunk.keyRows`, repeat a record key: they are no longer accepted.
  /// `keys` are those of the others, new with this file.
  mutating func mark(duplicates: [UInt32], ofChunk index: Int, keys: [UInt64]) {
    keysOfChunks.append(keys)
    usage[index].mark(duplicates: duplicates)
    let count = Int64(duplicates.count)
    intake.acceptedCount -= count
    intake.duplicateCount += count
    guard members.indices.contains(usageMembers[index]) else { return }
    members[usageMembers[index]].counts.accepted -= count
    members[usageMembers[index]].counts.duplicate += count
  }

  /// Says which file it was, where its digest was taken while it was read.
  mutating func name(_ digest: SHA256Digest) {
    intake.sha256 = digest
    for index in unowned.indices { unowned[index].delivery = delivery }
  }

  /// Numbers that became subscriptions of their own with this file, unless its rows are usage.
  var learned: Set<UInt64> = []

  /// The head of the delivery's digest, as facts name it.
  var delivery: Int64 { intake.sha256.head63 }

  /// Where the first rejected row stands, and why: records that cannot be read are told before the rows around them.
  var firstReject: String {
    let rejected = rejects.filter { $0.code != RowFault.outOfWindowCode }
    guard let first = rejected.min(by: { ($0.memberIndex, $0.line) < ($1.memberIndex, $1.line) }) else { return "" }
    return "line \(first.line)\(first.member.map { " of member \($0)" } ?? ""): \(first.code)"
  }

  /// Whether the share of rejected rows exceeds a threshold.
  func exceeds(_ threshold: Double) -> Bool {
    let rows = intake.acceptedCount + intake.rejectedCount + intake.duplicateCount + intake.outOfWindowCount
    return rows > 0 && Double(intake.rejectedCount) > threshold * Double(rows)
  }
}

extension FileResult {
  /// Says which days the delivery covers, once it is known which of its rows count.
  mutating func cover(_ feed: Feed, night: Day) {
    if !usage.isEmpty || !parts.isEmpty { rowDays = acceptedUsageDays.union(parts.map(\.day)) }
    // A day after the night is not over: what came of it early must not make it look delivered.
    coveredDays = feed.calendar.coveredDays(fileName: intake.name, rowDays: rowDays).filter { $0 <= night }
    let days = coveredDays.isEmpty ? rowDays.sorted().map { Day(rawValue: $0) } : coveredDays
    intake.from = days.first
    intake.to = days.last
  }

  /// The days of usage rows that repeat no record key.
  private var acceptedUsageDays: Set<Int32> {
    var counts: [Int32: Int] = [:]
    for chunk in usage {
      for (index, date) in chunk.dates.enumerated() {
        counts[date.day, default: 0] += chunk.acceptedCount(ofDate: index)
      }
    }
    return Set(counts.filter { $0.value > 0 }.keys)
  }
}

/// A number assignment that the book has not yet taken, with what a reject of it would say.
struct PendingAssignment: Sendable {
  var assignment: NumberAssignment
  var reject: RejectRow
}
