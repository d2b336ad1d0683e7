import Parallelism

/// A search for parameters of the gradient learner on any table, by its loss on another of a later time.
///
/// A candidate's resource is trees × learning rate: one that learns slowly gets the more trees. The rows are
/// binned once; each trial grows its trees anew and ends by early stopping.
public struct TableSearch: Sendable {
  /// What a search found.
  public struct Report: Sendable, Codable {
    /// A trial.
    public struct Trial: Sendable, Codable {
      /// The candidate's number; 0 has the parameters that were given.
      public var candidate: Int
      /// The round, from 0.
      public var round: Int
      /// The most trees.
      public var treeCount: Int
      /// The mean loss on the validation table.
      public var loss: Double
    }

    /// The best candidate's parameters, with the number of trees that the validation table chose.
    public var best: GradientBoosting.Parameters
    /// Its number.
    public var bestCandidate: Int
    /// Its mean loss on the validation table.
    public var loss: Double
    /// The mean loss of the given parameters, where they came as far as the best.
    public var givenLoss: Double?
    /// Every trial, in the order in which they ran.
    public var trials: [Trial]
    /// Whether the seconds ran out: then the outcome depends on the machine.
    public var isCut: Bool
    /// Seconds of the search.
    public var seconds: Double
    /// The column by which rows count; nil for 1 each.
    public var weight: String?

    /// The option line of `nightjar-train fit` that learns with the best parameters.
    public var options: String { best.fitOptions + (weight.map { " --weight \(ShellWord.quoted($0))" } ?? "") }

    /// What a person reads.
    public var summary: String {
      let cut = isCut ? " (cut: the seconds ran out)" : ""
      return "\(trials.count) trials\(cut): candidate \(bestCandidate), mean loss "
        + "\(FixedPoint.text(loss, digits: 6))\n\(options)"
    }

    /// The report as one JSON object with sorted keys.
    public var json: String {
      get throws(LearningError) { String(try ModelVersion.json(self).dropLast()) }
    }
  }

  /// How tables and labels are read, the given parameters and the table of a later time.
  public var trial: TableTrial
  /// The number of candidates.
  public var candidateCount = 27
  /// Seeds the candidates.
  public var seed: UInt64 = 1
  /// Trees × learning rate of the last round.
  public var fullResource = 30.0
  /// Seconds after which no further tree is grown; nil for any number. The first candidate has one tree at least.
  public var seconds: Double?

  /// Makes a search.
  public init(_ trial: TableTrial) { self.trial = trial }

  /// Reads both tables, searches, and writes the best model where one is asked for.
  ///
  /// - Throws: `cannotTrain` without a validation table; whatever reading and growing throw.
  public func run(input: String, model: String?, threads: Int) throws -> Report {
    let clock = ContinuousClock()
    let start = clock.now
    let workers = WorkerThreads(count: threads)
    var reading = TableTrial.Report.Seconds()
    let source = try TableColumns(input, threads: threads)
    let rows = try trial.binned(source, trial.features(source), workers, &reading)
    guard let validation = try trial.validationRows(rows, workers, &reading) else {
      throw LearningError(.cannotTrain, "cannot search without a table of a later time to choose by (--valid)")
    }
    let space = BoostingSpace(trial.gradient, seed: seed)
    // Of each candidate the fit of least loss: one that was cut may be worse than the one before.
    var chosen: [Int: (fit: GradientBoosting.Fit, loss: Double)] = [:]
    let isSpent = { seconds.map { (clock.now - start).seconds > $0 } ?? false }
    var hasCutTrial = false
    func parameters(_ candidate: Int, _ resource: Double) -> GradientBoosting.Parameters {
      var parameters = space.candidate(candidate)
      parameters.treeCount = max(1, Int((resource / parameters.learningRate).rounded()))
      return parameters
    }
    let halving = SuccessiveHalving(candidateCount: candidateCount, fullResource: fullResource)
    let outcome = try halving.run(isSpent: isSpent) { candidate, resource in
      let fit = try GradientBoosting(parameters: parameters(candidate, resource)).fit(
        rows, validation: validation, isSpent: isSpent, threads: workers)
      if fit.isCut { hasCutTrial = true }
      let loss = fit.validationLoss.min() ?? .infinity
      if chosen[candidate].map({ loss <= $0.loss }) ?? true { chosen[candidate] = (fit, loss) }
      return loss
    }
    guard let best = outcome.best, let fit = chosen[best.candidate]?.fit else {
      throw LearningError(.cannotTrain, "cannot search: nothing was tried")
    }
    var found = parameters(best.candidate, best.resource)
    found.treeCount = fit.model.trees.count
    if let model {
      try ModelVersion.write(fit.model.lightGBMText(parameters: found.lightGBMLines(rows.features)), to: model)
    }
    let given = outcome.trials.last { $0.candidate == 0 && $0.round == best.round }
    return Report(
      best: found, bestCandidate: best.candidate, loss: best.loss, givenLoss: given?.loss,
      trials: outcome.trials.map {
        .init(
          candidate: $0.candidate, round: $0.round, treeCount: parameters($0.candidate, $0.resource).treeCount,
          loss: $0.loss)
      }, isCut: outcome.isCut || hasCutTrial, seconds: (clock.now - start).seconds, weight: trial.weight)
  }
}
