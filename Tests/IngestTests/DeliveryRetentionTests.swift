import Calendar
import FoundationEssentials
import Ingest
import Ledger
import Testing

@Suite struct DeliveryRetentionTests {
  private static let row = IngestWorld.header + "1,01700000002,,2026-11-20 10:00:00,60,\n"

  private func kept(_ world: IngestWorld) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: world.home.url(KeptDeliveries.folder)).sorted()
  }

  @Test func `what is taken is kept by its digest, what is refused is not`() throws {
    let world = try IngestWorld()
    try world.addCallFeeds("late-days: 3")
    try world.deliver("calls_a.csv", Self.row)
    try world.deliver("calls_b.csv", "id,caller\n1,2\n")
    let report = try world.night("2026-11-20")
    #expect(report.notes.isEmpty)
    #expect(
      try kept(world) == [world.intake("calls_a.csv").sha256.hex, world.intake("numbers_1.csv").sha256.hex].sorted())
    for name in ["calls_a.csv", "numbers_1.csv"] {
      guard case .found = KeptDeliveries(world.home).find(try world.intake(name).sha256) else {
        Issue.record("\(name) is not kept")
        continue
      }
    }
  }

  @Test func `a delivery goes when the late and the duplicate window are past, and an orphan at once`() throws {
    for (options, lastNight) in [
      ("late-days: 2", 22), ("late-days: 2\nrecord-key: {from: [id], window-days: 4}", 24), ("late-days: 5", 25),
    ] {
      let world = try IngestWorld()
      try world.addCallFeeds(options)
      try world.deliver("calls_a.csv", Self.row)
      try world.night("2026-11-20")
      let digest = try world.intake("calls_a.csv").sha256.hex
      try Data().write(to: URL(filePath: world.home.url("\(KeptDeliveries.folder)/\(SHA256Digest(of: "orphan").hex)")))
      for night in [lastNight, lastNight + 1] {
        try world.deliver(
          "calls_\(night).csv", IngestWorld.header + "\(night),01700000002,,2026-11-\(night) 10:00:00,1,\n")
        try world.night("2026-11-\(night)")
        #expect(try kept(world).contains(digest) == (night == lastNight), "\(options), night \(night)")
        #expect(try kept(world).contains(SHA256Digest(of: "orphan").hex) == false)
      }
    }
  }

  @Test func `a feed may ask for copies or for references`() throws {
    for keeping in ["copy", "reference"] {
      let world = try IngestWorld()
      try world.addCallFeeds("keep: \(keeping)")
      try world.deliver("calls_a.csv", Self.row)
      #expect(try world.night("2026-11-20").notes.isEmpty)
      let digest = try world.intake("calls_a.csv").sha256
      #expect(try kept(world).contains(digest.hex) == (keeping == "copy"))
      #expect(try kept(world).contains(digest.hex + ".path") == (keeping == "reference"))
      // Written in place: a copy does not mind.
      try Data([0]).write(to: URL(filePath: "\(world.folder)/inbox/calls_a.csv"))
      let found = KeptDeliveries(world.home).find(digest)
      #expect(keeping == "reference" ? found == .lost(.changed) : found != .lost(.changed))
    }
  }

  @Test func `gaps are the days for which a delivery was due and none came`() throws {
    let world = try IngestWorld()
    try world.addCallFeeds(
      "calendar: {every: day, covers: file-name, pattern: \"_(?<date>[0-9]{8})\", from: 2026-11-18}")
    for day in [19, 22] {
      try world.deliver(
        "calls_202611\(day).csv", IngestWorld.header + "\(day),01700000002,,2026-11-\(day) 10:00:00,1,\n")
    }
    try world.night("2026-11-22")
    let gaps = try DeliveryGaps(world.home, night: nil, configuration: world.folder + "/config")
    #expect(gaps.feeds == ["calls"])
    #expect(
      gaps.spans.map { "\($0.first) \($0.last) \($0.dayCount)" } == [
        "2026-11-18 2026-11-18 1", "2026-11-20 2026-11-21 2",
      ])
    let earlier = try DeliveryGaps(world.home, night: Day("2026-11-19"), configuration: world.folder + "/config")
    #expect(earlier.dayCount == 2, "nothing had been ingested by then")
  }
}
