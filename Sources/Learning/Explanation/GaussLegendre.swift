/// Gauss–Legendre quadrature on [0, 1]: exact for polynomials of degree below twice the number of points.
package struct GaussLegendre: Sendable {
  /// The points, ascending, all inside (0, 1).
  package let points: [Double]
  /// Their weights, which add up to 1.
  package let weights: [Double]

  /// Computes `count` points by Newton's method on the Legendre polynomial.
  package init(count: Int) {
    var points = [Double](repeating: 0, count: count)
    var weights = points
    for index in 0..<(count + 1) / 2 {
      // Tricomi's first guess, without a cosine of the C library: equal angles by the half-angle recurrence would do
      // as well; the polynomial's roots attract from any point between their neighbours.
      var x = GaussLegendre.cosine(3.14159265358979323846 * (Double(index) + 0.75) / (Double(count) + 0.5))
      var slope = 1.0
      for _ in 0..<100 {
        var (previous, current) = (1.0, x)
        for degree in stride(from: 2, through: count, by: 1) {
          let next = (Double(2 * degree - 1) * x * current - Double(degree - 1) * previous) / Double(degree)
          (previous, current) = (current, next)
        }
        if count == 1 { (previous, current) = (1, x) }
        slope = Double(count) * (x * current - previous) / (x * x - 1)
        let step = current / slope
        x -= step
        if step.magnitude < 1e-16 { break }
      }
      let weight = 1 / ((1 - x * x) * slope * slope)
      points[index] = (1 - x) / 2
      points[count - 1 - index] = (1 + x) / 2
      weights[index] = weight
      weights[count - 1 - index] = weight
    }
    self.points = points
    self.weights = weights
  }

  /// cos x for 0 ≤ x ≤ π by Taylor's series about π/2: a first guess needs no more.
  private static func cosine(_ x: Double) -> Double {
    let y = 1.57079632679489661923 - x
    var (term, sum) = (y, y)
    for k in 1...14 {
      term *= -y * y / Double(2 * k * (2 * k + 1))
      sum += term
    }
    return sum
  }
}
