import Calendar
import Ledger
import Testing

struct VisibleLinksTests {
  private func export(_ scratch: ScratchHome, _ text: String, _ date: Day = .night) throws {
    let transaction = try Transaction.begin(
      scratch.home, stage: "export", date: date, materials: [], configDigest: SHA256Digest(of: text))
    try SystemCalls.overwrite(transaction.stagingPath("sms.csv"), Array(text.utf8))
    let folder = "exports/.packs/\(date)-\(SHA256Digest(of: text).hex.prefix(16))"
    try transaction.add(stagedPath: transaction.stagingPath("sms.csv"), folder: folder, fileName: .plain("sms.csv"))
    transaction.retireEarlierRuns()
    try transaction.commit()
  }

  private func close(_ scratch: ScratchHome, _ date: Day = .night) throws {
    _ = try Night(scratch.home, date: date).close(configDigest: SHA256Digest(of: ""), versions: [:])
  }

  private func rollForward(_ scratch: ScratchHome) throws -> [String] {
    try VisibleLinks(CommitLog.open(scratch.home)).rollForward(scratch.home)
  }

  @Test func `a pack is visible once its night is closed`() throws {
    let scratch = try ScratchHome()
    try export(scratch, "a")
    #expect(try rollForward(scratch).isEmpty)
    try close(scratch)
    #expect(try rollForward(scratch) == ["exports/2026-11-22"])
    #expect(try SystemCalls.readFile(scratch.home.url("exports/2026-11-22/sms.csv")) == Array("a".utf8))
    #expect(try rollForward(scratch).isEmpty)
  }

  @Test func `a pack made again replaces the old one when the night is closed again`() throws {
    let scratch = try ScratchHome()
    try export(scratch, "a")
    try close(scratch)
    _ = try rollForward(scratch)
    try export(scratch, "b")
    #expect(try rollForward(scratch).isEmpty)
    try close(scratch)
    #expect(try rollForward(scratch) == ["exports/2026-11-22"])
    #expect(try SystemCalls.readFile(scratch.home.url("exports/2026-11-22/sms.csv")) == Array("b".utf8))
  }

  @Test func `a link lost to a kill is made by a later night's run`() throws {
    let scratch = try ScratchHome()
    try export(scratch, "a")
    try close(scratch)
    // Killed between making the link and renaming it.
    try SystemCalls.symlink("nowhere", at: scratch.home.url("exports/.link-2026-11-22"))
    try export(scratch, "b", .night + 1)
    try close(scratch, .night + 1)
    #expect(try rollForward(scratch) == ["exports/2026-11-22", "exports/2026-11-23"])
    #expect(try SystemCalls.names(in: scratch.home.url("exports")) == [".packs", "2026-11-22", "2026-11-23"])
  }
}
