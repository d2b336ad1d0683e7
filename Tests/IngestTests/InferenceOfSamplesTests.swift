import Calendar
import FoundationEssentials
import Ingest
import Ledger
import Testing

/// Feeds proposed from `Samples/`, with nothing but the marked edits, against the feeds that were written by hand.
@Suite struct InferenceOfSamplesTests {
  private static let root: String = {
    let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    return parts.dropLast(3).joined(separator: "/")
  }()

  /// What a person fills in: the country, the zone of clocks that say none, and how far back a history goes.
  private func filled(_ text: String) -> String {
    text.replacing("country-code: \"\"", with: "country-code: \"49\"")
      .replacing("zone: UTC  # FILL", with: "zone: Europe/Berlin  # FILL")
      .replacing("late-days: 35  # CHECK", with: "late-days: 1000  # CHECK")
  }

  /// The deliveries of a night; of a year of monthly files two.
  private func files(_ day: String) throws -> [String] {
    let folder = Self.root + "/Samples/deliveries/" + day
    return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      .filter { !$0.hasPrefix(".") && !$0.hasPrefix("usage-daily_2026-0") || $0.contains("2026-05") }
      .map { "\(folder)/\($0)" }
  }

  /// Accepted rows by file of one night under a folder of feeds.
  private func accepted(_ configuration: String, _ world: IngestWorld, _ day: String) throws -> [String: Int64] {
    var night = IngestNight(home: world.home, night: try #require(Day(day)))
    night.configuration = configuration
    night.files = try files(day)
    night.threads = 2
    _ = try night.run()
    let entry = try #require(try CommitLog.open(world.home).entries.last { $0.stage == "ingest" })
    return Dictionary(uniqueKeysWithValues: entry.files.map { ($0.name, $0.acceptedCount) })
  }

  @Test func `the proposed feeds accept what the written ones accept`() throws {
    let day = "2026-11-20"
    let world = try IngestWorld()
    var kinds: [String: String] = [:]
    for path in try files(day) {
      let proposal = try FeedInference.propose(path: path, configuration: world.folder + "/config")
      let text = filled(proposal.text)
      let feed = String(text.split(separator: "\n").first { $0.hasPrefix("feed: ") }?.dropFirst(6) ?? "")
      let kind = String(text.split(separator: "\n").first { $0.hasPrefix("kind: ") }?.dropFirst(6) ?? "")
      // Several files of one feed are one proposal; it must be the same from each of them.
      #expect(kinds[feed] == nil || kinds[feed] == kind)
      kinds[feed] = kind
      try Data(text.utf8).write(to: URL(filePath: "\(world.folder)/config/feeds/\(feed).yaml"))
    }
    let proposed = try accepted(world.folder + "/config", world, day)
    let written = try accepted(Self.root + "/Pipelines", try IngestWorld(), day)
    #expect(written.count >= 20)
    for (name, count) in written.sorted(by: { $0.key < $1.key }) {
      #expect(proposed[name] == count, "\(name): \(proposed[name] ?? -1) of \(count) rows")
    }
  }

  @Test(arguments: ["2026-11-21", "2026-11-22"])
  func `every file of the other nights gives a feed that loads`(day: String) throws {
    let world = try IngestWorld()
    for file in try files(day) {
      let proposal = try FeedInference.propose(path: file, configuration: world.folder + "/config")
      let path = "\(world.folder)/config/feeds/proposed.yaml"
      try Data(proposal.text.utf8).write(to: URL(filePath: path))
      #expect(throws: Never.self, "\(file)") { try FeedFolder(paths: [path]) }
    }
  }
}
