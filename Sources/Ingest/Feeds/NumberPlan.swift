/// The number plan of a country: facts of E.164 and of its regulator, so that a feed need not repeat them.
///
/// `lengths` are the digits of a national number without trunk prefix; short codes are no numbers by a plan.
struct NumberPlan: Sendable, Hashable {
  /// The country's two letters (ISO 3166-1).
  let country: String
  let countryCode: String
  let trunkPrefix: String
  let internationalPrefix: String
  let lengths: ClosedRange<Int>

  private init(
    _ country: String, _ countryCode: String, trunk: String = "0", international: String = "00",
    _ lengths: ClosedRange<Int>
  ) {
    self.country = country
    self.countryCode = countryCode
    trunkPrefix = trunk
    internationalPrefix = international
    self.lengths = lengths
  }

  /// The plans that a feed can name.
  static let all = [
    NumberPlan("AE", "971", 8...9), NumberPlan("AT", "43", 4...13),
    NumberPlan("AU", "61", international: "0011", 9...9), NumberPlan("BE", "32", 8...9),
    NumberPlan("BR", "55", 10...11), NumberPlan("CA", "1", trunk: "1", international: "011", 10...10),
    NumberPlan("CH", "41", 9...9), NumberPlan("CZ", "420", trunk: "", 9...9), NumberPlan("DE", "49", 5...13),
    NumberPlan("DK", "45", trunk: "", 8...8), NumberPlan("EE", "372", trunk: "", 7...8),
    NumberPlan("EG", "20", 8...10), NumberPlan("ES", "34", trunk: "", 9...9), NumberPlan("FI", "358", 5...12),
    NumberPlan("FR", "33", 9...9), NumberPlan("GB", "44", 9...10), NumberPlan("GR", "30", trunk: "", 10...10),
    NumberPlan("HU", "36", trunk: "06", 8...9), NumberPlan("IE", "353", 7...10), NumberPlan("IN", "91", 10...10),
    NumberPlan("IT", "39", trunk: "", 6...11), NumberPlan("JP", "81", international: "010", 9...10),
    NumberPlan("KE", "254", international: "000", 7...9), NumberPlan("LU", "352", trunk: "", 4...11),
    NumberPlan("MX", "52", trunk: "", 10...10), NumberPlan("NG", "234", international: "009", 7...10),
    NumberPlan("NL", "31", 9...11), NumberPlan("NO", "47", trunk: "", 8...8), NumberPlan("NZ", "64", 8...10),
    NumberPlan("PL", "48", trunk: "", 9...9), NumberPlan("PT", "351", trunk: "", 9...9),
    NumberPlan("RO", "40", 9...9), NumberPlan("RU", "7", trunk: "8", international: "810", 10...10),
    NumberPlan("SE", "46", 7...13), NumberPlan("SK", "421", 9...9), NumberPlan("TR", "90", 10...10),
    NumberPlan("UA", "380", 9...9), NumberPlan("US", "1", trunk: "1", international: "011", 10...10),
    NumberPlan("ZA", "27", 9...9),
  ]
}
