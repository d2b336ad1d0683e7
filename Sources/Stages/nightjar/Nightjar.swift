import ArgumentParser
import Stage

/// `nightjar`: a whole night, its home, and the read surface; `nightjar twin …` runs `nightjar-twin …`.
@main struct Nightjar: StageGroup {
  static let configuration = StageOutcome.command(
    "nightjar", abstract: "Run a telecom operator's night: files in, decisions and proof out.",
    discussion: "Any other word is a stage: 'nightjar twin …' runs 'nightjar-twin …'.",
    subcommands: [InitCommand.self, RunCommand.self, DatasetsCommand.self, CatalogCommand.self])

  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let own = ["init", "run", "datasets", "catalog", "help"]
    if let verb = arguments.first, !verb.hasPrefix("-"), !own.contains(verb) {
      become(verb: verb, arguments: Array(arguments.dropFirst()))
    }
    runProcess()
  }
}
