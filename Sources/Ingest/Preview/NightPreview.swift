import Calendar
import Ledger

/// What a night's ingest would do, told by a dry run: file by file, then what changes for whom.
public struct NightPreview: Sendable, Hashable {
  /// The files, in the order in which they would count; refused ones behind the others of their feed.
  public let files: [FilePreview]
  /// Days of fact families that would become complete or stay incomplete.
  public let coverage: [String]

  init(_ work: NightWork) {
    let taken = work.results.map { FilePreview($0.result) }
    let read = Set(work.refusedFiles.map(\.name))
    let unread = work.survey.refused.filter { !read.contains($0.name) }.map { FilePreview($0) }
    files = (taken + work.refusedFiles + unread).sorted { a, b in
      (a.feed ?? "", a.refusal == nil ? 0 : 1, a.name) < (b.feed ?? "", b.refusal == nil ? 0 : 1, b.name)
    }
    coverage = work.changes.map { change in
      let missing = change.missing.isEmpty ? "" : ": nothing of \(change.missing.joined(separator: ", "))"
      return "\(change.family) of \(Day(rawValue: change.verdict.day)) "
        + (change.verdict.isComplete ? "becomes complete" : "is incomplete\(missing)")
    }
  }

  /// Lines for people.
  public var lines: [String] { files.flatMap(\.lines) + feedLines + coverageLines }

  /// One line a feed: files, rows, days and keys.
  private var feedLines: [String] {
    var names: [String] = []
    for file in files {
      if let feed = file.feed, !names.contains(feed) { names.append(feed) }
    }
    return names.map { name in
      let own = files.filter { $0.feed == name && $0.refusal == nil }
      let counts = own.reduce(RowCounts()) { $0 + $1.counts }
      let days = Set(own.flatMap(\.eventDays)).sorted()
      let keys = own.reduce(0) { $0 + $1.newKeyCount }
      return "feed \(name): \(own.count) \(own.count == 1 ? "file" : "files"), "
        + "\(counts.accepted) \(counts.accepted == 1 ? "row" : "rows"), "
        + (days.isEmpty ? "no day" : FilePreview.text(days)) + (keys == 0 ? "" : ", \(keys) new record keys")
    }
  }

  /// The most days that are shown.
  private static let coverageLimit = 20

  private var coverageLines: [String] {
    let shown = coverage.prefix(NightPreview.coverageLimit).map { "coverage: \($0)" }
    let rest = coverage.count - shown.count
    return shown + (rest > 0 ? ["coverage: and \(rest) days more"] : [])
  }

  /// `{"coverage":[…],"files":[…]}` with the summary, the counts and the warnings of the report.
  func json(_ report: IngestNight.Report) -> String {
    CanonicalJSON.object([
      "counts": .object(report.counts.mapValues { .integer($0) }), "coverage": .array(coverage.map { .string($0) }),
      "files": .array(files.map(\.json)), "summary": .string(report.summary),
      "warnings": .array(report.warnings.map { .string($0) }),
    ]).text
  }
}
