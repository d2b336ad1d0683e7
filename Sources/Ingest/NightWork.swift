import Calendar
import Ledger
import Vault

/// Everything that a night's files brought, before it is published.
struct NightWork: Sendable {
  let night: Day
  let folder: FeedFolder
  var survey: Survey
  /// Files that were taken, by feed, name and digest.
  var results: [(result: FileResult, feed: Int)] = []
  /// Files that were read and refused, with what was found in them.
  var refusedFiles: [FilePreview] = []
  /// What tonight changes in what earlier nights took.
  var history = HistoryRevision.Outcome()
  /// Repaired rows that tonight brings.
  var repairs: [SealedRejects.Row] = []
  /// What became of them.
  var repairOutcome = RepairOutcome()
  /// Number assignments that the book took.
  var assignments: [NumberAssignment] = []
  /// Number assignments that the book could not take as yet, where tonight changed which these are.
  var contested: [NumberAssignment]?
  /// How many of them earlier nights had rejected and tonight took.
  var admittedCount = 0
  /// What is newly known to be complete or missing.
  var changes: [(family: String, verdict: Completeness.Verdict, missing: [String])] = []

  /// What was noticed of sessions.
  var sessionNotices: [SessionMerge.Notice] = []
  /// Which numbers lack and which were repeated.
  var sequences = SequenceCheck()

  init(night: Day, folder: FeedFolder, survey: Survey) {
    self.night = night
    self.folder = folder
    self.survey = survey
  }

  /// Takes the outcomes of files, in their order.
  mutating func take(_ outcomes: [FileOutcome]) {
    for outcome in outcomes {
      switch outcome {
      case .taken(let result, let feed): results.append((result, feed))
      case .growing(let task): survey.growing.append(task.file.name)
      case .refused(let task, let refusal, let preview):
        refuse(task.file.name, task.feed, task.sha256, refusal)
        refusedFiles.append(preview)
      }
    }
  }

  /// Puts the taken files in order, and makes sure that whatever replaces a withdrawn delivery was taken.
  mutating func settle(_ superseded: [TakenDelivery]) throws(IngestError) {
    results.sort {
      ($0.feed, $0.result.intake.name, $0.result.intake.sha256) < (
        $1.feed, $1.result.intake.name, $1.result.intake.sha256
      )
    }
    let replaced = Set(results.compactMap(\.result.intake.superseded))
    if let lost = superseded.first(where: { !replaced.contains($0.file.sha256) }) {
      throw IngestError(.unreadableInput, "\(lost.file.name) changed while it was read; run again when it is whole")
    }
  }

  /// Copies of files that turned out to hold no row: each is the delivery of its own day.
  mutating func copiesToRead() -> [FileTask] {
    let empty = Set(results.map(\.result.intake).filter(\.hasNoRows).map(\.sha256))
    return survey.copies(ofEmpty: empty, folder.feeds)
  }

  mutating func refuse(_ name: String, _ feed: Int, _ sha256: SHA256Digest?, _ refusal: FileRefusal) {
    survey.refused.append(.init(name: name, feed: folder.feeds[feed].name, sha256: sha256, refusal: refusal))
  }

  /// What is published: tonight's files, and those of earlier nights that were derived again, each with its night.
  var published: [(result: FileResult, feed: Int, night: Day)] {
    results.map { ($0.result, $0.feed, night) } + history.rederived.map { ($0.result, $0.feed, $0.night) }
  }

  /// Gives back the memory of usage rows, all of which were folded.
  func releaseRows() {
    for file in published {
      for chunk in file.result.usage { chunk.release() }
    }
  }

  /// The days that the published files cover, by the night that learned it.
  var coveredDays: [Day: [Completeness.Covered]] {
    Dictionary(grouping: published, by: \.night).mapValues { files in
      files.flatMap { Completeness.covered($0.result, feed: folder.feeds[$0.feed], night: $0.night) }
    }
  }

  /// Whether there is anything to say that the log does not say yet.
  func isWorthAnEntry(isNightKnown: Bool) -> Bool {
    !results.isEmpty || !history.withdrawal.isEmpty || !changes.isEmpty || !survey.refused.isEmpty || !isNightKnown
  }

  /// The error of a night whose every new file was refused.
  var failure: IngestError? {
    guard results.isEmpty, !survey.refused.isEmpty else { return nil }
    let lines = survey.refused.prefix(10).map { "\($0.name): \($0.refusal.message) [\($0.refusal.code)]" }
    let more = survey.refused.count > 10 ? "; and \(survey.refused.count - 10) more" : ""
    return IngestError(.nothingAcceptable, "every new file was refused: \(lines.joined(separator: "; "))\(more)")
  }

  // MARK: - What is said

  private func sum(_ path: KeyPath<IntakeFile, Int64>) -> Int64 {
    results.reduce(0) { $0 + $1.result.intake[keyPath: path] }
  }

  /// The rows accepted of days before the night, by age.
  private var late: EventAges {
    results.reduce(into: EventAges()) { $0.add(late: $1.result, of: folder.feeds[$1.feed], night: night) }
  }

  /// The rows out of the window, by age.
  private var outOfWindow: EventAges { results.reduce(into: EventAges()) { $0.add(outOfWindow: $1.result) } }

  /// Counts for the log and for machines.
  var counts: [String: Int64] {
    [
      "acceptedRowCount": sum(\.acceptedCount), "duplicateRowCount": sum(\.duplicateCount),
      "earlyFileCount": survey.earlyCount, "fileCount": Int64(results.count),
      "growingFileCount": Int64(survey.growing.count),
      "knownFileCount": survey.knownCount, "outOfWindowRowCount": sum(\.outOfWindowCount),
      "readRowCount": sum(\.readCount), "refusedBeforeFileCount": survey.refusedBeforeCount,
      "refusedFileCount": Int64(survey.refused.count), "rejectedRowCount": sum(\.rejectedCount),
      "unclaimedFileCount": Int64(survey.unclaimed.count),
    ].merging(historyCounts.filter { $0.value > 0 }) { first, _ in first }
      .merging(late.named("late")) { first, _ in first }
      .merging(outOfWindow.named("outOfWindow")) { first, _ in first }
  }

  /// Counts of what a usual night has none of.
  private var historyCounts: [String: Int64] {
    [
      "repairedRowCount": Int64(repairs.count), "rederivedFileCount": Int64(history.rederived.count),
      "acceptedRepairCount": repairOutcome.acceptedCount, "admittedAssignmentCount": Int64(admittedCount),
      "duplicateRepairCount": repairOutcome.duplicateCount,
      "rejectedRepairCount": repairOutcome.rejected.rowCount, "replacedFileCount": replacedCount,
      "supersededFileCount": survey.supersededCount,
    ]
  }

  private var replacedCount: Int64 { Int64(results.count { $0.result.intake.superseded != nil }) }

  /// What a person should know: refusals, rejects, missing deliveries, files that no feed claims.
  var warnings: [String] {
    var warnings = survey.refused.sorted { ($0.name, $0.refusal.code) < ($1.name, $1.refusal.code) }.map {
      "\($0.feed.map { "\($0): " } ?? "")\($0.name) is refused: \($0.refusal.message) [\($0.refusal.code)]"
    }
    for feed in folder.feeds.indices {
      let own = results.filter { $0.feed == feed }.map(\.result)
      let outside = own.reduce(into: EventAges()) { $0.add(outOfWindow: $1) }
      let rejected = CodeCounts(own.lazy.flatMap(\.rejects).map(\.code).filter { $0 != RowFault.outOfWindowCode })
      let count = rejected.rowCount
      let name = folder.feeds[feed].name
      if count > 0 {
        warnings.append("\(name): \(count) \(count == 1 ? "row" : "rows") rejected: \(rejected.text)")
      }
      if outside.rowCount > 0 {
        let rows = outside.rowCount == 1 ? "row" : "rows"
        warnings.append("\(name): \(outside.rowCount) \(rows) out of the window: \(outside.text)")
      }
    }
    for (result, feed) in results {
      warnings += result.doubts.map { "\(folder.feeds[feed].name): \(result.intake.name): \($0)" }
    }
    warnings += [repairOutcome.warning].compactMap { $0 } + survey.unchangedWarnings
    warnings += sessionNotices.compactMap(\.warning) + sequences.warnings
    warnings += [admissionWarning].compactMap { $0 } + history.warnings
    warnings += Completeness.warnings(changes)
    warnings += survey.growing.sorted().map { "\($0) changed while it was read: left for the next run" }
    warnings += survey.unclaimed.prefix(10).map { "no feed claims \($0)" }
    if survey.unclaimed.count > 10 { warnings.append("no feed claims \(survey.unclaimed.count - 10) more files") }
    return warnings
  }

  /// What came of the night; `notes` where it was published.
  func report(notes: [String]?) -> IngestNight.Report {
    let counts = self.counts
    let rows =
      "\(sum(\.acceptedCount)) rows accepted, \(sum(\.rejectedCount)) rejected, \(sum(\.duplicateCount)) duplicate, "
      + "\(sum(\.outOfWindowCount)) out of window"
    let old = late
    let late = old.rowCount == 0 ? "" : "; \(old.rowCount) of the accepted late: \(old.text)"
    let known = survey.knownCount > 0 ? ", \(survey.knownCount) known already" : ""
    let before = survey.refusedBeforeCount > 0 ? ", \(survey.refusedBeforeCount) refused before" : ""
    let superseded = survey.supersededCount > 0 ? ", \(survey.supersededCount) superseded" : ""
    let replaced = replacedCount > 0 ? ", \(replacedCount) of them replacing others" : ""
    let again = history.rederived.isEmpty ? "" : ", \(history.rederived.count) derived again"
    let early = survey.earlyCount > 0 ? ", \(survey.earlyCount) of later nights" : ""
    let refused = survey.refused.isEmpty ? "" : ", \(survey.refused.count) refused"
    let summary =
      "\(results.count) \(results.count == 1 ? "file" : "files") taken\(replaced)\(again)\(refused)\(known)"
      + "\(superseded)\(before)\(early): \(rows)\(late)"
    return IngestNight.Report(
      isPublished: notes != nil, summary: summary, warnings: warnings, notes: notes ?? [], counts: counts,
      repairs: repairs.isEmpty ? nil : repairOutcome.text)
  }

  /// What a dry run tells.
  func preview() -> IngestNight.Report {
    var report = report(notes: nil)
    report.preview = NightPreview(self)
    report.failure = failure
    return report
  }
}
