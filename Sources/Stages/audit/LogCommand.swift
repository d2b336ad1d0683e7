import ArgumentParser
import Ledger
import Stage

/// `nightjar-audit log`: one line an entry.
struct LogCommand: StageCommand {
  static let configuration = StageOutcome.command("log", abstract: "List the entries of a home's log, one line each.")
  static let access = HomeAccess.reads

  @OptionGroup var options: StageOptions

  func run(_ context: StageContext) throws -> StageOutcome {
    let log = try CommitLog.open(context.home)
    if !context.isJSON { log.entries.forEach { context.output(LogCommand.line($0)) } }
    return .done(
      summary: "\(log.entries.count) entries, head \(log.headDigest)", counts: ["entries": Int64(log.entries.count)])
  }

  private static func line(_ entry: LogEntry) -> String {
    let counts = entry.counts.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
    return "\(entry.fileName) \(entry.date) \(entry.stage) products=\(entry.products.count) "
      + "retired=\(entry.retired.count) files=\(entry.files.count) warnings=\(entry.warnings.count)\(counts)"
  }
}
