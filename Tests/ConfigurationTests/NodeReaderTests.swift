import Calendar
import Configuration
import Testing

/// Reads `text` as the file `feed.yaml`.
func reader(_ text: String) throws -> NodeReader {
  try ConfigurationDocument(path: "feed.yaml", bytes: Array(text.utf8)).reader()
}

/// The problems that `finish()` throws, one line each.
func problems(_ reader: NodeReader) -> [String] {
  do throws(ConfigurationError) {
    try reader.finish()
    return []
  } catch {
    return error.problems.map(\.description)
  }
}

@Suite struct NodeReaderTests {
  @Test func `values of every type are read`() throws {
    let reader = try reader(
      """
      name: usage
      count: 1_000
      share: 0.05
      on: true
      from: 2026-11-20
      kind: b
      items: [x, "y"]
      inner: {depth: 2}
      """)
    #expect(reader.string("name") == "usage")
    #expect(reader.int("count") == 1000)
    #expect(reader.double("share") == 0.05)
    #expect(reader.bool("on"))
    #expect(reader.day("from") == Day("2026-11-20"))
    #expect(reader.enumeration("kind", of: ["a", "b"]) == "b")
    #expect(reader.strings("items") == ["x", "y"])
    #expect(reader.mapping("inner") { $0.int("depth") } == 2)
    try reader.finish()
  }

  @Test func `absent optional values take their default`() throws {
    let reader = try reader("empty:\n")
    #expect(reader.string("a", default: "x") == "x")
    #expect(reader.int("b", default: 7) == 7)
    #expect(reader.double("c", default: 0.5) == 0.5)
    #expect(reader.bool("d", default: true))
    #expect(reader.optionalDay("e") == nil)
    #expect(reader.optionalString("empty") == nil)
    #expect(reader.enumeration("f", of: ["a", "b"], default: "b") == "b")
    try reader.finish()
  }

  @Test func `all faults are reported at once, with file, line and column`() throws {
    let reader = try reader(
      """
      kind: usge
      late-days: soon
      inner:
        depht: 3
      """)
    _ = reader.string("feed")
    _ = reader.enumeration("kind", of: ["usage", "bills"])
    _ = reader.int("late-days", default: 35)
    reader.mapping("inner") { _ = $0.int("depth", default: 1) }
    #expect(
      problems(reader) == [
        "feed.yaml:1:1: the key 'feed' is missing: a text is expected",
        "feed.yaml:1:7: 'kind' must be one of usage, bills, not 'usge'; did you mean 'usage'?",
        "feed.yaml:2:12: 'late-days' must be a whole number, not a text",
        "feed.yaml:4:3: unknown key 'depht'; did you mean 'depth'?",
      ])
  }

  @Test func `a quoted number is a text`() throws {
    let reader = try reader("count: \"5\"\nflag: 'true'\n")
    _ = reader.int("count")
    _ = reader.bool("flag")
    #expect(
      problems(reader) == [
        "feed.yaml:1:8: 'count' must be a whole number, not a text",
        "feed.yaml:2:7: 'flag' must be true or false, not a text",
      ])
  }

  @Test func `a number outside its range is named`() throws {
    let reader = try reader("share: 1.5\ndays: -1\n")
    #expect(reader.double("share", in: 0...1) == 0)
    #expect(reader.int("days", in: 1...9) == 1)
    #expect(
      problems(reader) == [
        "feed.yaml:1:8: 'share' must lie between 0.0 and 1.0", "feed.yaml:2:7: 'days' must lie between 1 and 9",
      ])
  }

  @Test(arguments: [
    ("inner: 5", "feed.yaml:1:8: 'inner' must be a mapping, not a number"),
    ("inner: [1]", "feed.yaml:1:8: 'inner' must be a mapping, not a list"),
    ("- a", "feed.yaml:1:1: a mapping of keys to values is expected here, not a list"),
  ])
  func `a value of the wrong shape says what is expected`(text: String, message: String) throws {
    let reader = try reader(text)
    reader.mapping("inner", isOptional: true) { _ in }
    #expect(problems(reader) == [message])
  }

  @Test func `faults added by the caller are ordered with the others`() throws {
    let reader = try reader("a: 1\nb: 2\n")
    reader.report("b", "second")
    reader.report("a", "first")
    _ = (reader.int("a"), reader.int("b"))
    #expect(problems(reader) == ["feed.yaml:1:4: first", "feed.yaml:2:4: second"])
  }
}
