public import Calendar

/// What world is wanted: its size, its days and its seed.
public struct WorldSettings: Sendable, Hashable {
  /// The seed of every draw.
  public var seed: UInt64
  /// Subscriptions on the base on the first day; about as many join as leave.
  public var subscriptionCount: Int
  /// Days of the run, the last one included.
  public var dayCount: Int
  /// The last day.
  public var until: Day
  /// The last nights, delivered as raw archives rather than as daily sums.
  public var rawNightCount: Int
  /// The days for which the truth is told; where empty, every 14 days back from the last.
  public var truthDays: Set<Day>
  /// What contacts do to customers.
  public var responses: ResponseLaw
  /// How customers were contacted.
  public var campaigns: CampaignStyle

  /// Makes settings.
  public init(
    seed: UInt64, subscriptionCount: Int, dayCount: Int = 180, until: Day, rawNightCount: Int = 3,
    truthDays: Set<Day> = [], responses: ResponseLaw = .none, campaigns: CampaignStyle = .usual
  ) {
    self.seed = seed
    self.subscriptionCount = subscriptionCount
    self.dayCount = dayCount
    self.until = until
    self.rawNightCount = rawNightCount
    self.truthDays = truthDays
    self.responses = responses
    self.campaigns = campaigns
  }

  /// Checks the limits within which a world can be made; throws `.unfitSettings`.
  public func validate() throws(SyntheticError) {
    guard (1...20_000_000).contains(subscriptionCount) else {
      throw SyntheticError(.unfitSettings, "the number of subscribers lies between 1 and 20,000,000")
    }
    guard (60...1_000).contains(dayCount) else {
      throw SyntheticError(.unfitSettings, "the run has between 60 and 1,000 days")
    }
    guard (1...28).contains(rawNightCount) else {
      throw SyntheticError(.unfitSettings, "between 1 and 28 nights are raw")
    }
    guard truthDays.allSatisfy({ (until - dayCount + 1...until).contains($0) }) else {
      throw SyntheticError(.unfitSettings, "the truth is told for days of the run")
    }
  }
}

/// What every town shares: the settings, the calendar, the outages and the draws.
package struct World: Sendable {
  let settings: WorldSettings
  let draws: Draws
  let firstDay: Day
  /// The first day that is delivered raw; days of the run count from 0.
  let firstRawDay: Int
  /// Whether a cell is out on a day: cell-major.
  private let outages: [Bool]
  /// Per day of the run: the factor of weekends and holidays.
  let dayFactors: [Double]
  /// The text of each day of the run.
  let dayTexts: [[UInt8]]

  var dayCount: Int { settings.dayCount }
  var lastDay: Int { settings.dayCount - 1 }
  static var cellCount: Int { OperatorLaw.Population.regions.count * OperatorLaw.Population.cellsPerRegion }

  /// Draws what all towns share.
  package init(_ settings: WorldSettings) {
    self.settings = settings
    draws = Draws(seed: settings.seed)
    let first = settings.until - (settings.dayCount - 1)
    firstDay = first
    firstRawDay = settings.dayCount - settings.rawNightCount
    outages = World.outages(draws, dayCount: settings.dayCount)
    dayFactors = (0..<settings.dayCount).map { index in
      let day = first + index
      let isHoliday = World.isHoliday(day)
      return (day.isWeekend ? OperatorLaw.Use.weekendFactor : 1) * (isHoliday ? OperatorLaw.Use.holidayFactor : 1)
    }
    dayTexts = (0..<settings.dayCount).map { Array((first + $0).description.utf8) }
  }

  func isOut(cell: Int, on day: Int) -> Bool { outages[cell * settings.dayCount + day] }

  func date(_ day: Int) -> Day { firstDay + day }

  private static func outages(_ draws: Draws, dayCount: Int) -> [Bool] {
    var isOut = [Bool](repeating: false, count: cellCount * dayCount)
    for cell in 0..<cellCount {
      for day in 0..<dayCount {
        var stream = draws.stream(.outage, cell, day)
        guard stream.happens(OperatorLaw.Events.outageRate) else { continue }
        let last = min(dayCount - 1, day + stream.integer(1...OperatorLaw.Events.outageLongestDays) - 1)
        for outDay in day...last { isOut[cell * dayCount + outDay] = true }
      }
    }
    return isOut
  }

  /// Nationwide public holidays of Germany on fixed dates.
  private static func isHoliday(_ day: Day) -> Bool {
    let civil = day.civil
    return [(1, 1), (5, 1), (10, 3), (12, 25), (12, 26)].contains { $0 == (civil.month, civil.day) }
  }
}
