import ArgumentParser
import Ledger
import Stage

/// `nightjar datasets`: exactly the live files, as a list, as paths or as SQL.
struct DatasetsCommand: StageCommand {
  static let configuration = StageOutcome.command(
    "datasets", abstract: "List datasets, or the live files of one.",
    discussion: """
      Shows the newest closed night, the night of --date, or with --head whatever is committed. Without a name: one line a \
      dataset with its files and rows.
      """)
  static let access = HomeAccess.reads

  @OptionGroup var options: StageOptions
  @Argument(help: "Dataset: facts/usage, twins/subscription, scores, …")
  var name: String?
  @Flag(help: "One path a line (the default with a name).")
  var paths = false
  @Flag(help: "A query for DuckDB.")
  var sql = false
  @Flag(help: "Look at everything committed, not only at closed nights.")
  var head = false
  @Option(name: .customLong("where"), help: ArgumentHelp("Only files of this partition.", valueName: "key=value"))
  var partitions: [String] = []

  func validate() throws {
    if paths && sql { throw ValidationError("--paths and --sql exclude each other") }
    if name == nil && (paths || sql) { throw ValidationError("--paths and --sql want the name of a dataset") }
    if head && options.date != nil { throw ValidationError("--head and --date exclude each other") }
  }

  func run(_ context: StageContext) throws -> StageOutcome {
    let view = head ? View.head : context.optionalDay.map { .nightOf($0) } ?? .night
    let log = try CommitLog.open(context.home)
    if view != .head && log.newestNight(of: context.optionalDay) == nil {
      throw StageFailure(
        status: .inputMissing,
        "no night \(options.date.map { "of \($0) " } ?? "")is closed: 'nightjar run' closes one, --head shows what is "
          + "committed without it")
    }
    let listing = DatasetListing(log.state(view), context.home)
    guard let name else {
      if !context.isJSON { listing.summaries.forEach(context.output) }
      return .done(summary: "\(listing.counts.count) datasets", counts: listing.counts)
    }
    let products = try listing.products(name, partitions)
    if sql { context.output(listing.query(products)) }
    if !sql && !context.isJSON { products.forEach { context.output(listing.path($0)) } }
    return .done(summary: "\(products.count) files of \(name)", counts: ["files": Int64(products.count)])
  }
}
