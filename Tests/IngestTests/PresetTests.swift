import Columns
import Configuration
import Datasets
import FoundationEssentials
import Ingest
import Testing

@Suite struct PresetTests {
  private let world: IngestWorld

  init() throws {
    world = try IngestWorld()
    try FileManager.default.createDirectory(
      atPath: world.folder + "/config/presets", withIntermediateDirectories: true)
  }

  private func preset(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(filePath: "\(world.folder)/config/presets/\(name).yaml"))
  }

  /// The problems of one feed, without the folder in front.
  private func problems(_ text: String) throws -> [String] {
    let path = world.folder + "/config/feeds/f.yaml"
    do throws(ConfigurationError) {
      _ = try Feed.read(ConfigurationDocument(path: path, bytes: Array(text.utf8)))
      return []
    } catch {
      return error.problems.map { $0.description.replacing(world.folder + "/config/", with: "") }
    }
  }

  private let exchange = """
    preset: exchange
    about: calls of an exchange
    options:
      owner:
        about: who is served
        needed: true
        values:
          caller: {columns: {number: {from: caller}}}
          called: {columns: {number: {from: called}, direction: {constant: in}}}
      separator:
        about: what stands between two fields
        default: comma
        values:
          comma: ~
          semicolon: {dialect: {delimiter: ";"}}
      charges:
        about: whether there is a charge
        values:
          cents: {columns: {charge: {from: price, unit: cents}}}
    feed:
      kind: usage
      files: "calls_*"
      zone: Europe/Berlin
      numbers: {country-code: "49", trunk-prefix: "0", international-prefix: "00"}
      dialect: {comment: "#"}
      columns:
        type: {constant: voice}
        started_at: {from: start, format: "yyyy-MM-dd HH:mm:ss"}
        duration_seconds: {from: minutes, unit: min}
    """

  private let numbers = """
    kind: numbers
    files: "numbers_*"
    columns: {number: {from: number}, subscription: {from: subscription}, valid_from: {from: from}}
    """

  /// Runs a night of two calls under a feed, and returns seconds and charge of its sums.
  private func outcome(_ feed: String, _ text: String) throws -> (seconds: [Int64], charge: [Int64]) {
    try preset("exchange", exchange)
    try world.feed("numbers", numbers)
    try world.feed("calls", feed)
    try world.deliver("numbers_1", "number,subscription,from\n+491700000001,S,2026-01-01\n")
    try world.deliver("calls_1", text)
    try world.night("2026-11-22")
    let usage = try world.table(.usage)
    return (
      try usage.int64("voice_out_seconds").values + usage.int64("voice_in_seconds").values,
      try usage.int64("charge_e4").values
    )
  }

  @Test func `a feed takes its preset over`() throws {
    let text = "# calls\ncaller,called,start,minutes,price\n01700000001,1,2026-11-21 10:00:00,2,30\n"
    let outcome = try outcome("preset: exchange\noptions: {owner: caller, charges: cents}", text)
    #expect(outcome.seconds == [120, 0] && outcome.charge == [3_000])
  }

  @Test func `what the feed says itself wins, field by field and key by key`() throws {
    let text = "# calls\ncaller;called;start;minutes;price\n1;01700000001;2026-11-21 10:00:00;2;30\n"
    let outcome = try outcome(
      """
      preset: exchange
      options: {owner: called, separator: semicolon, charges: cents}
      columns: {duration_seconds: {from: minutes, unit: s}, charge: ~}
      """, text)
    #expect(outcome.seconds == [0, 2] && outcome.charge == [0])
  }

  @Test func `an option that is needed is asked for, and names its values`() throws {
    try preset("exchange", exchange)
    let found = try problems("feed: a\npreset: exchange\n")
    #expect(found.count == 2)
    #expect(
      found.contains(
        "feeds/f.yaml:2:1: the preset 'exchange' needs the option 'owner' (who is served): one of caller, called"))
    // What the option would have brought is then missing, and that is told in the feed, where it can be mended.
    #expect(found.contains { $0.hasPrefix("feeds/f.yaml:2:9: kind usage needs the field 'number'") })
  }

  @Test func `a preset that leaves the owner to the feed says so, and the refusal names the feed`() throws {
    try preset(
      "helpdesk",
      """
      preset: helpdesk
      about: tickets
      feed:
        kind: tickets
        columns: {ticket: {from: id}, changed_at: {from: at}, opened_at: {from: at}, status: {from: s}, category: {from: c}}
      """)
    #expect(
      try problems("feed: a\npreset: helpdesk\nfiles: \"*\"\n") == [
        "feeds/f.yaml:2:9: kind tickets needs the field 'number' or the field 'subscription', one of them"
      ])
    let explanation = try PresetListing(configuration: world.folder + "/config").explanation(of: "helpdesk")
    #expect(explanation.last == "  columns: {subscription: {from: …}}")
    #expect(explanation.contains { $0.hasPrefix("the feed says 'columns: {subscription: …}', or number") })
  }

  @Test func `a preset that brings the owner by an option asks for no column`() throws {
    try preset("exchange", exchange)
    let explanation = try PresetListing(configuration: world.folder + "/config").explanation(of: "exchange")
    #expect(!explanation.contains { $0.contains("columns:") })
  }

  @Test func `a mistyped preset is suggested its neighbour`() throws {
    try preset("exchange", exchange)
    let found = try problems("feed: a\npreset: exchanje\nfiles: \"*\"\n")
    #expect(found.count == 1 && found[0].hasSuffix("; did you mean 'exchange'?"))
  }

  @Test func `a wrong option and a wrong value are named with what there is, beside the feed's other faults`() throws {
    try preset("exchange", exchange)
    let text = """
      feed: a
      preset: exchange
      options: {owner: caler, seperator: comma}
      columns: {number: {from: a}, charge: {from: c, unit: pence}}
      zon: UTC
      """
    #expect(
      try problems(text) == [
        "feeds/f.yaml:3:18: the option 'owner' has no value 'caler'; did you mean 'caller'?",
        "feeds/f.yaml:3:25: the preset 'exchange' has no option 'seperator'; did you mean 'separator'?",
        "feeds/f.yaml:4:54: 'unit' of 'charge' must be one of 1, cents, e4",
        "feeds/f.yaml:5:1: unknown key 'zon'; did you mean 'zone'?",
      ])
  }

  @Test func `what a preset cannot know is asked of the feed, with the reason`() throws {
    try preset("local", "preset: local\nabout: x\nneeds: {zone: its times are local}\nfeed: {kind: usage}\n")
    let message = "feeds/f.yaml:2:1: the preset 'local' needs the key 'zone' of the feed: its times are local"
    #expect(try problems("feed: a\npreset: local\nfiles: x\n").contains(message))
    #expect(try !problems("feed: a\npreset: local\nfiles: x\nzone: Europe/Berlin\n").contains(message))
    try preset("local", "preset: local\nabout: x\nneeds: {zone: []}\nfeed: {}\n")
    #expect(try problems("feed: a\npreset: local\n").contains("presets/local.yaml:3:15: 'needs' says why, in a text"))
  }

  @Test func `a fault of the preset is reported in the preset`() throws {
    try preset(
      "bad", "preset: bad\nabout: x\nfeed:\n  kind: usage\n  zone: Europe/Berln\n  columns: {number: {form: a}}\n")
    let found = try problems("feed: a\npreset: bad\nfiles: x\n")
    #expect(found.contains { $0.hasPrefix("presets/bad.yaml:5:9: the zone database") })
    #expect(found.contains("presets/bad.yaml:6:22: unknown key 'form'; did you mean 'from'?"))
  }

  @Test(arguments: [
    ("preset: other\nabout: x\nfeed: {}", "presets/p.yaml:1:9: 'preset' must be the file's name, 'p'"),
    ("preset: p\nabout: x\nfeed: {feed: y}", "presets/p.yaml:3:8: a preset cannot give the key 'feed'"),
    ("preset: p\nfeed: {}", "presets/p.yaml:1:1: the key 'about' is missing: a text is expected"),
    ("preset: p\nabout: x\nfeed: []", "presets/p.yaml:3:7: 'feed' must be a mapping of a feed's keys, not a list"),
    ("preset: p\nabout: x\nfeeds: {}", "presets/p.yaml:3:1: unknown key 'feeds'; did you mean 'feed'?"),
    (
      "preset: p\nabout: x\noptions: {o: {about: y, values: {a: 1}}}",
      "presets/p.yaml:3:37: a value of an option is a mapping of a feed's keys, not a number"
    ),
    (
      "preset: p\nabout: x\noptions: {o: {about: y, values: {a: {}}, default: b}}",
      "presets/p.yaml:3:51: the option 'o' has no value 'b'; did you mean 'a'?"
    ),
    (
      "preset: p\nabout: x\noptions: {o: {about: y, values: {a: {}}, default: a, needed: true}}",
      "presets/p.yaml:3:51: an option that is needed has no 'default'"
    ),
  ])
  func `a wrong preset file is a fault of its own`(text: String, message: String) throws {
    try preset("p", text)
    let found = try problems("feed: a\npreset: p\nfiles: x\n")
    #expect(found.contains(message), "\(found)")
  }

  @Test(arguments: [
    (
      "preset: nobody",
      "feeds/f.yaml:2:9: the preset 'nobody' cannot be read from presets/nobody.yaml: there is no such file"
    ),
    ("preset: ../feeds/f", "feeds/f.yaml:2:9: 'preset' must be the name of a file of presets, without its ending"),
    ("preset: [a]", "feeds/f.yaml:2:9: 'preset' must be the name of a file of presets, without its ending"),
    ("options: {a: b}", "feeds/f.yaml:2:1: 'options' belong to a preset, and the feed names none"),
    ("prset: x", "feeds/f.yaml:2:1: unknown key 'prset'; did you mean 'preset'?"),
  ])
  func `a preset that is not there is the feed's fault`(line: String, message: String) throws {
    let found = try problems("feed: a\n\(line)\n")
    #expect(found.contains(message), "\(found)")
  }

  @Test(arguments: [
    ("config/feeds/a.yaml", "config/presets"), ("feeds/a.yaml", "presets"), ("a.yaml", "../presets"),
    ("./a.yaml", "./../presets"), ("/a/feeds/b.yaml", "/a/presets"), ("../a.yaml", "../../presets"),
  ])
  func `presets lie beside the folder of feeds`(feed: String, folder: String) {
    #expect(FeedPreset.folder(ofFeedAt: feed) == folder)
  }

  @Test func `the digest of the configuration covers the presets that feeds name`() throws {
    try preset("exchange", exchange)
    try world.feed("calls", "preset: exchange\noptions: {owner: caller}")
    let before = try FeedFolder.load(configuration: world.folder + "/config").digest
    try preset("exchange", exchange.replacing("unit: min", with: "unit: s"))
    #expect(try FeedFolder.load(configuration: world.folder + "/config").digest != before)
    try preset("exchange", exchange)
    try preset("unused", "preset: unused\nabout: x\nfeed: {}\n")
    #expect(try FeedFolder.load(configuration: world.folder + "/config").digest == before)
  }

  @Test func `presets are listed by name, and all their faults at once`() throws {
    #expect(try FeedPreset.all(configuration: world.folder + "/nowhere").isEmpty)
    try preset("a-b", "preset: a-b\nabout: second\nfeed: {}\n")
    try preset("a", "preset: a\nabout: first\noptions: {o: {about: y, values: {x: ~, y: ~}}}\nfeed: {}\n")
    let presets = try FeedPreset.all(configuration: world.folder + "/config")
    #expect(presets.map(\.name) == ["a", "a-b"] && presets.map(\.about) == ["first", "second"])
    #expect(presets[0].options.map(\.valueNames) == [["x", "y"]])
    try preset("c", "preset: d\nfeed: {}\n")
    try preset("e", "preset: [\n")
    let error = #expect(throws: ConfigurationError.self) {
      try FeedPreset.all(configuration: world.folder + "/config")
    }
    #expect(error?.description.contains("c.yaml:1:9") == true && error?.description.contains("e.yaml") == true)
  }

  /// What a feed must map itself, where no column of the system's own names the customer.
  private static let ownColumns = [
    "freshdesk": "{subscription: {from: Contract}}", "jira": "{subscription: {from: Custom field (Customer)}}",
    "mbox": "{subscription: {from: X-Contract}}",
  ]

  @Test func `the presets that come with Nightjar are sound with every value of every option`() throws {
    let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    let presets = try FeedPreset.all(configuration: folder + "/Pipelines")
    #expect(!presets.isEmpty)
    let feed = folder + "/Pipelines/feeds/none.yaml"
    for preset in presets {
      // Each option once with each value, the needed ones among the others with their first.
      for option in preset.options.isEmpty ? [nil] : preset.options.map(Optional.some) {
        for value in option?.valueNames ?? [""] {
          let chosen = preset.options.compactMap { other -> String? in
            if other.name == option?.name { return "\(other.name): \"\(value)\"" }
            return other.isNeeded ? "\(other.name): \"\(other.valueNames[0])\"" : nil
          }
          let options = chosen.isEmpty ? "" : "options: {\(chosen.joined(separator: ", "))}\n"
          let own = Self.ownColumns[preset.name].map { "columns: \($0)\n" } ?? ""
          let text = "feed: a\npreset: \(preset.name)\nfiles: x\nzone: UTC\n\(options)\(own)"
          #expect(throws: Never.self, "\(preset.name): \(chosen)") {
            try Feed.read(ConfigurationDocument(path: feed, bytes: Array(text.utf8)))
          }
        }
      }
    }
  }
}
