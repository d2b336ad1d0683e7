import Learning
import Testing

/// Rows that the chance of a contact is learned from; the weights themselves are judged by `DoNothingTests` and `JudgingWeightsTests`.
@Suite struct TreatmentPropensityTests {
  @Test func `of too many rows every nth teaches, and few are all kept`() {
    let most = TreatmentPropensity.greatestRowCount
    for count in [0, 1, most - 1, most] {
      #expect(TreatmentPropensity.thinned(Array(0..<count)) == Array(0..<count))
    }
    for (count, step) in [(most + 1, 2), (2 * most, 2), (2 * most + 1, 3), (10 * most, 10)] {
      let rows = (0..<count).map { 3 * $0 }
      let kept = TreatmentPropensity.thinned(rows)
      #expect(kept == stride(from: 0, to: count, by: step).map { 3 * $0 })
      #expect(kept.count <= most)
    }
  }
}
