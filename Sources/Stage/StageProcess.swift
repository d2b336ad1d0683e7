import ArgumentParser
import Configuration
import Ledger
import Logging

/// The life of a process: parse, tie to the runner, lock, work, say how it ended. Only this file prints for people.
struct StageProcess {
  private let root: any ParsableCommand.Type

  init(_ root: any ParsableCommand.Type) { self.root = root }

  /// Runs a command line and returns the exit status.
  func run(_ arguments: [String]) -> Int32 {
    Machine.giveUpWhatIsNotNeeded()
    Machine.usePredictableBehaviour()
    var command: any ParsableCommand
    do {
      command = try root.parseAsRoot(arguments)
      guard let stage = command as? any StageCommand else {
        // A group without subcommand, or the parser's own help.
        try command.run()
        return ExitStatus.done
      }
      return run(stage, stage.requestedAccess)
    } catch {
      return report(parsing: error)
    }
  }

  private func run(_ command: any StageCommand, _ access: HomeAccess) -> Int32 {
    let options = command.options
    let name = commandName(command)
    let log = StageLog.logger(name: name, options.logFormat, isQuiet: options.isQuiet)
    do {
      let isUnderRunner = try Runner.tieToRunner()
      let context = try StageContext(options, log: log)
      let outcome = try locked(
        context, name, isNeeded: access == .writes && !context.isDryRun && !isUnderRunner, command.run)
      for warning in outcome.warnings { log.warning("\(warning)") }
      if context.isJSON { context.output(outcome.json) }
      if !options.isQuiet || !outcome.warnings.isEmpty {
        StageLog.summary(name, options.logFormat, outcome.summary, date: options.date)
      }
      return outcome.exitStatus
    } catch let error as CleanExit {
      return report(parsing: error)
    } catch let error as ValidationError {
      log.error("\(error.message)")
      return ExitStatus.usage
    } catch {
      let (status, message) = ExitStatusTable.status(of: error)
      log.error("\(message)")
      return status
    }
  }

  private func locked(
    _ context: StageContext, _ name: String, isNeeded: Bool, _ body: (StageContext) throws -> StageOutcome
  ) throws -> StageOutcome {
    guard isNeeded else { return try body(context) }
    guard context.home.isInitialized else {
      _ = try CommitLog.open(context.home)
      throw context.home.notInitialized
    }
    let lock = try FileLock.run(context.home, purpose: name)
    // A stage that finds nothing to do must not call an entry done that is not durable, nor leave a killed run's rest.
    try Transaction.recover(context.home)
    let outcome = try body(context)
    _ = consume lock
    return outcome
  }

  /// `nightjar-twin`, or `nightjar init` for a subcommand; a group's default goes by the group's name.
  private func commandName(_ command: any StageCommand) -> String {
    let rootName = root.configuration.commandName ?? "nightjar"
    let own = type(of: command).configuration.commandName ?? rootName
    let isDefault = root.configuration.defaultSubcommand?.configuration.commandName == own
    return own == rootName || isDefault ? rootName : "\(rootName) \(own)"
  }

  /// Prints help to stdout and usage errors to stderr: 0 and 64.
  private func report(parsing error: any Error) -> Int32 {
    let message = root.fullMessage(for: error)
    let status = root.exitCode(for: error).rawValue
    if status == ExitStatus.done {
      if !message.isEmpty { print(message) }
    } else {
      ProcessSystemCalls.writeError(message + "\n")
    }
    return status
  }
}
