public import Calendar

/// The as-of dates of training, validation and test, with no horizon reaching into a later part.
///
///     train …… train | label windows | valid | label window | test | label window | maturity | night
///
/// The newest date whose labels are mature is held out. A part's last horizon, plus the embargo, ends on or before the
/// next part's as-of date. A prepaid silence that begins on a horizon's last days is confirmed up to `silence-days` later:
/// only an embargo of that length keeps the confirmation, too, out of the next part.
public struct TimeSplit: Sendable, Hashable {
  /// As-of dates of training, ascending.
  public var train: [Day]
  /// The as-of date by which growth is ended and scores are calibrated.
  public var validation: Day
  /// The as-of date that nothing is learned from; nil for the model that is put to use.
  public var test: Day?

  /// Every date, ascending.
  public var dates: [Day] { train + [validation] + (test.map { [$0] } ?? []) }

  /// Chooses dates for the evaluation of the procedure: train, valid and test.
  ///
  /// - Parameters:
  ///   - newest: the last date whose labels are mature.
  ///   - oldest: the first date that may be looked at.
  ///   - isUsable: whether enough complete history lies before a date.
  /// - Throws: `cannotTrain` where history is too short.
  public static func evaluating(
    newest: Day, oldest: Day, definition: ChurnDefinition, isUsable: (Day) -> Bool
  ) throws(LearningError) -> TimeSplit {
    let step = definition.horizonDays + definition.embargoDays
    guard let test = newestUsable(from: newest, oldest: oldest, isUsable),
      let validation = newestUsable(from: test - step, oldest: oldest, isUsable)
    else { throw tooShort(oldest, newest, definition) }
    let train = trainingDates(from: validation - step, oldest: oldest, definition, isUsable)
    guard !train.isEmpty else { throw tooShort(oldest, newest, definition) }
    return TimeSplit(train: train, validation: validation, test: test)
  }

  /// Chooses dates for the model that is put to use: the same procedure one step later, without a test.
  public static func deploying(
    newest: Day, oldest: Day, definition: ChurnDefinition, isUsable: (Day) -> Bool
  ) throws(LearningError) -> TimeSplit {
    let step = definition.horizonDays + definition.embargoDays
    guard let validation = newestUsable(from: newest, oldest: oldest, isUsable) else {
      throw tooShort(oldest, newest, definition)
    }
    let train = trainingDates(from: validation - step, oldest: oldest, definition, isUsable)
    guard !train.isEmpty else { throw tooShort(oldest, newest, definition) }
    return TimeSplit(train: train, validation: validation, test: nil)
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
    var dates: [Day] = []
    var limit = from
    while dates.count < definition.trainingDateCount,
      let date = newestUsable(from: limit, oldest: oldest, isUsable)
    {
      dates.append(date)
      limit = date - definition.spacingDays
    }
    return dates.reversed()
  }

  private static func tooShort(_ oldest: Day, _ newest: Day, _ definition: ChurnDefinition) -> LearningError {
    LearningError(
      .cannotTrain,
      "cannot train: as-of dates may lie from \(oldest) to \(newest), each after \(definition.minimumHistoryDays) days of "
        + "complete use; training, validation and test need three dates \(definition.horizonDays) days apart; wait for "
        + "more history, or shorten the periods of models/churn.yaml")
  }
}
