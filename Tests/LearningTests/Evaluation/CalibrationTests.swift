import Learning
import Testing

@Suite struct CalibrationTests {
  @Test func `isotonic regression pools adjacent violators`() throws {
    let map = try #require(Calibration.fittingIsotonic(scores: [1, 2, 3, 4], labels: [0, 1, 0, 1]))
    guard case .isotonic(let scores, let probabilities) = map else {
      Issue.record("another map")
      return
    }
    #expect(scores == [1, 2.5, 4])
    // (n₊ + ½)/(n + 1) of blocks with 0 of 1, 1 of 2 and 1 of 1.
    #expect(probabilities == [0.25, 0.5, 0.75])
    #expect(map.probability(0) == 0.25)
    #expect(map.probability(2.5) == 0.5)
    #expect(map.probability(3.25) == 0.625)
    #expect(map.probability(9) == 0.75)
  }

  @Test func `an isotonic map never falls and has no probability of 0 or 1`() throws {
    let rows = TrainingRows(5_000)
    let map = try #require(Calibration.fittingIsotonic(scores: rows.table.columns[0], labels: rows.labels))
    var last = 0.0
    for step in -400...400 {
      let probability = map.probability(Double(step) / 100)
      #expect(probability >= last)
      #expect(probability > 0 && probability < 1)
      last = probability
    }
  }

  @Test func `a map is moved until its mean is the share of the labels, and keeps its shape`() throws {
    let (scores, labels) = ([-1, 0, 1, 2.0], [0, 0, 1, 1.0])
    let line = Calibration.platt(intercept: -3, slope: 0.5)
    let points = Calibration.isotonic(scores: [10, 11, 14], probabilities: [0.1, 0.3, 0.9])
    for weights in [nil, [1, 3, 1, 1.0]] as [[Double]?] {
      for map in [line, points] {
        let moved = map.levelled(scores: scores, labels: labels, weights: weights)
        let total = scores.indices.reduce(0.0) { $0 + (weights?[$1] ?? 1) * moved.probability(scores[$1]) }
        #expect(abs(total - 2) < 1e-11, "as many as left")
      }
    }
    guard case .platt(_, 0.5) = line.levelled(scores: scores, labels: labels),
      case .isotonic(let places, [0.1, 0.3, 0.9]) = points.levelled(scores: scores, labels: labels)
    else {
      Issue.record("another slope, or other probabilities")
      return
    }
    #expect(abs(places[2] - places[0] - 4) < 1e-9)
    // A flat map has no level to move, and no move makes probabilities of 0.1 to 0.9 a mean of 1.
    let flat = Calibration.platt(intercept: 1, slope: 0)
    #expect(flat.levelled(scores: scores, labels: labels) == flat)
    #expect(points.levelled(scores: scores, labels: [1, 1, 1, 1]) == points)
  }

  @Test func `Platt's line is refused where it would turn the order round`() {
    #expect(Calibration.fittingPlatt(scores: [1, 2, 3, 4, 5, 6], labels: [1, 1, 0, 1, 0, 0]) == nil)
    #expect(Calibration.fittingPlatt(scores: [1, 2, 3], labels: [0, 0, 0]) == nil)
  }

  @Test func `scores that do not rise with the label give everybody the base rate`() throws {
    let book = CalibrationBook(
      scores: [1, 2, 3, 4, 5, 6], labels: [1, 1, 0, 1, 0, 0], paymentTypes: [String](repeating: "prepaid", count: 6)
    ) { Calibration.fittingPlatt(scores: $0, labels: $1) }
    #expect(book.pooled.isFlat)
    let falling = try #require(Calibration.fittingIsotonic(scores: [1, 2, 3, 4, 5, 6], labels: [1, 1, 0, 1, 0, 0]))
    #expect(falling.isFlat && falling.probability(9) == 0.5)
    let rising = try #require(Calibration.fittingIsotonic(scores: [1, 2, 3, 4], labels: [0, 1, 0, 1]))
    #expect(!rising.isFlat)
    #expect(book.probabilities([-9, 9], paymentTypes: ["prepaid", "x"]).allSatisfy { ($0 - 0.5).magnitude < 1e-15 })
  }

  @Test func `each payment type with enough who left has a calibration of its own`() throws {
    let rows = TrainingRows(6_000)
    let scores = rows.table.columns[0]
    let types = scores.indices.map { $0 < 3_000 ? "prepaid" : $0 < 5_990 ? "postpaid" : "unknown" }
    let book = CalibrationBook(scores: scores, labels: rows.labels, paymentTypes: types) {
      Calibration.fittingPlatt(scores: $0, labels: $1)
    }
    #expect(book.byPaymentType.keys.sorted() == ["postpaid", "prepaid"])
    let own = try #require(
      Calibration.fittingPlatt(scores: Array(scores.prefix(3_000)), labels: Array(rows.labels.prefix(3_000))))
    let probabilities = book.probabilities(scores, paymentTypes: types)
    #expect(probabilities[7] == own.probability(scores[7]))
    #expect(probabilities[5_995] == book.pooled.probability(scores[5_995]))
  }
}
