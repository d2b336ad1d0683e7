import Calendar
import Columns
import Datasets

/// The fields of use at one moment: sums, days with events, trends, recency, and how weeks differ.
struct UsageFields: Sendable {
  private let windows: UsageWindows
  private let scene: TwinScene
  private let completeDayCount: Int
  /// The rank of each row among the ids of the windows, -1 for none.
  private let ranks: [Int32]

  init(_ windows: UsageWindows, _ scene: TwinScene) {
    self.windows = windows
    self.scene = scene
    completeDayCount = scene.completeDays.count(.usage)
    ranks = windows.ids.ranks(of: scene.subscriptionIDs)
  }

  /// The column of a field.
  func column(_ aggregate: UseAggregate) -> Column {
    switch aggregate {
    case .sum(let tally, let window):
      .int64(isKnown(window) ? TypedColumn(sums(tally, window)) : scene.unknown(0))
    case .days(let tally, let window): days(tally, window)
    case .recency(let tally):
      recency(windows.days(tally, of: ranks))
    case .trend(let tally, let recent, let usual): trend(tally, recent, over: usual)
    case .slope(let tally): weekly(tally, UsageFields.slope)
    case .volatility(let tally): weekly(tally, UsageFields.volatility)
    }
  }

  /// The sums of a tally over a window, a row each, whether they are known or not.
  func sums(_ tally: Tally, _ window: FieldWindow) -> [Int64] { windows.sums(tally, window, of: ranks) }

  private func isKnown(_ window: FieldWindow) -> Bool { completeDayCount >= window.knownDayCount }

  private func days(_ tally: Tally, _ window: FieldWindow) -> Column {
    guard isKnown(window) else { return .int32(scene.unknown(0)) }
    let mask = (UInt128(1) << UInt128(window.knownDayCount)) - 1
    return .int32(TypedColumn(windows.days(tally, of: ranks).map { Int32(($0 & mask).nonzeroBitCount) }))
  }

  /// The age of the lowest bit.
  private func recency(_ bits: [UInt128]) -> Column {
    scene.recency(completeDayCount) { bits[$0] == 0 ? nil : bits[$0].trailingZeroBitCount }
  }

  /// Mean per day of life in one window over the same in a longer one.
  private func trend(_ tally: Tally, _ recent: Int, over usual: Int) -> Column {
    guard isKnown(.days(usual)) else { return .double(scene.unknown(0)) }
    let (short, long) = (sums(tally, .days(recent)), sums(tally, .days(usual)))
    return .double(
      scene.column(0) { row in
        let life = scene.moment.age(scene.lives[row].activation) + 1
        guard long[row] > 0 else { return nil }
        return (Double(short[row]) / Double(min(recent, life))) / (Double(long[row]) / Double(min(usual, life)))
      })
  }

  // MARK: Weeks

  /// A number made of the sums of the whole weeks of life, the oldest first.
  private func weekly(_ tally: Tally, _ value: (ArraySlice<Double>) -> Double?) -> Column {
    let asOf = scene.moment.asOf.rawValue
    let first = UsageWeeks.firstWhole(asOf: asOf)
    guard isKnown(.days(Windows.longest)) else { return .double(scene.unknown(0)) }
    let column = windows.withWeeks(tally) { weeks in
      var sums = [Double](repeating: 0, count: UsageWeeks.spanCount)
      return scene.column(0.0) { row -> Double? in
        // The week of an activation on its Monday is whole; the week number counts from there.
        let activation = scene.lives[row].activation
        let start = UsageWeeks.number(activation + 6)
        let whole = min(UsageWeeks.spanCount, UsageWeeks.number(asOf) - first - start + 1)
        guard whole >= UsageWeeks.leastCount else { return nil }
        let rank = ranks[row]
        for week in 0..<whole {
          sums[week] = rank < 0 ? 0 : Double(weeks[(first + whole - 1 - week) * windows.ids.count + Int(rank)])
        }
        return value(sums[..<whole])
      }
    }
    return .double(column ?? scene.unknown(0))
  }

  /// Least-squares change from one value to the next.
  private static func slope(_ values: ArraySlice<Double>) -> Double? {
    let middle = Double(values.count - 1) / 2
    var (numerator, denominator) = (0.0, 0.0)
    for (place, value) in values.enumerated() {
      let distance = Double(place) - middle
      numerator += distance * value
      denominator += distance * distance
    }
    return numerator / denominator
  }

  /// Standard deviation over the mean; nil where the mean is not positive.
  private static func volatility(_ values: ArraySlice<Double>) -> Double? {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    guard mean > 0 else { return nil }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / count).squareRoot() / mean
  }
}
