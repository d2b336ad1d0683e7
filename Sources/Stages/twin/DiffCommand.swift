import ArgumentParser
import Calendar
import Ledger
import Stage
import Twins

/// `nightjar-twin diff`: what changed between two nights, and because of what.
struct DiffCommand: StageCommand {
  static let configuration = StageOutcome.command(
    "diff", abstract: "Compare the twins of two nights: which fields changed, for whom, because of which deliveries.",
    discussion: """
      Prints a line for each field that changed: the field, and for how many subscriptions it changed by reason. `late`: the \
      later night knows facts of days that the earlier one had seen; `withdrawn`: facts of the earlier night count no more; \
      `new`: facts of days after it; `time`: nothing but the days that passed. Of several reasons the first is counted. Below is a line for \
      each late or withdrawn change (or for each change of --subscription): subscription, field, old and new value, reason, \
      deliveries. Above is a line for each night that superseded either of the two.
      """)
  static let access = HomeAccess.reads

  @OptionGroup var options: StageOptions
  @Argument(help: ArgumentHelp("The earlier night.", valueName: "date"))
  var earlier: String
  @Argument(help: ArgumentHelp("The later night.", valueName: "date"))
  var later: String
  @Option(help: ArgumentHelp("Every change of this one.", valueName: "id"))
  var subscription: Int64?

  func validate() throws {
    if options.date != nil { throw ValidationError("--date is not for this command") }
    guard let from = Day(earlier), let to = Day(later), from < to else {
      throw ValidationError("two nights are compared, as yyyy-MM-dd, the earlier one first")
    }
  }

  func run(_ context: StageContext) throws -> StageOutcome {
    guard let from = Day(earlier), let to = Day(later) else { return .nothingToDo("no nights") }
    let comparison = try TwinComparison(
      context.home, try .load(path: context.config(TwinCatalogue.subscriptionFile)), from: from, to: to,
      subscription: subscription, threads: context.threads)
    if !context.isJSON { lines(comparison).forEach(context.output) }
    return .answered(
      summary: "\(comparison.counts.count) fields changed for some of \(comparison.commonCount) subscriptions; "
        + "\(comparison.appeared.count) appeared, \(comparison.gone.count) are gone",
      json: json(comparison).text)
  }

  private func lines(_ comparison: TwinComparison) -> [String] {
    let reasons = TwinComparison.Reason.allCases
    var lines = Set(comparison.revisions.map(\.snapshot)).sorted().flatMap { night in
      SupersededSnapshots.sentences(comparison.revisions.filter { $0.snapshot == night }).map { "\(night) is \($0)" }
    }
    lines.append("field changed \(reasons.map(\.rawValue).joined(separator: " "))")
    lines += comparison.counts.map { count in
      "\(count.field) \(count.total) \(reasons.map { "\(count.subscriptions[$0] ?? 0)" }.joined(separator: " "))"
    }
    if !comparison.changes.isEmpty { lines.append("") }
    return lines
      + comparison.changes.map { change in
        "\(change.subscriptionID) \(change.field) \(change.old ?? "unknown") -> \(change.new ?? "unknown") \(change.reason.rawValue)"
          + (change.deliveries.isEmpty ? "" : " (\(change.deliveries.joined(separator: ", ")))")
      }
  }

  private func json(_ comparison: TwinComparison) -> CanonicalJSON {
    let changes = comparison.changes.map { change -> CanonicalJSON in
      var members: [String: CanonicalJSON] = [
        "deliveries": .array(change.deliveries.map { .string($0) }), "field": .string(change.field),
        "reason": .string(change.reason.rawValue), "subscriptionID": .integer(change.subscriptionID),
      ]
      members["new"] = change.new.map { .string($0) }
      members["old"] = change.old.map { .string($0) }
      return .object(members)
    }
    let fields = comparison.counts.map { count in
      (
        count.field,
        CanonicalJSON.object(
          Dictionary(uniqueKeysWithValues: count.subscriptions.map { ($0.rawValue, .integer(Int64($1))) }))
      )
    }
    return .object([
      "appeared": .array(comparison.appeared.map { .integer($0) }), "changes": .array(changes),
      "common": .integer(Int64(comparison.commonCount)),
      "fields": .object(Dictionary(uniqueKeysWithValues: fields)),
      "gone": .array(comparison.gone.map { .integer($0) }),
      "superseded": .array(comparison.revisions.map(\.json)),
    ])
  }
}
