import Ledger
import Testing

struct FileLockTests {
  @Test func `a held lock names its holder and a released one is empty and free`() throws {
    let scratch = try ScratchHome()
    let lock = try FileLock.run(scratch.home, purpose: "nightjar run 2026-11-22")
    let error = ledgerError { _ = try FileLock.run(scratch.home, purpose: "second") }
    #expect(error?.code == .locked)
    #expect(error?.message.contains("process \(SystemCalls.processIdentifier) (nightjar run 2026-11-22)") == true)
    // Whoever was refused must not have wiped the holder's note.
    #expect(try SystemCalls.readFile(scratch.home.url("run.lock")).isEmpty == false)
    _ = consume lock
    #expect(try SystemCalls.readFile(scratch.home.url("run.lock")).isEmpty)
    _ = try FileLock.run(scratch.home, purpose: "third")
  }

  @Test func `a note that a killed holder left does not lock anything`() throws {
    let scratch = try ScratchHome()
    try SystemCalls.overwrite(scratch.home.url("run.lock"), Array("999999 ghost\n".utf8))
    _ = try FileLock.run(scratch.home, purpose: "next")
    #expect(try SystemCalls.readFile(scratch.home.url("run.lock")).isEmpty)
  }

  @Test func `a folder that is no home cannot be locked`() throws {
    let scratch = try ScratchHome(initialized: false)
    #expect(ledgerError { _ = try FileLock.run(scratch.home, purpose: "x") }?.code == .notInitialized)
  }
}
