import Calendar
import Ledger
import Testing

struct KeptDeliveriesTests {
  private func scratch() throws -> (ScratchHome, KeptDeliveries, source: String, digest: SHA256Digest) {
    let scratch = try ScratchHome()
    let source = scratch.folder + "/delivered.csv"
    try SystemCalls.writeFile(source, Array("a,b\n1,2\n".utf8))
    let vault = KeptDeliveries(scratch.home)
    try vault.prepare()
    return (scratch, vault, source, try SHA256Digest(ofFile: source))
  }

  @Test(arguments: DeliveryKeeping.allCases) func `a kept delivery is found by its digest`(keeping: DeliveryKeeping)
    throws
  {
    let (scratch, vault, source, digest) = try scratch()
    #expect(vault.find(digest) == .lost(.notKept))
    let scratchPath = scratch.folder + "/scratch"
    for _ in 0..<2 {
      #expect(try vault.keep(digest, at: source, as: keeping, scratchPath: scratchPath) == keeping)
      let expected = keeping == .reference ? source : scratch.home.url("vault/deliveries/\(digest.hex)")
      #expect(vault.find(digest) == .found(path: expected))
    }
    // The delivered name may go; only a reference suffers.
    try SystemCalls.unlink(source)
    switch keeping {
    case .reference: #expect(vault.find(digest) == .lost(.gone))
    default: #expect(try SHA256Digest(ofFile: #require(vault.claimedPath(digest))) == digest)
    }
    try vault.drop(digest)
    #expect(vault.find(digest) == .lost(.notKept))
  }

  @Test func `a link follows symbolic links and costs no second copy`() throws {
    let (scratch, vault, source, digest) = try scratch()
    let alias = scratch.folder + "/alias.csv"
    try SystemCalls.symlink(source, at: alias)
    #expect(try vault.keep(digest, at: alias, as: .link, scratchPath: "") == .link)
    #expect(try SystemCalls.byteCount(ofFile: scratch.home.url("vault/deliveries/\(digest.hex)")) == 8)
    // One file under two names: what is written through one shows under the other, and the digest tells.
    try SystemCalls.overwrite(source, Array("a,b\n1,3\n".utf8))
    #expect(vault.find(digest) == .lost(.changed))
  }

  @Test func `tidying drops what nobody wants and leaves foreign names alone`() throws {
    let (scratch, vault, source, digest) = try scratch()
    let other = SHA256Digest(of: "other")
    _ = try vault.keep(digest, at: source, as: .link, scratchPath: "")
    _ = try vault.keep(other, at: source, as: .reference, scratchPath: "")
    try SystemCalls.writeFile(scratch.home.url("vault/deliveries/read-me"), [])
    try vault.tidy { $0 == digest }
    #expect(try SystemCalls.names(in: scratch.home.url("vault/deliveries")) == [digest.hex, "read-me"].sorted())
  }

  @Test func `verifying the data reads kept deliveries again and names those that changed`() throws {
    let (scratch, vault, source, digest) = try scratch()
    let absent = IntakeFile(feed: "calls", name: "absent.csv", sha256: SHA256Digest(of: "absent"), byteCount: 1)
    let there = IntakeFile(feed: "calls", name: "delivered.csv", sha256: digest, byteCount: 8)
    try scratch.commit("ingest", texts: ["a"], files: [absent, there])
    _ = try vault.keep(digest, at: source, as: .link, scratchPath: "")
    var verification = Verification(scratch.home)
    #expect(try verification.run().keptDeliveryCount == 0, "nothing is read without being asked")
    verification.readsData = true
    #expect(try verification.run().keptDeliveryCount == 1)
    #expect(try verification.run().lostDeliveries.isEmpty, "one whose time is over is in order")
    try SystemCalls.overwrite(source, Array("a,b\n1,3\n".utf8))
    let outcome = try verification.run()
    #expect(outcome.keptDeliveryCount == 0)
    #expect(outcome.lostDeliveries.count == 1 && outcome.lostDeliveries[0].contains("delivered.csv"))
  }
}
