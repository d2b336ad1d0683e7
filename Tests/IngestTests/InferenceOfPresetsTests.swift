import Configuration
import FoundationEssentials
import Ingest
import Testing

/// A golden file of a preset is known for what it is: `--infer` proposes the preset, and all rows decode.
@Suite struct InferenceOfPresetsTests {
  private static let root: String = {
    let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    return parts.dropLast(3).joined(separator: "/")
  }()

  private static let names: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root + "/Tests/IngestTests/Presets")) ?? []
    return names.filter { !$0.hasPrefix(".") }.sorted()
  }()

  @Test func `there are golden files`() { #expect(Self.names.count > 20) }

  @Test(arguments: names)
  func `the preset of a golden file is proposed`(name: String) throws {
    let folder = Self.root + "/Tests/IngestTests/Presets/" + name
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    let good = try #require(files.first { $0.hasPrefix("good") })
    func value(_ key: String, _ text: String) -> String? {
      text.split(separator: "\n").first { $0.hasPrefix(key + ": ") }.map {
        String($0.dropFirst(key.count + 2).prefix { $0 != " " })
      }
    }
    let written = String(decoding: try Data(contentsOf: URL(filePath: folder + "/feed.yaml")), as: UTF8.self)
    let proposal = try FeedInference.propose(path: "\(folder)/\(good)", configuration: Self.root + "/Pipelines")
    #expect(value("preset", proposal.text) == value("preset", written))
    let tried = try #require(proposal.text.split(separator: "\n").first { $0.hasPrefix("# Tried on the sample: ") })
    let words = tried.split(separator: " ")
    // osmo-sgsn writes no number where the subscriber is gone: such a row is a reject in the good file too.
    #expect(words[5] == words[7] || name == "osmo-sgsn", "\(tried)")
    // A mailbox has no column that could be taken for the customer: the proposal asks for it.
    guard !proposal.text.contains("subscription: {}  # FILL") else { return }
    // It loads, with the marked edits or without.
    let path = Self.root + "/Pipelines/feeds/proposed.yaml"
    #expect(throws: Never.self) {
      try Feed.read(ConfigurationDocument(path: path, bytes: Array(proposal.text.utf8)))
    }
  }
}
