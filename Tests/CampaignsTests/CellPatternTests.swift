import Campaigns
import Testing

@Suite struct CellPatternTests {
  /// What spreadsheets have been seen to execute, and what hides it.
  static let hostile = [
    "=cmd|' /C calc'!A0", "=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u{A0}=1", "\u{FEFF}=1",
    "＝1", "＋1", "－1", "＠A1", "a\n=1", "\"=1", "'=1", "|calc", "%0A=1",
  ]

  @Test(arguments: hostile)
  func `no pattern lets a formula through`(cell: String) {
    for pattern in [CellPattern.number, .key, .count, .instant, .address, .decimal] {
      #expect(!pattern.fits(cell))
      #expect(!CellPattern.optional(pattern).fits(cell))
    }
    #expect(CellPattern.isExecutable(cell))
  }

  @Test func `each pattern takes what it is for`() {
    #expect(CellPattern.number.fits("4915112345678"))
    #expect(!CellPattern.number.fits("1234567"))
    #expect(!CellPattern.number.fits("+4915112345678"))
    #expect(CellPattern.key.fits("not-eligible:bill_shock"))
    #expect(!CellPattern.key.fits(""))
    #expect(CellPattern.optional(.key).fits(""))
    #expect(CellPattern.decimal.fits("-0.1234"))
    #expect(!CellPattern.decimal.fits("1e5"))
    #expect(!CellPattern.decimal.fits("--1.0000"))
    #expect(CellPattern.instant.fits("2026-11-23T09:00:00+01:00"))
    #expect(!CellPattern.instant.fits("2026-11-23 09:00:00"))
    #expect(CellPattern.address.fits("a.b+c@mail.example.org"))
    for address in ["@x.org", "a@", "a@b", "a@b..c", "a b@c.de", "a@-c.de", "a@b@c.de", "a,b@c.de"] {
      #expect(!CellPattern.address.fits(address), "\(address)")
    }
    #expect(!CellPattern.isExecutable("anna@example.org"))
  }
}
