import Calendar
import Ledger
import Testing

struct HomeSetupTests {
  @Test func `a second init changes nothing`() throws {
    let scratch = try ScratchHome()
    let before = try ScratchHome.contents(scratch.folder)
    let outcome = try HomeSetup(scratch.home).run()
    #expect(!outcome.isNew)
    #expect(try ScratchHome.contents(scratch.folder) == before)
  }

  @Test func `init goes on from wherever it was killed`() throws {
    // What a run killed after each of its files would have left, newest first.
    let later = ["home/log/00000001.json", "home/signing.pub", "home/vault/pseudonym.key", "keys/signing.pub"]
    for count in 1...later.count {
      let scratch = try ScratchHome()
      let before = try ScratchHome.contents(scratch.folder)
      for name in later.prefix(count) { try SystemCalls.unlink(scratch.folder + "/" + name) }
      let leftover = later[count - 1].replacing("/vault/", with: "/vault/.pending-")
      if leftover.contains(".pending-") { try SystemCalls.overwrite(scratch.folder + "/" + leftover, [1, 2]) }
      #expect(try HomeSetup(scratch.home).run().isNew)
      let after = try ScratchHome.contents(scratch.folder)
      if count < 3 { #expect(after == before) }
      #expect(after.count == before.count)
      _ = try Verification(scratch.home).run()
    }
  }

  @Test func `entry 1 names the key that signs and the vault key, and holds neither`() throws {
    let scratch = try ScratchHome()
    let entry = try #require(try CommitLog.open(scratch.home).entries.first)
    let publicKey = try PublicKey(hexOrFile: scratch.home.url("signing.pub"))
    #expect(entry.stage == "init")
    #expect(entry.products.map(\.digest) == [publicKey.identifier])
    #expect(
      entry.materials == [
        Material(
          name: "vault/pseudonym.key", digest: try SHA256Digest(ofFile: scratch.home.url("vault/pseudonym.key")))
      ])
    #expect(try SystemCalls.mode(of: scratch.home.url("vault")) == 0o700)
    #expect(try SystemCalls.mode(of: scratch.folder + "/keys") == 0o700)
  }

  @Test func `a folder without entry 1 is refused with the command that makes a home`() throws {
    let scratch = try ScratchHome(initialized: false)
    let error = ledgerError { _ = try CommitLog.open(scratch.home) }
    #expect(error?.code == .notInitialized)
    #expect(error?.message.contains("nightjar init --home \(scratch.home.path)") == true)
  }

  @Test func `without the signing key nothing is committed`() throws {
    let scratch = try ScratchHome()
    try SystemCalls.unlink(scratch.folder + "/keys/signing.key")
    #expect(ledgerError { try scratch.commit("scores", texts: ["a"]) }?.code == .missingKey)
    #expect(try CommitLog.open(scratch.home).entries.count == 1)
  }

  @Test func `another home's key is refused, not used`() throws {
    let (scratch, other) = (try ScratchHome(), try ScratchHome())
    let foreign = Home(path: scratch.home.path, keysFolder: other.folder + "/keys")
    let transaction = try Transaction.begin(
      foreign, stage: "x", date: .night, materials: [], configDigest: SHA256Digest(of: ""))
    #expect(ledgerError { try transaction.commit() }?.code == .missingKey)
    #expect(try CommitLog.open(scratch.home).entries.count == 1)
  }
}
