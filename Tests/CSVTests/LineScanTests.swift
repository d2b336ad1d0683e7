import CSV
import Testing

@Suite struct LineScanTests {
  /// What a scan found.
  struct Found: Equatable {
    var separators: [UInt32]
    var lineEnds: [UInt32]
    var specials: [UInt32]

    init(_ scan: borrowing LineScan) {
      separators = Array(UnsafeBufferPointer(start: scan.separators, count: scan.separatorCount))
      lineEnds = Array(UnsafeBufferPointer(start: scan.lineEnds, count: scan.lineCount))
      specials = Array(UnsafeBufferPointer(start: scan.specials, count: scan.specialCount))
    }
  }

  @Test func `the vector loop finds what a loop over bytes finds, at every length`() {
    var scan = LineScan(capacity: 1 << 12)
    let alphabet: [UInt8] = [0x2C, 0x0A, 0x0D, 0x22, 0x61, 0x62, 0x00, 0xFF, 0x3B]
    var state: UInt64 = 42
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
    for length in 0..<600 {
      // Sparse and dense texts: the odds of a plain letter vary with the length.
      let bytes = (0..<length).map { _ in next() % 7 < UInt64(length % 7) ? 0x61 : alphabet[Int(next() % 9)] }
      for dialect in [Dialect(), Dialect(delimiter: 0x3B, quote: 0x61)] {
        bytes.withUnsafeBytes { scan.scan($0, dialect) }
        let fast = Found(scan)
        bytes.withUnsafeBytes { scan.scanByteByByte($0, dialect) }
        #expect(fast == Found(scan))
        #expect(scan.separators[-1] &+ 1 == 0)
      }
    }
  }
}
