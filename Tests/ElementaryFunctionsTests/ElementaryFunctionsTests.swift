import ElementaryFunctions
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct ElementaryFunctionsTests {
  @Test func `the exponential is within two units in the last place of the C library's`() {
    var x = -700.0
    while x < 700 {
      #expect((exponential(x) - exp(x)).magnitude <= 2 * exp(x).ulp, "at \(x)")
      x += 0.37
    }
    #expect(exponential(0) == 1)
    #expect(exponential(-.infinity) == 0)
    #expect(exponential(.infinity) == .infinity)
    #expect(exponential(.nan).isNaN)
  }

  @Test func `the logarithm is within two units in the last place of the C library's`() {
    var x = 1e-300
    while x < 1e300 {
      #expect((naturalLogarithm(x) - log(x)).magnitude <= 2 * log(x).ulp, "at \(x)")
      x *= 1.37
    }
    x = 0.5
    while x < 2 {
      #expect((naturalLogarithm(x) - log(x)).magnitude <= 2 * log(x).ulp, "at \(x)")
      x += 0.000_37
    }
    #expect(naturalLogarithm(1) == 0)
    #expect(naturalLogarithm(0) == -.infinity)
    #expect(naturalLogarithm(-1).isNaN)
    #expect(naturalLogarithm(.leastNonzeroMagnitude) == log(.leastNonzeroMagnitude))
  }

  @Test func `logit undoes logistic and softplus has no overflow`() {
    for x in [-20.0, -3, -0.1, 0, 0.4, 2, 20] { #expect((logit(logistic(x)) - x).magnitude < 1e-7) }
    #expect(softplus(1_000) == 1_000)
    #expect(softplus(-1_000) == 0)
    #expect((softplus(0) - log(2)).magnitude < 1e-15)
  }
}
