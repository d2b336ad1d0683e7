/// How cases close with age: at each age in days, how many were at risk of closing and how many closed.
///
/// The product-limit estimate (Kaplan and Meier, "Nonparametric estimation from incomplete observations", 1958). A case that
/// was open before the window is at risk only from the age at which the window begins (delayed entry), one that is still
/// open is at risk up to its present age. Counts are integers, so the order of the cases is idle.
package struct ClosingCurve: Sendable, Hashable {
  private(set) var caseCount = 0
  private var entered: [Int]
  private var left: [Int]
  private var closings: [Int]

  /// No cases; ages from 0 to `longest` are kept.
  package init(longest: Int) {
    entered = [Int](repeating: 0, count: longest + 1)
    left = [Int](repeating: 0, count: longest + 1)
    closings = [Int](repeating: 0, count: longest + 1)
  }

  /// Adds a case that was seen from the age `entry` to the age `exit`, at which it closed or was still open.
  package mutating func add(entry: Int, exit: Int, isClosed: Bool) {
    caseCount += 1
    if entry < entered.count { entered[entry] += 1 }
    guard exit < left.count else { return }
    left[exit] += 1
    if isClosed { closings[exit] += 1 }
  }

  /// At each age, how many cases were at risk on that day, and how many of them closed on it.
  package var hazards: [(atRisk: Int, closed: Int)] {
    var open = 0
    return entered.indices.map { age in
      open += entered[age]
      defer { open -= left[age] }
      return (open, closings[age])
    }
  }
}

/// The chance that a case does not close by its target, given that it is open at its present age.
///
/// With n(t) cases of the category at risk at age t and d(t) of them closing, and N(t), D(t) the same of the whole kind, the
/// hazard of the category is drawn towards that of the kind as if `priorCaseCount` cases more had been seen with it:
///
///     h(t) = (d(t) + K·D(t)/N(t)) / (n(t) + K)
///     risk(c) = Π (1 − h(t)) for t from c + 1 to the target
///
/// The product is taken in ascending order of t, each factor a quotient of two integers.
package struct BreachRisk: Sendable {
  /// How many cases of the kind's hazard a category's own are worth: as many of its own weigh as much.
  package static let priorCaseCount = 10
  /// Cases of a kind in the window below which nothing is said.
  package static let leastCaseCount = 20

  /// The risk by age from 0 up to the day before the target; nil where nobody of the kind was at risk at some age between.
  private let byAge: [Double?]

  package init(own: ClosingCurve, kind: ClosingCurve, target: Int, prior: Int = priorCaseCount) {
    guard kind.caseCount >= BreachRisk.leastCaseCount else {
      byAge = [Double?](repeating: nil, count: target)
      return
    }
    let (own, kind) = (own.hazards, kind.hazards)
    byAge = (0..<target).map { age in
      var risk = 1.0
      for later in age + 1...target where risk > 0 {
        let (all, allClosed) = kind[later]
        guard all > 0 else { return nil }
        let weight = (own[later].atRisk + prior) * all
        risk *= Double(weight - own[later].closed * all - prior * allClosed) / Double(weight)
      }
      return risk
    }
  }

  /// The risk of a case that is open at an age of less than the target.
  package func risk(age: Int) -> Double? { byAge[max(0, age)] }
}
