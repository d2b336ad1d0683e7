import ArgumentParser
import Calendar
import Ledger
import Stage
import Twins

/// `nightjar-twin processes`: what is open, the riskiest first.
struct ProcessesCommand: StageCommand {
  static let configuration = StageOutcome.command(
    "processes", abstract: "List the open tickets, orders and onboardings, those first that will miss their target.",
    discussion: """
      Of the night of --date, or of the newest night that has twins of processes. A line a process, its values between \
      tabs: kind, category, state, team or queue, days open, days to the target, risk of missing it (100 % where it is \
      missed), pseudonyms of process and subscription; – is a value that is missing. Targets stand in \
      twins/process.yaml. Status 66 where there is no such twin.
      """)
  static let access = HomeAccess.reads
  private static let kinds = ["onboarding", "order", "ticket"]

  @OptionGroup var options: StageOptions
  @Option(help: ArgumentHelp("Only one kind: \(ProcessesCommand.kinds.joined(separator: ", ")).", valueName: "name"))
  var kind: String?
  @Option(help: ArgumentHelp("At most so many lines.", valueName: "count"))
  var limit: Int?

  func validate() throws {
    if let kind, !ProcessesCommand.kinds.contains(kind) {
      throw ValidationError("--kind is one of \(ProcessesCommand.kinds.joined(separator: ", "))")
    }
    if let limit, limit < 1 { throw ValidationError("--limit is at least 1") }
  }

  func run(_ context: StageContext) throws -> StageOutcome {
    let list = try ProcessList(context.home, night: context.optionalDay, kind: kind)
    let shown = list.items.prefix(limit ?? list.items.count)
    if !context.isJSON {
      context.output(ProcessList.header)
      for item in shown { context.output(item.line) }
    }
    return .answered(
      summary: "\(list.items.count) open processes of \(list.night)",
      json: CanonicalJSON.array(shown.map(json)).text)
  }

  private func json(_ item: ProcessList.Item) -> CanonicalJSON {
    var members: [String: CanonicalJSON] = [
      "category": .string(item.category), "daysOpen": .integer(Int64(item.daysOpen)), "kind": .string(item.kind),
      "processID": .integer(item.processID), "state": .string(item.state),
      "subscriptionID": .integer(item.subscriptionID),
    ]
    if let queue = item.queue { members["queue"] = .string(queue) }
    if let days = item.daysToTarget { members["daysToTarget"] = .integer(Int64(days)) }
    // A number that everybody reads alike: its shortest form, as text.
    if let risk = item.breachRisk { members["breachRisk"] = .string("\(risk)") }
    return .object(members)
  }
}
