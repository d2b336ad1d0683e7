import ArgumentParser
import Configuration
import Learning
import Stage
import Twins

/// `nightjar-train rows`: the tables that a night of training learns from, for other tools.
struct RowsCommand: StageCommand {
  static let configuration = StageOutcome.command(
    "rows", abstract: "Write the rows that training learns from and is tested on, for other tools.",
    discussion: """
      Writes train.parquet, validation.parquet, refit.parquet (where models are fitted once more) and test.parquet: features as the \
      night of --date has them, and what is told of a row in columns that begin with row_ (subscription_id, person_id, as_of, \
      payment_type, label, weight). Rows of contacted customers are handled as models/churn.yaml says. The home is only read; files of \
      these names in the folder are overwritten, and a refit.parquet of before is taken away where there is no refit.
      """)
  static let access = HomeAccess.reads

  @OptionGroup var options: StageOptions
  @Option(help: ArgumentHelp("Folder of the tables, made where it is absent.", valueName: "folder"))
  var output: String

  func run(_ context: StageContext) throws -> StageOutcome {
    let tables = try TrainingTables(
      context.home, night: try context.day, document: .load(path: context.config("models/churn.yaml")),
      catalogue: .load(path: context.config(TwinCatalogue.subscriptionFile)), threads: context.threads)
    if context.isDryRun { return .done(summary: "would write into \(output): \(try tables.plan())") }
    let written = try tables.write(to: output)
    return .done(summary: written.text, counts: written.counts)
  }
}
