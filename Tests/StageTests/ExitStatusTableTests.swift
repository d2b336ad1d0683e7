import Columns
import Configuration
import Ledger
import Stage
import Testing

@Suite struct ExitStatusTableTests {
  @Test(
    arguments: [
      (.damagedEntry, 65), (.damagedProduct, 65), (.untrustedSigner, 65), (.checkpointMismatch, 65),
      (.notInitialized, 66), (.missingFile, 66), (.missingKey, 77), (.cannotCreate, 73), (.inputOutput, 74),
      (.stateUnknown, 74), (.locked, 75), (.conflict, 75), (.invalidCommit, 70),
    ] as [(LedgerError.Code, Int32)])
  func `each failure of the ledger has its status`(code: LedgerError.Code, status: Int32) {
    let ending = ExitStatusTable.status(of: LedgerError(code, "what and where"))
    #expect(ending.status == status)
    #expect(ending.message.contains("what and where"))
  }

  @Test func `errors that say their status are taken at their word`() {
    #expect(ExitStatusTable.status(of: StageFailure(status: .unavailable, "m")).status == 69)
    #expect(ExitStatusTable.status(of: ConfigurationError(SourceLocation(file: "f"), "m")).status == 78)
  }

  @Test func `columns that are damaged are bad data, absent ones missing input`() {
    #expect(ExitStatusTable.status(of: ColumnsError(.damagedFile, "m")).status == 65)
    #expect(ExitStatusTable.status(of: ColumnsError(.missingFile, "m")).status == 66)
    #expect(ExitStatusTable.status(of: ColumnsError(.inputOutput, "m")).status == 74)
  }

  @Test func `an error that nobody foresaw is a defect`() {
    struct Unforeseen: Error {}
    #expect(ExitStatusTable.status(of: Unforeseen()).status == 70)
  }

  @Test func `the help names every status`() {
    for status in [0, 3, 64, 65, 66, 69, 70, 73, 74, 75, 77, 78] {
      #expect(ExitStatusTable.help.split(separator: "\n").contains { $0.hasPrefix("  ") && $0.contains("\(status)  ") })
    }
  }

  @Test func `an outcome with warnings ends with 3`() {
    #expect(StageOutcome.done(summary: "s").exitStatus == 0)
    #expect(StageOutcome.published("s", warnings: []).exitStatus == 0)
    #expect(StageOutcome.published("s", warnings: ["w"], counts: ["b": 2, "a": 1]).exitStatus == 3)
    #expect(
      StageOutcome.published("s", warnings: ["w"], counts: ["b": 2, "a": 1]).json
        == #"{"counts":{"a":1,"b":2},"summary":"s","warnings":["w"]}"#)
  }
}
