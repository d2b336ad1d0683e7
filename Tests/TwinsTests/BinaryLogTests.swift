import Glibc
import Testing
import Twins

@Suite struct BinaryLogTests {
  @Test func `logarithms are those of the library, rounded down to their unit`() {
    var value: Int64 = 1
    while value < Int64.max / 3 {
      for near in [value - 1, value, value + 1, value * 3 / 2] where near > 0 {
        let exact = log2(Double(near)) * 65_536
        let units = Double(BinaryLog.units(of: near))
        #expect(units <= exact + 1e-6 && units > exact - 1.001, "\(near)")
      }
      value = value * 2 + 1
    }
    #expect(BinaryLog.units(of: 1) == 0)
    #expect(BinaryLog.units(of: 1 << 40) == 40 << 16)
    #expect(BinaryLog.units(of: .max) < 63 << 16 + 1)
  }

  @Test func `powers are those of the library`() {
    for units in stride(from: 0, to: 64 << 16, by: 4_099) {
      let exact = exp2(-Double(units) / 65_536)
      #expect(abs(BinaryLog.power(ofMinus: units) - exact) <= 1e-12 * exact)
    }
    #expect(BinaryLog.power(ofMinus: 0) == 1)
    #expect(BinaryLog.power(ofMinus: 1 << 16) == 0.5)
    #expect(BinaryLog.power(ofMinus: 1 << 40) == 0)
  }
}
