import Calendar
import Ledger
import Testing

struct NightTests {
  private func close(_ scratch: ScratchHome, _ date: Day) throws -> (entry: LogEntry, isNew: Bool) {
    try Night(scratch.home, date: date).close(configDigest: SHA256Digest(of: ""), versions: [:])
  }

  @Test func `readers see nothing before the first night is closed`() throws {
    let scratch = try ScratchHome()
    try scratch.commit("scores", texts: ["a"])
    let log = try CommitLog.open(scratch.home)
    #expect(log.state(.night).products.isEmpty)
    #expect(log.state(.nightOf(.night)).entries.isEmpty)
    #expect(log.state(.head).products.count == 1)
  }

  @Test func `a night that did not end leaves the night before in force`() throws {
    let scratch = try ScratchHome()
    try scratch.commit("scores", texts: ["a"])
    _ = try close(scratch, .night)
    try scratch.commit("scores", .night + 1, texts: ["b"])
    let log = try CommitLog.open(scratch.home)
    #expect(log.state(.night).products("scores").map(\.digest) == [SHA256Digest(of: "a")])
    #expect(log.newestNight()?.date == .night)
    _ = try close(scratch, .night + 1)
    let later = try CommitLog.open(scratch.home)
    #expect(later.state(.night).products("scores").count == 2)
    #expect(later.state(.nightOf(.night)).products("scores").map(\.digest) == [SHA256Digest(of: "a")])
  }

  @Test func `closing an earlier night again leaves a night in progress open`() throws {
    let scratch = try ScratchHome()
    try scratch.commit("scores", texts: ["a"])
    let first = try close(scratch, .night)
    try scratch.commit("ingest", .night + 1, texts: ["half of a night"])
    let again = try close(scratch, .night)
    #expect(!again.isNew)
    #expect(again.entry == first.entry)
    let log = try CommitLog.open(scratch.home)
    #expect(log.newestNight() == first.entry)
    #expect(log.state(.night).products.map(\.digest) == [SHA256Digest(of: "a")])
    // With an entry of its own it is closed anew.
    try scratch.commit("scores", texts: ["c"])
    #expect(try close(scratch, .night).isNew)
  }

  @Test func `a night names every entry since the night before it`() throws {
    let scratch = try ScratchHome()
    try scratch.commit("ingest", texts: ["a"])
    let first = try close(scratch, .night)
    #expect(first.isNew)
    #expect(first.entry.products.map(\.name) == ["log/00000001.json", "log/00000002.json"])
    try scratch.commit("ingest", .night + 1, texts: ["b"])
    let second = try close(scratch, .night + 1)
    #expect(second.entry.products.map(\.name) == ["log/00000004.json"])
    #expect(second.entry.products[0].digest == (try SHA256Digest(ofFile: scratch.home.url("log/00000004.json"))))
  }

  @Test func `closing a closed night changes nothing`() throws {
    let scratch = try ScratchHome()
    try scratch.commit("ingest", texts: ["a"])
    let first = try close(scratch, .night)
    let before = try scratch.contents()
    let second = try close(scratch, .night)
    #expect(!second.isNew)
    #expect(second.entry == first.entry)
    #expect(try scratch.contents() == before)
  }
}
