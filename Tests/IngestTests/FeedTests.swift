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
    ("dialect: {header: false}", "f.yaml:5:18: without a header and 'names' a column is a position from 1"),
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
    (
      "dialect: {header: false, header-lines: 2, names: [a]}",
      "f.yaml:9:40: 'header-lines' need a header"
    ),
    (
      "dialect: {header: true, names: [a, t, s]}",
      "f.yaml:9:32: 'names' are for files without a header: say 'header: false'"
    ),
    ("dialect: {names: [a, t, s, a]}", "f.yaml:9:28: the column 'a' is named twice"),
    ("dialect: {names: [[a], t]}", "f.yaml:9:24: 'names' is a list of names, or a list of such lists, not both"),
    ("dialect: {names: [[a], [{}]]}", "f.yaml:9:25: a name of a column must be a text, not a mapping"),
    ("dialect: {quoting: none, quote: \"'\"}", "f.yaml:9:33: 'quoting: none' takes no 'quote'"),
    ("dialect: {quoting: single}", "f.yaml:9:20: 'quoting' must be one of quotes, none, not 'single'"),
    ("dialect: {fields: {minimum: 3, maximum: 2}}", "f.yaml:9:41: 'maximum' must lie between 3 and 10000"),
    ("dialect: {refuse: {begins-with: \"\", message: x}}", "f.yaml:9:33: 'begins-with' must be 1 to 100 bytes"),
    ("dialect: {trailer: {first-field: T}}", "f.yaml:9:20: 'trailer' needs 'count-field' or 'sums'"),
    (
      "dialect: {trailer: {first-field: T, sums: {a: x}}}",
      "f.yaml:9:47: a total's place in the trailer is a position from 2"
    ),
    (
      "encoding: utf8",
      "f.yaml:9:11: 'encoding' must be one of utf-16, utf-16le, utf-16be, latin-1, windows-1252, utf-8, not 'utf8'; did you mean 'utf-8'?"
    ),
    ("number-format: {decimal: \",\", thousands: \",\"}", "f.yaml:9:42: 'decimal' and 'thousands' must differ"),
    ("checks: {a: '(x'}", "f.yaml:9:13: the pattern '(x' has a '(' without its ')'"),
    ("checks: {a: [x]}", "f.yaml:9:13: a form is a pattern, not a list"),
    ("leave-out: [{column: a, is: []}]", "f.yaml:9:29: 'is' must list at least one text"),
    ("leave-out: [{is: [x]}]", "f.yaml:9:13: the key 'column' is missing: a column is expected"),
    (
      "zone: {column: z, values: {CET: Europe/Berln}}",
      "f.yaml:9:33: a zone is an offset such as +02:00 or a name such as Europe/Berlin, not 'Europe/Berln'"
    ),
    ("zone: {otherwise: UTC}", "f.yaml:9:7: the key 'column' is missing: a column is expected"),
    ("numbers: {plan: XX}", "f.yaml:9:17: 'plan' must be one of AE"),
  ])
  func `each wrong option is named`(line: String, message: String) {
    let found = problems(good + "\n\n" + line)
    #expect(found.contains { $0.hasPrefix(message) }, "\(found)")
  }

  @Test(arguments: [
    ("{from: c, rewrite: {pattern: 'a', to: '$1'}}", "6:49: 'to' names the group 1, and there is none"),
    ("{from: c, rewrite: {pattern: 'a', to: '$x'}}", "6:49: 'to' has a '$' before something other than 1 to 9 and $"),
    ("{from: c, rewrite: {pattern: 'a', to: '1$'}}", "6:49: 'to' ends with a '$'; $$ is a dollar sign"),
    ("{from: c, rewrite: {pattern: '[', to: ''}}", "6:40: the pattern '[' has a '[' without its ']'"),
    ("{from: c, when: {column: x}}", "6:27: the key 'is' is missing: a list is expected"),
    ("{from: c, position: 2}", "6:11: 'charge' needs 'from', 'position' or 'constant', one of them"),
    ("{position: 0}", "6:22: 'position' must be a whole number from 1"),
    ("{position: 1, occurrence: 2}", "6:37: a position takes no 'occurrence'"),
    ("{from: c, pivot: 2000}", "6:28: 'charge' is no time"),
    ("{constant: \"1\", missing: [x]}", "6:36: a constant takes no 'missing'"),
    ("{constant: \"1\", or: x}", "6:31: a constant takes no 'or'"),
    ("{from: c, unit: KB}", "6:27: 'unit' of 'charge' must be one of 1, cents, e4"),
  ])
  func `each wrong option of a column is named`(column: String, message: String) {
    let text = """
      feed: calls
      kind: usage
      files: "calls_*.csv"
      columns:
        subscription: {from: a}
        charge: \(column)
        type: {from: t}
        started_at: {from: s, format: epoch}
      """
    let found = problems(text)
    #expect(found.contains("f.yaml:" + message), "\(found)")
    #expect(found.allSatisfy { $0.hasPrefix("f.yaml:6:") }, "\(found)")
  }

  @Test(
    arguments: [
      ("caller: {from: a}", "by: numbers", "'served' needs the field 'called'"),
      (
        "caller: {from: a}\n  called: {from: b}\n  number: {from: c}", "by: numbers",
        "'served' finds the field 'number'; it is not mapped"
      ),
      ("caller: {from: a}\n  called: {from: b}", "by: direction", "'by: direction' needs the field 'direction'"),
      ("caller: {from: a}\n  called: {from: b}", "by: country", "'by: country' needs the country code of 'numbers'"),
      ("caller: {from: a}\n  called: {from: b}", "by: ranges", "'by: ranges' needs 'prefixes' or 'ranges'"),
      (
        "caller: {from: a}\n  called: {from: b}", "{by: numbers, prefixes: [\"49\"]}",
        "'prefixes' and 'ranges' belong to 'by: ranges'"
      ),
      (
        "caller: {from: a}\n  called: {from: b}", "{by: ranges, prefixes: [\"0170\"]}",
        "a prefix is the first digits of complete numbers"
      ),
      (
        "caller: {from: a}\n  called: {from: b}", "{by: ranges, ranges: [\"491-490\"]}",
        "a range is two complete numbers"
      ),
      (
        "caller: {from: a}\n  called: {from: b}\n  direction: {from: d}", "{by: direction, both: in}",
        "'by: direction' takes no 'both'"
      ),
      ("subscription: {from: a}\n  called: {from: b}", nil, "the field 'called' needs 'served'"),
    ] as [(String, String?, String)])
  func `a served party is found by rules that fit each other`(columns: String, served: String?, message: String) {
    let rule = served.map { "served: " + ($0.hasPrefix("{") ? $0 : "{\($0)}") + "\n" } ?? ""
    let text =
      "feed: a\nkind: usage\nfiles: x\n\(rule)columns:\n  \(columns)\n  type: {constant: voice}\n  started_at: {from: s}\n"
    let found = problems(text)
    #expect(found.contains { $0.contains(message) }, "\(found)")
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
