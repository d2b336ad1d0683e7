import ArgumentParser
import Calendar
import Ledger
import Stage
import Twins

/// `nightjar-twin revisions`: which kept snapshots are superseded, and why.
struct RevisionsCommand: StageCommand {
  static let configuration = StageOutcome.command(
    "revisions", abstract: "List the kept snapshots of twins that later nights superseded, with the reasons.",
    discussion: """
      Of the snapshot of --date, or of every one. A line a snapshot, night that learned it, family, reason and delivery, its values \
      between tabs: snapshot, night, family, reason, feed, file, first and last day of the facts, facts before and after; \
      – is a value that is missing. The snapshots stay as they were: what was known then is still what they say. \
      nightjar-twin snapshot --as-of D --known-by N makes one with what is known by now. Status 66 where no twins \
      of --date are kept.
      """)
  static let access = HomeAccess.reads

  @OptionGroup var options: StageOptions

  func run(_ context: StageContext) throws -> StageOutcome {
    let superseded = try SupersededSnapshots(context.home, snapshot: context.optionalDay)
    let revisions = superseded.revisions
    if !context.isJSON {
      context.output(TwinRevision.header)
      for revision in revisions { context.output(revision.line) }
    }
    let count = Set(revisions.map(\.snapshot)).count
    return .answered(
      summary: "\(count) of \(superseded.snapshotCount) kept "
        + "\(superseded.snapshotCount == 1 ? "snapshot is" : "snapshots are") superseded",
      json: CanonicalJSON.array(revisions.map(\.json)).text)
  }
}

extension TwinRevision {
  /// The head of the lines.
  static let header = [
    "snapshot", "night", "dataset", "reason", "feed", "file", "first_event_date", "last_event_date", "facts_before",
    "facts_after",
  ].joined(separator: "\t")

  /// One line, its values between tabs.
  var line: String {
    let cells = [
      "\(snapshot)", "\(night)", dataset, reason.rawValue, feed ?? "–", file ?? "–",
      days.map { "\($0.lowerBound)" } ?? "–", days.map { "\($0.upperBound)" } ?? "–", "\(factsBefore)", "\(factsAfter)",
    ]
    return cells.map { cell in
      // A delivered file's name is somebody else's text: it may not break the line.
      String(String.UnicodeScalarView(cell.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }.joined(separator: "\t")
  }

  /// The members that are there.
  var json: CanonicalJSON {
    var members: [String: CanonicalJSON] = [
      "dataset": .string(dataset), "factsAfter": .integer(factsAfter), "factsBefore": .integer(factsBefore),
      "night": .string("\(night)"), "reason": .string(reason.rawValue), "snapshot": .string("\(snapshot)"),
    ]
    members["feed"] = feed.map { .string($0) }
    members["file"] = file.map { .string($0) }
    members["sha256"] = sha256.map { .string($0) }
    members["firstEventDate"] = days.map { .string("\($0.lowerBound)") }
    members["lastEventDate"] = days.map { .string("\($0.upperBound)") }
    return .object(members)
  }
}
