/// What a parser of untrusted bytes must hold for any input: it ends in a result or in a typed error, and a trap, a crash
/// or a sanitizer's report is a finding.
public enum FuzzCheck: String, CaseIterable, Sendable {
  case csv, lines, columns, archive, feed, parquet

  /// Runs the check; a broken invariant traps, which is what a fuzzer looks for.
  public func run(_ bytes: [UInt8]) {
    switch self {
    case .csv: CSVCheck.run(bytes)
    case .lines: LineCheck.run(bytes)
    case .columns: ColumnCheck.run(bytes)
    case .archive: ArchiveCheck.run(bytes)
    case .feed: FeedCheck.run(bytes)
    case .parquet: ParquetCheck.run(bytes)
    }
  }
}
