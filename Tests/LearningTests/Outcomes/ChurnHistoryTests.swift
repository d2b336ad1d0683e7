import Calendar
import Columns
import Datasets
import Learning
import Ledger
import Testing

@Suite struct ChurnHistoryTests {
  /// Who is prepaid, and on the base, of a night before which use is not complete on so many days.
  private func base(_ incompleteDayCount: Int) throws -> (isPrepaid: [Bool], isOnBase: [Bool], warning: String?) {
    let home = try MiniOperator(subscriptionCount: 200) { home in
      for day in 0..<incompleteDayCount {
        home.add(.coverage, MiniOperator.night - day, ["family": .text("usage"), "is_complete": .flag(false)])
      }
    }
    let history = try ChurnHistory(
      home.state, home: home.home, definition: ChurnDefinition(MiniOperator.churn()), night: MiniOperator.night,
      threads: 2)
    let twin = try history.twins([MiniOperator.night], MiniOperator.catalogue())[0]
    return (
      try twin.string("payment_type").values.map { $0 == "prepaid" }, try history.isOnBase(twin),
      history.dormancyWarning
    )
  }

  @Test func `where use is not complete, who is silent is told by days further back, or nobody is, with a warning`()
    throws
  {
    func silentCount(_ base: (isPrepaid: [Bool], isOnBase: [Bool], warning: String?)) -> Int {
      base.isPrepaid.indices.count { base.isPrepaid[$0] && !base.isOnBase[$0] }
    }
    let whole = try base(0)
    #expect(silentCount(whole) > 0 && whole.warning == nil)
    let part = try base(3)
    #expect(silentCount(part) > 0 && silentCount(part) <= silentCount(whole))
    #expect(part.warning == "use is complete on 14 of the last 17 days: who is silent is told by days further back")
    let few = try base(8)
    #expect(silentCount(few) == 0)
    #expect(few.warning?.hasPrefix("use is complete on 13 of the last 21 days: no prepaid subscription") == true)
  }
}
