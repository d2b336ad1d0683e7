public import Calendar
import Ledger

/// What a night would make of one file: counts, faults and days, never a value.
public struct FilePreview: Sendable, Hashable {
  /// Why the file would be refused as a whole.
  public struct Refusal: Sendable, Hashable {
    /// The code (Feeds.md).
    public var code: String
    /// One sentence.
    public var message: String
  }

  /// The feed that claims it; nil where several do.
  public let feed: String?
  /// The file's name.
  public let name: String
  /// Why nothing of it would be published; nil where it would be taken.
  public let refusal: Refusal?
  /// What became of its rows, as far as it was read.
  public private(set) var counts = RowCounts()
  /// The members of an archive that were read.
  public private(set) var members: [MemberCounts] = []
  /// Why rows would be rejected or left out, the commonest reason first.
  public private(set) var faults: [FaultGroup] = []
  /// Days of the events of its accepted rows.
  public private(set) var eventDays: [Day] = []
  /// Days that the delivery covers by the feed's calendar.
  public private(set) var coveredDays: [Day] = []
  /// Record keys that are new with it.
  public private(set) var newKeyCount = 0

  private static let lateCode = "overlapping-validity"
  /// The members that are shown; an archive may hold 100,000.
  static let memberLimit = 50
  /// The faults that are shown.
  static let faultLimit = 30

  /// A file that was read, to its end or to what refused it.
  init(_ result: FileResult, _ refusal: FileRefusal? = nil) {
    feed = result.intake.feed
    name = result.intake.name
    self.refusal = refusal.map { Refusal(code: $0.code, message: $0.message) }
    counts = RowCounts(result.intake)
    members = result.members
    // The book of numbers finds conflicts when all files are read: the members had counted these rows as accepted.
    for reject in result.rejects where reject.code == FilePreview.lateCode {
      guard let index = members.firstIndex(where: { $0.name == reject.member }) else { continue }
      members[index].counts.accepted -= 1
      members[index].counts.rejected += 1
    }
    faults = FaultGroup.groups(result.rejects)
    eventDays = result.rowDays.sorted().map { Day(rawValue: $0) }
    coveredDays = result.coveredDays
    newKeyCount = result.keysOfChunks.reduce(0) { $0 + $1.count }
  }

  /// A file that was refused before it was read.
  init(_ refused: Survey.Refused) {
    feed = refused.feed
    name = refused.name
    refusal = Refusal(code: refused.refusal.code, message: refused.refusal.message)
  }

  /// Lines for people: the first one whole, the others set in.
  public var lines: [String] {
    let head = "\(feed ?? "-") \(ProposalText.comment(name))"
    var lines: [String] = []
    if let refusal {
      lines.append("\(head): refused [\(refusal.code)]: \(refusal.message)")
      guard counts != RowCounts() || !faults.isEmpty else { return lines }
      lines.append("  until then: \(counts.text)")
    } else {
      lines.append("\(head): \(counts.text)")
    }
    for member in members.prefix(FilePreview.memberLimit) {
      lines.append("  member \(ProposalText.comment(member.name)): \(member.counts.text)")
    }
    if members.count > FilePreview.memberLimit {
      lines.append("  and \(members.count - FilePreview.memberLimit) members more")
    }
    for fault in faults.prefix(FilePreview.faultLimit) { lines += fault.lines }
    if faults.count > FilePreview.faultLimit {
      lines.append("  and \(faults.count - FilePreview.faultLimit) faults more")
    }
    guard refusal == nil else { return lines }
    let covered = coveredDays.isEmpty ? "no day" : FilePreview.text(coveredDays)
    lines.append("  events of \(eventDays.isEmpty ? "no day" : FilePreview.text(eventDays)); covers \(covered)")
    if newKeyCount > 0 { lines.append("  record keys: \(newKeyCount) new, \(counts.duplicate) repeated") }
    return lines
  }

  /// `2026-11-20`, `2026-11-20 to 2026-11-22`, or `2026-11-20 to 2026-12-24 (3 days)` with days between left out.
  static func text(_ days: [Day]) -> String {
    guard let first = days.first, let last = days.last, first != last else { return days.first?.description ?? "" }
    let isWhole = last - first == days.count - 1
    return "\(first) to \(last)" + (isWhole ? "" : " (\(days.count) days)")
  }

  var json: CanonicalJSON {
    var values: [String: CanonicalJSON] = [
      "coveredDays": .array(coveredDays.map { .string($0.description) }), "counts": counts.json,
      "eventDays": .array(eventDays.map { .string($0.description) }), "faults": .array(faults.map(\.json)),
      "members": .array(members.map { .object(["name": .string($0.name), "counts": $0.counts.json]) }),
      "name": .string(name), "newKeyCount": .integer(Int64(newKeyCount)),
    ]
    if let feed { values["feed"] = .string(feed) }
    if let refusal {
      values["refusal"] = .object(["code": .string(refusal.code), "message": .string(refusal.message)])
    }
    return .object(values)
  }
}
