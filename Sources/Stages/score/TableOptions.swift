public import ArgumentParser
public import Learning
import Stage

/// The options of scoring a table, which has nothing to do with a home.
struct TableOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Model file to score a table with.", valueName: "file"))
  var model: String?
  @Option(help: ArgumentHelp("Table to score.", valueName: "file"))
  var input: String?
  @Option(
    help: ArgumentHelp("Where the table's scores are written; without it they are only timed.", valueName: "parquet"))
  var output: String?
  @Option(help: ArgumentHelp("Contributions that are written: all, or those of n features a row.", valueName: "all|n"))
  var reasons: TableScoring.Reasons?
  @Option(
    help: ArgumentHelp("Columns of the table to write beside its scores, separated by commas.", valueName: "columns"))
  var keep: String?

  func validate() throws {
    guard (model == nil) == (input == nil) else { throw ValidationError("--model and --input need each other") }
    guard input != nil || output == nil && reasons == nil && keep == nil else {
      throw ValidationError("--output, --reasons and --keep are of a table: name it with --input")
    }
  }

  /// Scores the table; nil where none is named.
  func outcome(_ context: StageContext) throws -> StageOutcome? {
    guard let model, let input else { return nil }
    let scoring = TableScoring(
      model: model, reasons: reasons ?? .none, kept: keep?.split(separator: ",").map(String.init) ?? [])
    let report = try scoring.run(input: input, output: context.isDryRun ? nil : output, threads: context.threads)
    return .answered(summary: report.summary, json: try report.json)
  }
}

extension TableScoring.Reasons: ExpressibleByArgument {
  /// Reasons of a row that may be asked for by number.
  private static let counts = 1...100

  /// Reads `all` or a number of features.
  public init?(argument: String) {
    if argument == "all" {
      self = .all
    } else if let count = Int(argument), Self.counts.contains(count) {
      self = .top(count)
    } else {
      return nil
    }
  }
}
