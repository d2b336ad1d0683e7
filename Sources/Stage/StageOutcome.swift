public import ArgumentParser
import Configuration
import Ledger

/// How a command ended well: one line for people, counts for machines, warnings for both.
public struct StageOutcome: Sendable, Hashable {
  /// The summary line, without the command's name.
  public let summary: String
  /// What a person should know; not empty means status 3.
  public let warnings: [String]
  /// The result of `--json`.
  public let counts: [String: Int64]
  /// How long steps of the command took, for the result of `--json`.
  public var milliseconds: [String: Int64] = [:]
  /// The result of `--json` where it is more than counts: one JSON object.
  public var resultJSON: String?

  /// Everything was done.
  public static func done(summary: String, counts: [String: Int64] = [:]) -> StageOutcome {
    StageOutcome(summary: summary, warnings: [], counts: counts)
  }

  /// An earlier run did it, or there is nothing to work on.
  public static func nothingToDo(_ summary: String) -> StageOutcome {
    StageOutcome(summary: "nothing to do: \(summary)", warnings: [], counts: [:])
  }

  /// Everything was done, and the result of `--json` is an object of the command's own; with warnings the status is 3.
  public static func answered(summary: String, json: String, warnings: [String] = []) -> StageOutcome {
    StageOutcome(summary: summary, warnings: warnings, counts: [:], resultJSON: json)
  }

  /// An entry is visible; with warnings the status is 3.
  public static func published(
    _ summary: String, warnings: [String], counts: [String: Int64] = [:]
  ) -> StageOutcome {
    StageOutcome(summary: summary, warnings: warnings, counts: counts)
  }

  /// 0, or 3 with warnings.
  package var exitStatus: Int32 { warnings.isEmpty ? ExitStatus.done : ExitStatus.published }

  /// The result of `--json`: one object with sorted keys.
  package var json: String {
    if let resultJSON { return resultJSON }
    var members: [String: CanonicalJSON] = [
      "counts": .object(counts.mapValues { .integer($0) }), "summary": .string(summary),
      "warnings": .array(warnings.map { .string($0) }),
    ]
    if !milliseconds.isEmpty { members["milliseconds"] = .object(milliseconds.mapValues { .integer($0) }) }
    return CanonicalJSON.object(members).text
  }

  /// The configuration of a stage's command: `nightjar-<verb>`, with the exit statuses in its help.
  public static func configuration(
    _ verb: String, abstract: String, discussion: String = "", subcommands: [any ParsableCommand.Type] = []
  ) -> CommandConfiguration {
    command("nightjar-\(verb)", abstract: abstract, discussion: discussion, subcommands: subcommands)
  }

  /// The configuration of a command that is no stage: `init` of `nightjar`, `verify` of `nightjar-audit`.
  public static func command(
    _ name: String, abstract: String, discussion: String = "", subcommands: [any ParsableCommand.Type] = []
  ) -> CommandConfiguration {
    let text = discussion.isEmpty ? ExitStatusTable.help : discussion + "\n\n" + ExitStatusTable.help
    return CommandConfiguration(
      commandName: name, abstract: abstract, discussion: text, version: Versions.nightjar, subcommands: subcommands)
  }
}
