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

  @Test func `calibrations of another model's scores keep the spread of the first one's, and the share of the labels`()
  {
    let labels = (0..<12).map { $0 % 4 == 0 ? 1.0 : 0 }
    let types = (0..<12).map { $0 < 6 ? "prepaid" : "postpaid" }
    let first = (0..<12).map { Double($0 % 5) - Double($0) / 6 }
    // Scores of half the spread, and of a third within postpaid, elsewhere.
    let last = first.indices.map { types[$0] == "prepaid" ? 3 + first[$0] / 2 : first[$0] / 3 - 1 }
    var book = CalibrationBook(scores: first, labels: labels, paymentTypes: types) { _, _ in
      .platt(intercept: -1, slope: 0.8)
    }
    book.byPaymentType = [
      "prepaid": .platt(intercept: -2, slope: 1.2), "postpaid": .isotonic(scores: [-9, 9], probabilities: [0.1, 0.9]),
    ]
    for weights in [nil, (0..<12).map { Double(1 + $0 % 3) }] as [[Double]?] {
      let moved = book.transferred(from: first, to: last, labels: labels, paymentTypes: types, weights: weights)
      guard case .platt(_, let slope) = moved.byPaymentType["prepaid"],
        case .isotonic(let points, [0.1, 0.9]) = moved.byPaymentType["postpaid"],
        case .platt(_, let pooled) = moved.pooled
      else {
        Issue.record("other kinds of maps")
        return
      }
      #expect(abs(slope - 2.4) < 1e-12)
      #expect(abs(points[1] - points[0] - 6) < 1e-9)
      let spread = Calibration.spread(first, weights: weights) / Calibration.spread(last, weights: weights)
      #expect(abs(pooled - 0.8 * spread) < 1e-12)
      for type in ["prepaid", "postpaid"] {
        let rows = types.indices.filter { types[$0] == type }
        let excess = rows.reduce(0.0) { sum, row in
          sum + (weights?[row] ?? 1) * (moved.probabilities([last[row]], paymentTypes: [type])[0] - labels[row])
        }
        #expect(abs(excess) < 1e-9)
      }
    }
    // Scores that are all equal have no spread to give or take.
    let even = book.transferred(from: first, to: last.map { _ in 1 }, labels: labels, paymentTypes: types)
    #expect({ if case .platt(_, 0.8) = even.pooled { true } else { false } }())
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
