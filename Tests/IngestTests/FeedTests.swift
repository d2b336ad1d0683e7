import Calendar
import Configuration
import Ingest
import Testing

@Suite struct FeedTests {
  private func problems(_ text: String) -> [String] {
    do throws(ConfigurationError) {
      _ = try Feed.read(ConfigurationDocument(path: "f.yaml", bytes: Array(text.utf8)))
      return []
    } catch {
      return error.problems.map(\.description)
    }
  }

  private let good = """
    feed: calls
    kind: usage
    files: "calls_*.csv"
    columns:
      number: {from: a}
      type: {from: t, values: {MOC: voice, "": sms}, otherwise: data}
      started_at: {from: s, format: epoch}
    """

  @Test func `a sound feed has no fault`() {
    #expect(problems(good) == [])
  }

  @Test func `all faults of a feed come at once, each with its place`() {
    let text = """
      feed: calls
      kind: usage
      fiels: "calls_*.csv"
      zone: Europe/Berln
      columns:
        number: {from: a, unit: s}
        typ: {from: t}
        started_at: {from: s, format: "yyyy-MM"}
        direction: {from: d, values: {MOC: outt}}
        charge: {from: c, unit: pence}
        dropped: {constant: "true", from: x}
      calendar: {every: day}
      reject-threshold: 2
      """
    #expect(
      problems(text) == [
        "f.yaml:1:1: the key 'files' is missing: a text is expected",
        "f.yaml:3:1: unknown key 'fiels'; did you mean 'files'?",
        "f.yaml:4:7: the zone database /usr/share/zoneinfo has no zone 'Europe/Berln'",
        "f.yaml:6:3: kind usage needs the field 'type'",
        "f.yaml:6:27: 'number' has no unit",
        "f.yaml:7:3: kind usage has no field 'typ'; did you mean 'type'?",
        "f.yaml:8:33: the time format 'yyyy-MM' lacks year, month or day",
        "f.yaml:9:38: 'direction' has no value 'outt'; did you mean 'out'?",
        "f.yaml:10:27: 'unit' of 'charge' must be one of 1, cents, e4",
        "f.yaml:11:12: 'dropped' needs 'from' or 'constant', one of them",
        "f.yaml:12:11: 'every: day' needs 'covers'",
        "f.yaml:13:19: 'reject-threshold' must lie between 0.0 and 1.0",
      ])
  }

  @Test(arguments: [
    ("number: {from: a}\n  type: {from: t}\n  started_at: {from: s}\n  subscription: {from: b}", "one of them"),
    ("type: {from: t}\n  started_at: {from: s}", "needs the field 'number' or the field 'subscription'"),
    ("subscription: {from: a}\n  type: {from: t}", "needs the field 'started_at'"),
  ])
  func `needed fields are asked for`(columns: String, message: String) {
    let text = "feed: a\nkind: usage\nfiles: x\ncolumns:\n  \(columns)\n"
    #expect(problems(text).contains { $0.contains(message) })
  }

  @Test(arguments: [
    ("dialect: {header: false}", "f.yaml:5:18: without a header a column is a position from 1"),
    ("dialect: {delimiter: \";;\"}", "f.yaml:9:22: 'delimiter' must be one ASCII character"),
    (
      "dialect: {delimiter: \"#\", comment: \"#\"}",
      "f.yaml:9:10: delimiter, quote and comment must differ and be no line end"
    ),
    ("format: ndjson\ndialect: {header: false}", "f.yaml:10:10: 'dialect' belongs to csv, not to ndjson"),
    ("record-key: {window-days: 3}", "f.yaml:9:13: 'record-key' needs 'from', or 'columns' a 'record_key'"),
    ("known: {by: night, lag-days: 1}", "f.yaml:9:8: 'known' needs one of 'by', 'column' and 'lag-days'"),
    (
      "calendar: {covers: file-name, pattern: \"(?<day>x)\"}",
      "f.yaml:9:40: 'pattern' must be a regular expression with a group (?<date>…)"
    ),
    ("calendar: {covers: rows, from: 2026-01-02, to: 2026-01-01}", "f.yaml:9:48: 'to' lies before 'from'"),
    ("numbers: {country-code: 49a}", "f.yaml:9:25: 'country-code' must be at most four digits"),
  ])
  func `each wrong option is named`(line: String, message: String) {
    #expect(problems(good + "\n\n" + line).contains(message), "\(problems(good + "\n\n" + line))")
  }

  @Test func `two feeds of one name, and faults of several files, come together`() throws {
    let world = try IngestWorld()
    try world.feed(
      "a", "kind: usage\nfiles: x\nlate: 3\ncolumns: {subscription: {from: a}, type: {from: t}, started_at: {from: s}}")
    try world.feed("b", "kind: nothing\nfiles: y\ncolumns: {}")
    let error = #expect(throws: ConfigurationError.self) {
      try FeedFolder.load(configuration: world.folder + "/config")
    }
    #expect(error?.problems.count ?? 0 >= 2)
    #expect(error?.description.contains("/a.yaml:4:1: unknown key 'late'") == true)
    #expect(error?.description.contains("/b.yaml:2:7: 'kind' must be one of usage") == true)
  }

  @Test(arguments: [
    ("*.csv", "a.csv", true), ("*.csv", "a.csv.gz", false), ("a?c", "abc", true), ("a?c", "ac", false),
    ("[a-c]x", "bx", true), ("[!a-c]x", "bx", false), ("a*b*c", "aXbYbZc", true), ("a*b*c", "acb", false),
    ("*", "", true),
    ("ü*", "über", true),
  ])
  func `patterns match whole names`(pattern: String, name: String, isMatch: Bool) throws {
    #expect(try #require(NameGlob(pattern)).matches(name) == isMatch)
  }

  @Test(arguments: ["", "[", "[]", "[z-a]"]) func `a broken pattern is none`(pattern: String) {
    #expect(NameGlob(pattern) == nil)
  }
}
