/// What one feature adds to the raw score of a logistic model, as a function of its value: its terms put together.
struct FeatureShare: Sendable {
  /// Whether the feature has no term.
  private(set) var isEmpty = true
  private var slope = 0.0
  /// Of a spline: each ramp's knots and what it adds from the one to the other.
  private var ramps: [(lower: Double, upper: Double, rise: Double)] = []
  private var mean = 0.0
  /// What a known value adds beside the slope, and a missing one in all.
  private var known = 0.0
  private var missing = 0.0
  /// Of a categorical feature, what each level adds; empty for a numeric one.
  private var levels: [Double]

  private init(levelCount: Int) { levels = [Double](repeating: 0, count: levelCount) }

  /// The shares of a model's features.
  static func shares(of model: LogisticModel) -> [FeatureShare] {
    var shares = model.features.map { FeatureShare(levelCount: $0.levels?.count ?? 0) }
    for term in model.terms { shares[term.source.feature].add(term) }
    return shares
  }

  private mutating func add(_ term: LogisticModel.Term) {
    isEmpty = false
    switch term.source {
    case .value(_, let mean, let deviation):
      slope = term.coefficient / deviation
      self.mean = mean
    case .ramp(_, let lower, let upper, let mean, let deviation):
      let rise = term.coefficient / deviation
      ramps.append((lower, upper, rise))
      known -= rise * mean
    case .missing(_, let mean, let deviation):
      known -= term.coefficient / deviation * mean
      missing += term.coefficient / deviation * (1 - mean)
    case .level(_, let code, let mean, let deviation):
      // `missing` is what a row of no level, or of one without a term, adds.
      let step = term.coefficient / deviation
      missing -= step * mean
      levels[code] += step
    }
  }

  /// What a value adds.
  func contribution(_ value: Double) -> Double {
    if levels.isEmpty {
      guard value.isFinite else { return missing }
      return ramps.reduce(slope * (value - mean) + known) {
        $0 + $1.rise * QuantileKnots.ramp(value, lower: $1.lower, upper: $1.upper)
      }
    }
    guard value >= 0, value < Double(levels.count) else { return missing }
    return missing + levels[Int(value)]
  }
}
