import Calendar
import Ledger
import Testing

struct VerificationTests {
  private func scratch() throws -> ScratchHome {
    let scratch = try ScratchHome()
    try scratch.commit("ingest", texts: ["a"])
    try scratch.commit("scores", texts: ["b"])
    _ = try Night(scratch.home, date: .night).close(configDigest: SHA256Digest(of: ""), versions: [:])
    return scratch
  }

  @Test func `a sound home passes and says what it holds`() throws {
    let scratch = try scratch()
    var verification = Verification(scratch.home)
    verification.readsData = true
    let outcome = try verification.run()
    #expect(outcome.entryCount == 4)
    #expect(outcome.productCount == 6)
    #expect(outcome.checkpoint.text.split(separator: "\n").count == 3)
  }

  @Test(arguments: 1...4) func `any flipped bit of any entry is found and the entry named`(sequence: Int) throws {
    let scratch = try scratch()
    var flipCount = 0
    do {
      let name = LogEntry.fileName(sequence)
      let path = scratch.home.url(name)
      let bytes = try SystemCalls.readFile(path)
      for index in bytes.indices {
        for bit in 0..<8 {
          var changed = bytes
          changed[index] ^= UInt8(1 << bit)
          try SystemCalls.overwrite(path, changed)
          let error = ledgerError { _ = try Verification(scratch.home).run() }
          let isNamed = error?.code == .damagedEntry && error?.message.contains(name) == true
          if !isNamed { Issue.record("bit \(bit) of byte \(index) of \(name): \(error?.description ?? "passed")") }
          flipCount += 1
        }
      }
      try SystemCalls.overwrite(path, bytes)
    }
    #expect(flipCount > 8_000)
    _ = try Verification(scratch.home).run()
  }

  @Test func `any flipped bit of any product is found by reading the data and the product named`() throws {
    let scratch = try scratch()
    var names = try CommitLog.open(scratch.home).state(.head).products.map(\.name)
    names.append("signing.pub")
    for name in names {
      let path = scratch.home.url(name)
      let bytes = try SystemCalls.readFile(path)
      for index in bytes.indices {
        for bit in 0..<8 {
          var changed = bytes
          changed[index] ^= UInt8(1 << bit)
          try SystemCalls.overwrite(path, changed)
          var verification = Verification(scratch.home)
          verification.readsData = true
          let error = ledgerError { _ = try verification.run() }
          #expect(error != nil)
          if name != "signing.pub" { #expect(error?.message.contains(name) == true) }
        }
      }
      try SystemCalls.overwrite(path, bytes)
    }
  }

  @Test func `a product of another size or none is found without reading`() throws {
    let scratch = try scratch()
    let product = try #require(try CommitLog.open(scratch.home).state(.head).products.first)
    try SystemCalls.overwrite(scratch.home.url(product.name), [1, 2, 3, 4])
    #expect(ledgerError { _ = try Verification(scratch.home).run() }?.code == .damagedProduct)
    try SystemCalls.unlink(scratch.home.url(product.name))
    let error = ledgerError { _ = try Verification(scratch.home).run() }
    #expect(error?.message.contains(product.name) == true)
  }

  @Test(arguments: [1, 2, 3]) func `a deleted entry that is not the last is missed`(sequence: Int) throws {
    let scratch = try scratch()
    try SystemCalls.unlink(scratch.home.url(LogEntry.fileName(sequence)))
    let error = ledgerError { _ = try Verification(scratch.home).run() }
    #expect(error?.code == .damagedEntry)
    #expect(error?.message.contains(LogEntry.fileName(sequence)) == true)
  }

  @Test func `two swapped entries are found`() throws {
    for (first, second) in [(1, 2), (2, 3), (2, 4), (3, 4)] {
      let scratch = try scratch()
      let (one, two) = (scratch.home.url(LogEntry.fileName(first)), scratch.home.url(LogEntry.fileName(second)))
      let bytes = try SystemCalls.readFile(one)
      try SystemCalls.rename(two, to: one)
      try SystemCalls.writeFile(two, bytes)
      let error = ledgerError { _ = try Verification(scratch.home).run() }
      #expect(error?.code == .damagedEntry)
      #expect(error?.message.contains(LogEntry.fileName(first)) == true)
    }
  }

  @Test func `a foreign file in the log is found and a leftover of a killed writer is not`() throws {
    let scratch = try scratch()
    try SystemCalls.writeFile(scratch.home.url("log/.pending-00000005.json"), [1])
    _ = try Verification(scratch.home).run()
    try SystemCalls.writeFile(scratch.home.url("log/notes.txt"), [1])
    #expect(ledgerError { _ = try Verification(scratch.home).run() }?.code == .damagedEntry)
  }

  @Test func `the last entry deleted is seen only against a checkpoint`() throws {
    let scratch = try scratch()
    let path = scratch.folder + "/checkpoint"
    try Verification(scratch.home).run().checkpoint.write(to: path)
    try SystemCalls.unlink(scratch.home.url(LogEntry.fileName(4)))
    var verification = Verification(scratch.home)
    _ = try verification.run()
    verification.checkpoint = try Checkpoint(ofFile: path)
    let error = ledgerError { _ = try verification.run() }
    #expect(error?.code == .checkpointMismatch)
    #expect(error?.message.contains(LogEntry.fileName(4)) == true)
  }

  @Test func `a log that grew continues its checkpoint`() throws {
    let scratch = try scratch()
    let path = scratch.folder + "/checkpoint"
    try Verification(scratch.home).run().checkpoint.write(to: path)
    try scratch.commit("report", texts: ["c"])
    var verification = Verification(scratch.home)
    verification.checkpoint = try Checkpoint(ofFile: path)
    #expect(try verification.run().entryCount == 5)
  }

  @Test func `a log re-written with the right key is seen only against a checkpoint`() throws {
    let scratch = try scratch()
    let path = scratch.folder + "/checkpoint"
    try Verification(scratch.home).run().checkpoint.write(to: path)
    for sequence in 2...4 { try SystemCalls.unlink(scratch.home.url(LogEntry.fileName(sequence))) }
    for text in ["x", "y", "z", "last"] { try scratch.commit("forged", .night, texts: [text]) }
    var verification = Verification(scratch.home)
    _ = try verification.run()
    verification.checkpoint = try Checkpoint(ofFile: path)
    #expect(ledgerError { _ = try verification.run() }?.code == .checkpointMismatch)
  }

  @Test func `a log of another signer passes by itself and fails against the trusted key`() throws {
    let (own, other) = (try scratch(), try scratch())
    var verification = Verification(other.home)
    _ = try verification.run()
    verification.trustedKey = try PublicKey(hexOrFile: own.folder + "/keys/signing.pub")
    #expect(ledgerError { _ = try verification.run() }?.code == .untrustedSigner)
    verification.trustedKey = try PublicKey(hexOrFile: other.folder + "/keys/signing.pub")
    _ = try verification.run()
    verification.trustedKey = try PublicKey(hexOrFile: other.home.url("signing.pub"))
    _ = try verification.run()
  }
}
