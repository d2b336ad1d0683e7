import Randomness
import Testing

@Suite struct SipHashTests {
  /// The vectors of the reference implementation for key 00…0f and input 00, 01, … (first eight lengths).
  static let vectors: [UInt64] = [
    0x726f_db47_dd0e_0e31, 0x74f8_39c5_93dc_67fd, 0x0d6c_8009_d9a9_4f5a, 0x8567_6696_d7fb_7e2d,
    0xcf27_94e0_2771_87b7, 0x1876_5564_cd99_a68d, 0xcbc9_466e_58fe_e3ce, 0xab02_00f5_8b01_d137,
    0x93f5_f579_9a93_2462,
  ]

  @Test(arguments: Array(SipHashTests.vectors.enumerated().map { ($0.offset, $0.element) }))
  func `the reference vectors hold`(length: Int, expected: UInt64) {
    let hash = SipHash(key: (0..<16).map { UInt8($0) })
    #expect(hash.hash((0..<length).map { UInt8($0) }) == expected)
  }

  @Test func `another key gives another hash`() {
    #expect(SipHash(key0: 1, key1: 2).hash("person") != SipHash(key0: 1, key1: 3).hash("person"))
  }
}
