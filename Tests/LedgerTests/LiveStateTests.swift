import Calendar
import Ledger
import Randomness
import Testing

struct LiveStateTests {
  /// The naive twin: what is live after `entries`, looked up product by product, newest entry first.
  private func isLive(_ name: String, _ entries: [LogEntry]) -> SHA256Digest? {
    for entry in entries.reversed() {
      if let product = entry.products.first(where: { $0.name == name }) { return product.digest }
      if entry.retired.contains(name) { return nil }
    }
    return nil
  }

  @Test(arguments: [UInt64(1), 2, 3, 4, 5]) func `replaying any history equals looking each product up`(
    seed: UInt64
  ) throws {
    let scratch = try ScratchHome()
    let random = CounterRandom(seed: seed, stream: 0)
    var draw: UInt64 = 0
    func below(_ bound: UInt64) -> Int {
      draw += 1
      return Int(random.integer(below: bound, draw))
    }
    for step in 0..<25 {
      let stage = ["ingest", "twin", "scores"][below(3)]
      let date = Day.night + below(3)
      let texts = Set((0..<below(4)).map { _ in "text \(below(6))" }).sorted()
      try scratch.commit(
        stage, date, texts: texts, replacing: below(2) == 0,
        materials: [Material(name: "step", digest: SHA256Digest(of: "\(step)"))])
      if below(4) == 0 {
        _ = try Night(scratch.home, date: date).close(configDigest: SHA256Digest(of: "\(step)"), versions: [:])
      }
    }
    let log = try CommitLog.open(scratch.home)
    let names = Set(log.entries.flatMap(\.products).map(\.name)).filter { $0.hasPrefix("data/") }
    #expect(names.count > 5)
    for view in [View.head, .night, .nightOf(.night), .nightOf(.night + 1), .nightOf(.night + 9), .knownBy(.night + 1)]
    {
      let state = log.state(view)
      let expected = names.compactMap { isLive($0, state.entries) == nil ? nil : $0 }
        .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      #expect(state.products.map(\.name) == expected)
      switch view {
      case .head: #expect(state.entries == log.entries)
      case .knownBy(let day): #expect(state.entries == log.entries.filter { $0.date <= day })
      case .night: #expect(state.entries.last == log.newestNight())
      case .nightOf(let day): #expect(state.entries.last == log.newestNight(of: day))
      }
    }
  }

  @Test(
    arguments: [
      ("data/facts/feed=usage/date=2026-11-22/shards=000-255/x.parquet", "facts/usage"),
      ("data/twins/entity=subscription/date=2026-11-22/x.parquet", "twins/subscription"),
      ("data/scores/date=2026-11-22/x.parquet", "scores"), ("data/models/churn/v0001/model-x.txt", nil),
      ("exports/.packs/2026-11-22-0123456789abcdef/sms.csv", nil), ("vault/numbers/x.parquet", nil),
    ] as [(String, String?)])
  func `the path says the dataset`(name: String, dataset: String?) {
    #expect(Product(name: name, digest: SHA256Digest(of: ""), byteCount: 0).dataset == dataset)
  }

  @Test func `the path says the partition`() {
    let product = Product(
      name: "data/facts/feed=usage/date=2026-11-22/shards=000-255/x=y.parquet", digest: SHA256Digest(of: ""),
      byteCount: 0)
    #expect(product.partition == ["date": "2026-11-22", "shards": "000-255"])
  }
}
