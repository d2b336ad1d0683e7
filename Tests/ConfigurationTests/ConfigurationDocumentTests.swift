import Configuration
import Testing

@Suite struct ConfigurationDocumentTests {
  private func failure(_ bytes: [UInt8]) -> ConfigurationError? {
    do throws(ConfigurationError) {
      _ = try ConfigurationDocument(path: "a.yaml", bytes: bytes)
      return nil
    } catch {
      return error
    }
  }

  @Test func `a repeated key is an error that names key and place`() throws {
    let error = try #require(failure(Array("a: 1\nb: 2\na: 3\n".utf8)))
    #expect(error.problems.count == 1)
    #expect(error.problems[0].message == "the key 'a' is given more than once")
    #expect(error.problems[0].location.line > 0)
    #expect(error.exitStatus == ExitStatus.configuration)
  }

  @Test func `broken grammar is an error with its place`() throws {
    let error = try #require(failure(Array("a: 1\nb: [1, 2\nc: 3\n".utf8)))
    #expect(error.problems[0].location.line == 3)
    #expect(error.description.hasPrefix("a.yaml:3:"))
  }

  @Test func `bytes that are not UTF-8 are refused`() throws {
    #expect(failure([0x61, 0x3A, 0x20, 0xFF])?.problems[0].message == "the file is not UTF-8")
  }

  @Test func `a bomb of aliases is refused`() throws {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...8 {
      let one = "*a\(level - 1)"
      text += "a\(level): &a\(level) [\(Array(repeating: one, count: 10).joined(separator: ", "))]\n"
    }
    #expect(failure(Array(text.utf8))?.description.contains("too many values") == true)
  }

  @Test func `a missing file is an error that names it`() throws {
    let error = #expect(throws: ConfigurationError.self) { try ConfigurationDocument.load(path: "/nowhere/a.yaml") }
    #expect(error?.description == "/nowhere/a.yaml: there is no such file")
  }

  @Test func `an empty file has no value`() throws {
    #expect(try ConfigurationDocument(path: "a.yaml", bytes: []).root.content == .null)
  }

  @Test(arguments: [
    ("late-day", "late-days"), ("memebrs", "members"), ("fiels", "files"), ("zzz", nil),
  ])
  func `the nearest known name is suggested`(name: String, expected: String?) {
    #expect(Suggestion.nearest(to: name, among: ["late-days", "members", "files", "zone"]) == expected)
  }
}
