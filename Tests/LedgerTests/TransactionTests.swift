import Calendar
import Ledger
import Testing

struct TransactionTests {
  @Test func `a commit makes its products live and leaves no staging`() throws {
    let scratch = try ScratchHome()
    let entry = try scratch.commit("scores", texts: ["a", "b"])
    #expect(entry.sequence == 2)
    let state = try CommitLog.open(scratch.home).state(.head)
    #expect(state.products("scores").map(\.digest).sorted() == ["a", "b"].map { SHA256Digest(of: $0) }.sorted())
    #expect(state.products("scores", where: ["date": Day.night.description]).count == 2)
    #expect(state.products("scores", where: ["date": "1999-01-01"]).isEmpty)
    #expect(state.products(under: "data/scores").count == 2)
    #expect(state.datasets == ["scores"])
    #expect(try SystemCalls.names(in: scratch.home.url("staging")).isEmpty)
    #expect(try SystemCalls.names(in: scratch.home.url("log")) == ["00000001.json", "00000002.json"])
    for product in state.products {
      #expect(try SHA256Digest(ofFile: scratch.home.url(product.name)) == product.digest)
    }
  }

  @Test func `the same work again is already done and changes no byte`() throws {
    let scratch = try ScratchHome()
    let first = try scratch.commit("scores", texts: ["a"])
    let before = try scratch.contents()
    #expect(try scratch.commit("scores", texts: ["a"]) == first)
    #expect(try scratch.contents() == before)
  }

  @Test func `work that a later run of the stage and night superseded is done again`() throws {
    let scratch = try ScratchHome()
    try scratch.commit("scores", texts: ["a"])
    try scratch.commit("scores", texts: ["b"], replacing: true)
    let again = try scratch.commit("scores", texts: ["a"], replacing: true)
    #expect(again.sequence == 4)
    #expect(again.retired.count == 1)
    #expect(try CommitLog.open(scratch.home).state(.head).products("scores").map(\.digest) == [SHA256Digest(of: "a")])
  }

  @Test func `a retired product that is made again stays live`() throws {
    let scratch = try ScratchHome()
    try scratch.commit("scores", texts: ["a", "b"])
    let material = Material(name: "other", digest: SHA256Digest(of: "other"))
    try scratch.commit("scores", texts: ["a", "c"], replacing: true, materials: [material])
    let live = try CommitLog.open(scratch.home).state(.head).products("scores").map(\.digest).sorted()
    #expect(live == ["a", "c"].map { SHA256Digest(of: $0) }.sorted())
  }

  @Test func `counts that do not add up are refused and nothing is published`() throws {
    let scratch = try ScratchHome()
    var file = IntakeFile(
      feed: "usage", name: "u.csv", sha256: SHA256Digest(of: "u"), byteCount: 9, readCount: 10)
    file.acceptedCount = 8
    file.rejectedCount = 1
    let before = try CommitLog.open(scratch.home).entries
    #expect(ledgerError { try scratch.commit("ingest", texts: ["x"], files: [file]) }?.code == .invalidCommit)
    #expect(try CommitLog.open(scratch.home).entries == before)
    file.blankCount = 1
    try scratch.commit("ingest", texts: ["x"], files: [file])
    let state = try CommitLog.open(scratch.home).state(.head)
    #expect(state.knows(delivery: file.sha256))
    #expect(!state.knows(delivery: SHA256Digest(of: "v")))
    #expect(state.entries.last?.files == [file])
  }

  @Test func `a plain name cannot be given to other content`() throws {
    let scratch = try ScratchHome()
    func commit(_ text: String) throws {
      let transaction = try Transaction.begin(
        scratch.home, stage: "export", date: .night, materials: [], configDigest: SHA256Digest(of: text))
      let path = transaction.stagingPath("sms.csv")
      try SystemCalls.writeFile(path, Array(text.utf8))
      try transaction.add(stagedPath: path, folder: "exports/.packs/one", fileName: .plain("sms.csv"))
      try transaction.commit()
    }
    try commit("a")
    #expect(ledgerError { try commit("b") }?.code == .invalidCommit)
    #expect(try SystemCalls.readFile(scratch.home.url("exports/.packs/one/sms.csv")) == Array("a".utf8))
  }

  @Test(arguments: ["", "..", "log", "data/../..", "/data", "staging", "data//x", "data/./x"])
  func `a product cannot leave the home's data`(folder: String) throws {
    let scratch = try ScratchHome()
    let transaction = try Transaction.begin(
      scratch.home, stage: "x", date: .night, materials: [], configDigest: SHA256Digest(of: ""))
    try SystemCalls.writeFile(transaction.stagingPath("f"), [1])
    let error = ledgerError {
      try transaction.add(stagedPath: transaction.stagingPath("f"), folder: folder, fileName: .plain("f"))
    }
    #expect(error?.code == .invalidCommit)
  }

  @Test func `what a killed run left is gone after the next begin`() throws {
    let scratch = try ScratchHome()
    let killed = try Transaction.begin(
      scratch.home, stage: "twin", date: .night, materials: [], configDigest: SHA256Digest(of: ""))
    try SystemCalls.writeFile(killed.stagingPath("half"), [1, 2, 3])
    try SystemCalls.writeFile(scratch.home.url("log/.pending-00000002.json"), [1])
    try scratch.commit("scores", texts: ["a"])
    #expect(try SystemCalls.names(in: scratch.home.url("staging")).isEmpty)
    #expect(try SystemCalls.names(in: scratch.home.url("log")) == ["00000001.json", "00000002.json"])
  }

  @Test func `an entry committed meanwhile moves ours one number on`() throws {
    let scratch = try ScratchHome()
    let slow = try Transaction.begin(
      scratch.home, stage: "slow", date: .night, materials: [], configDigest: SHA256Digest(of: ""))
    let fast = try Transaction.begin(
      scratch.home, stage: "fast", date: .night, materials: [], configDigest: SHA256Digest(of: ""))
    #expect(try fast.commit().sequence == 2)
    #expect(try slow.commit().sequence == 3)
  }

  @Test func `the same work committed meanwhile is adopted`() throws {
    let scratch = try ScratchHome()
    func begin() throws -> Transaction {
      try Transaction.begin(
        scratch.home, stage: "same", date: .night, materials: [], configDigest: SHA256Digest(of: ""))
    }
    let (one, two) = (try begin(), try begin())
    let entry = try one.commit()
    #expect(try two.commit() == entry)
    #expect(try CommitLog.open(scratch.home).entries.count == 2)
  }

  @Test func `equal work in two homes with equal keys gives equal bytes`() throws {
    let (one, two) = (try ScratchHome(), try ScratchHome(initialized: false))
    try SystemCalls.removeContents(of: two.folder, andItself: false)
    for folder in ["keys", "home", "home/vault"] {
      _ = try SystemCalls.makeFolder(two.folder + "/" + folder, mode: 0o700)
    }
    for file in ["keys/signing.key", "home/vault/pseudonym.key"] {
      try SystemCalls.writeFile(two.folder + "/" + file, try SystemCalls.readFile(one.folder + "/" + file))
    }
    _ = try HomeSetup(two.home).run()
    for scratch in [one, two] {
      try scratch.commit("scores", texts: ["a", "b"])
      _ = try Night(scratch.home, date: .night).close(configDigest: SHA256Digest(of: ""), versions: [:])
    }
    #expect(try one.contents() == two.contents())
  }

  @Test func `vault products are for the owner only`() throws {
    let scratch = try ScratchHome()
    let transaction = try Transaction.begin(
      scratch.home, stage: "ingest", date: .night, materials: [], configDigest: SHA256Digest(of: ""))
    try SystemCalls.writeFile(transaction.stagingPath("n"), [1])
    let product = try transaction.add(
      stagedPath: transaction.stagingPath("n"), folder: "vault/numbers", fileName: .digest(ext: "parquet"))
    try transaction.commit()
    #expect(try SystemCalls.mode(of: scratch.home.url(product.name)) == 0o600)
    #expect(try SystemCalls.mode(of: scratch.home.url("vault/numbers")) == 0o700)
    #expect(try SystemCalls.mode(of: scratch.home.url("vault/pseudonym.key")) == 0o600)
    #expect(try SystemCalls.mode(of: scratch.folder + "/keys/signing.key") == 0o600)
  }
}
