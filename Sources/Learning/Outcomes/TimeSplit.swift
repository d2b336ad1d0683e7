public import Calendar

/// The as-of dates of training, validation and test, with no horizon reaching into a later part.
///
///     train … train | label windows | embargo | valid | label window | embargo | test | label window | maturity | night
///
/// A refit takes dates up to the validation date: its windows, too, end with the embargo before the test.
///
/// The newest date whose labels are mature is held out. A part's last label window, plus the embargo, ends on or before
/// the next part's as-of date. The embargo is the widest one, down from `widestEmbargoDays`, that leaves room for every
/// as-of date of training, and `embargoDays` where none does. A prepaid silence that begins on a window's last days is
/// confirmed up to `silenceDays` later, and an end may be registered later still: only an embargo of silence and
/// reporting lag keeps that, too, out of the next part.
public struct TimeSplit: Sendable, Hashable {
  /// As-of dates of training, ascending.
  public var train: [Day]
  /// The as-of date by which growth is ended and scores are calibrated.
  public var validation: Day
  /// The as-of date that nothing is learned from; nil for the model that is put to use.
  public var test: Day?
  /// As-of dates that models are fitted to once more, ascending up to the validation date; empty where they are not.
  public var refit: [Day]
  /// Days between the end of a part's last label window and the next part's as-of date, at least.
  public var embargoDays: Int

  /// Every date, ascending.
  public var dates: [Day] { Set(train + refit + [validation] + (test.map { [$0] } ?? [])).sorted() }

  /// Chooses dates for the evaluation of the procedure: train, valid and test.
  ///
  /// - Parameters:
  ///   - newest: the last date whose labels are mature.
  ///   - oldest: the first date that may be looked at.
  ///   - isUsable: whether enough complete history lies before a date.
  /// - Throws: `tooLittleHistory` where history is too short.
  public static func evaluating(
    newest: Day, oldest: Day, definition: ChurnDefinition, isUsable: (Day) -> Bool
  ) throws(LearningError) -> TimeSplit {
    var split: TimeSplit?
    let widest = max(definition.embargoDays, definition.widestEmbargoDays)
    for embargo in (definition.embargoDays...widest).reversed() {
      split = evaluating(newest: newest, oldest: oldest, definition, embargo, isUsable)
      if let split, split.train.count == definition.trainingDateCount { return split }
    }
    guard let split else { throw tooShort(oldest, newest, definition) }
    return split
  }

  private static func evaluating(
    newest: Day, oldest: Day, _ definition: ChurnDefinition, _ embargo: Int, _ isUsable: (Day) -> Bool
  ) -> TimeSplit? {
    let step = definition.horizonDays + embargo
    guard let test = newestUsable(from: newest, oldest: oldest, isUsable),
      let validation = newestUsable(from: test - step, oldest: oldest, isUsable)
    else { return nil }
    let train = trainingDates(from: validation - step, oldest: oldest, definition, isUsable)
    return train.isEmpty
      ? nil
      : TimeSplit(
        train: train, validation: validation, test: test,
        refit: refitDates(from: validation, oldest: oldest, definition, isUsable), embargoDays: embargo)
  }

  /// Chooses dates for the model that is put to use: the same procedure, with the same embargo, one step later, without
  /// a test.
  public static func deploying(
    newest: Day, oldest: Day, definition: ChurnDefinition, embargoDays: Int, isUsable: (Day) -> Bool
  ) throws(LearningError) -> TimeSplit {
    let step = definition.horizonDays + embargoDays
    guard let validation = newestUsable(from: newest, oldest: oldest, isUsable) else {
      throw tooShort(oldest, newest, definition)
    }
    let train = trainingDates(from: validation - step, oldest: oldest, definition, isUsable)
    guard !train.isEmpty else { throw tooShort(oldest, newest, definition) }
    return TimeSplit(
      train: train, validation: validation, test: nil,
      refit: refitDates(from: validation, oldest: oldest, definition, isUsable), embargoDays: embargoDays)
  }

  private static func newestUsable(from: Day, oldest: Day, _ isUsable: (Day) -> Bool) -> Day? {
    var date = from
    while date >= oldest {
      if isUsable(date) { return date }
      date = date - 1
    }
    return nil
  }

  private static func trainingDates(
    from: Day, oldest: Day, _ definition: ChurnDefinition, _ isUsable: (Day) -> Bool
  ) -> [Day] {
    dates(
      from: from, oldest: oldest, count: definition.trainingDateCount, spacingDays: definition.spacingDays, isUsable)
  }

  private static func refitDates(
    from: Day, oldest: Day, _ definition: ChurnDefinition, _ isUsable: (Day) -> Bool
  ) -> [Day] {
    dates(
      from: from, oldest: oldest, count: definition.refitDateCount, spacingDays: definition.refitSpacingDays, isUsable)
  }

  /// The newest `count` usable dates up to `from`, at least so many days apart, ascending.
  private static func dates(
    from: Day, oldest: Day, count: Int, spacingDays: Int, _ isUsable: (Day) -> Bool
  ) -> [Day] {
    var dates: [Day] = []
    var limit = from
    while dates.count < count, let date = newestUsable(from: limit, oldest: oldest, isUsable) {
      dates.append(date)
      limit = date - spacingDays
    }
    return dates.reversed()
  }

  private static func tooShort(_ oldest: Day, _ newest: Day, _ definition: ChurnDefinition) -> LearningError {
    LearningError(
      .tooLittleHistory,
      "cannot train: as-of dates may lie from \(oldest) to \(newest), each after \(definition.minimumHistoryDays) days of "
        + "complete use; training, validation and test need three dates \(definition.horizonDays) days apart; wait for "
        + "more history, or shorten the periods of models/churn.yaml")
  }
}
