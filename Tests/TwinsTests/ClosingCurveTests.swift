import Testing
import Twins

@Suite struct ClosingCurveTests {
  /// Weeks in remission under 6-mercaptopurine (Freireich and others, 1963), the usual example of the estimate; negative
  /// where the patient was still in remission when last seen.
  private static let remissions = [
    6, 6, 6, -6, 7, -9, 10, -10, -11, 13, 16, -17, -19, -20, 22, 23, -25, -32, -32, -34, -35,
  ]

  private static func curve(_ times: [Int], longest: Int) -> ClosingCurve {
    var curve = ClosingCurve(longest: longest)
    for time in times { curve.add(entry: 0, exit: abs(time), isClosed: time > 0) }
    return curve
  }

  @Test func `the estimate has the published numbers of the remissions of leukaemia`() throws {
    let published = [(6, 0.857), (7, 0.807), (10, 0.753), (13, 0.690), (16, 0.627), (22, 0.538), (23, 0.448)]
    for (weeks, expected) in published {
      let curve = Self.curve(Self.remissions, longest: weeks)
      let risk = try #require(BreachRisk(own: curve, kind: curve, target: weeks, prior: 0).risk(age: 0))
      #expect((risk * 1_000).rounded() == (expected * 1_000).rounded(), "\(weeks) weeks: \(risk)")
    }
  }

  @Test func `a case of some age has the chance that its age leaves`() throws {
    let curve = Self.curve(Self.remissions, longest: 23)
    let risks = BreachRisk(own: curve, kind: curve, target: 23, prior: 0)
    // 0.448 over 0.753: what S(23) is given S(10).
    let risk = try #require(risks.risk(age: 10))
    #expect(abs(risk - 0.4482 / 0.7529) < 0.0005)
    #expect(try #require(risks.risk(age: 22)) == 5.0 / 6)
  }

  @Test func `a case that was open before the window is at risk from its age there`() throws {
    var curve = ClosingCurve(longest: 5)
    for _ in 0..<10 { curve.add(entry: 0, exit: 1, isClosed: true) }
    for _ in 0..<10 { curve.add(entry: 0, exit: 3, isClosed: true) }
    for _ in 0..<10 { curve.add(entry: 2, exit: 2, isClosed: true) }
    #expect(curve.hazards.map(\.atRisk) == [20, 20, 20, 10, 0, 0])
    #expect(curve.hazards.map(\.closed) == [0, 10, 10, 10, 0, 0])
    // 1/2 of those of age 0 pass the first day, 1/2 of those there the second.
    #expect(BreachRisk(own: curve, kind: curve, target: 2, prior: 0).risk(age: 0) == 0.25)
  }

  @Test func `a category with few cases is drawn to its kind`() throws {
    let kind = Self.curve((0..<20).map { $0 < 10 ? 1 : -2 }, longest: 2)
    let none = ClosingCurve(longest: 2)
    // Without cases of its own it has the kind's risk: 10 of 20 close on the first day.
    #expect(BreachRisk(own: none, kind: kind, target: 1).risk(age: 0) == 0.5)
    // Ten of its own that never close weigh as much as the kind: 1 − (0 + 10 · 1/2) / (10 + 10).
    let own = Self.curve([Int](repeating: -2, count: 10), longest: 2)
    #expect(BreachRisk(own: own, kind: kind, target: 1).risk(age: 0) == 0.75)
  }

  @Test func `nothing is said of fewer than twenty cases, or beyond what anybody has reached`() {
    let few = Self.curve([Int](repeating: 1, count: 19), longest: 3)
    #expect(BreachRisk(own: few, kind: few, target: 3).risk(age: 0) == nil)
    let open = Self.curve([Int](repeating: -1, count: 20), longest: 3)
    let risks = BreachRisk(own: open, kind: open, target: 3)
    #expect(risks.risk(age: 0) == nil, "nobody has been seen at two days")
    let closed = Self.curve([Int](repeating: 1, count: 20), longest: 3)
    #expect(BreachRisk(own: closed, kind: closed, target: 3).risk(age: 0) == 0, "all close on the first day")
    #expect(BreachRisk(own: closed, kind: closed, target: 3).risk(age: 1) == nil)
  }
}
