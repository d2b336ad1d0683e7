import Ingest
import Randomness
import Testing

@Suite struct FieldPatternTests {
  /// The groups of a match, or nil where there is none.
  private func groups(_ pattern: String, _ text: String) throws -> [String?]? {
    let pattern = try FieldPattern(pattern)
    var matcher = FieldPatternMatcher(pattern)
    let bytes = Array(text.utf8)
    guard bytes.withUnsafeBufferPointer({ matcher.matches($0) }) else { return nil }
    return (0..<pattern.groupCount).map { group in
      matcher.range(ofGroup: group + 1).map { String(decoding: bytes[$0], as: UTF8.self) }
    }
  }

  @Test(
    arguments: [
      ("abc", "abc", []), ("abc", "abcd", nil), ("abc", "xabc", nil), ("", "", []), ("", "x", nil),
      ("(\\d+)-(\\d*)", "12-", ["12", ""]), ("SIP/(\\d{3,5})@.*", "SIP/4711@pbx", ["4711"]),
      ("SIP/(\\d{3,5})@.*", "SIP/47@pbx", nil), ("(a|ab)(c|bcd)?", "abcd", ["a", "bcd"]),
      ("(a+)(a*)", "aaa", ["aaa", ""]),
      ("(a+?)(a*)", "aaa", ["a", "aa"]), ("(?:x|y)(z)", "yz", ["z"]), ("(x)?y", "y", [nil]), ("[^,]*", "a b", []),
      ("[^,]*", "a,b", nil), ("[]a]+", "]a", []), ("[a\\-z]+", "-az", []), ("[a\\-z]+", "b", nil), ("\\.\\*", ".*", []),
      ("ü+", "üü", nil), ("(?:ü)+", "üü", []), ("a{2}", "aa", []), ("a{2}", "aaa", nil), ("a{2,}", "aaaa", []),
      ("a{0,2}b", "b", []), ("(a*)*b", "aaab", ["aaa"]), ("\\s\\w", " _", []), (".", "\u{0}", []),
    ] as [(String, String, [String?]?)])
  func `patterns match whole fields`(pattern: String, text: String, expected: [String?]?) throws {
    // A repetition binds the last byte only, so "ü+" is no word for umlauts: the group is.
    #expect(try groups(pattern, text) == expected)
  }

  @Test(arguments: [
    ("^a", "'^'"), ("a$", "'$'"), ("(a", "without its ')'"), ("a)", "without its '('"), ("[a", "without its ']'"),
    ("*a", "repeats nothing"), ("a**", "repeats a repetition"), ("a{101}", "counts up to 100"),
    ("a{3,2}", "counts up to 100"),
    ("a{", "counts up to 100"), ("a{x}", "counts up to 100"), ("\\q", "unknown backslash"),
    ("a\\", "ends with a backslash"),
    ("[z-a]", "backwards"), ("[ü]", "outside of ASCII"), ("(?=a)", "unknown form"),
    ("((a{100}){100}){100}", "too many repetitions"),
    ("()()()()()()()()()()", "more than nine"), (String(repeating: "a", count: 201), "longer than 200"),
    (String(repeating: "(", count: 30), "more than nine"), (String(repeating: "(?:", count: 30), "too deeply"),
  ])
  func `a wrong pattern says what is wrong`(pattern: String, message: String) {
    let fault = #expect(throws: FieldPattern.Fault.self) { try FieldPattern(pattern) }
    #expect(fault?.message.contains(message) == true, "\(fault?.message ?? "")")
  }

  /// A random pattern over a small alphabet, without what the two engines may read differently.
  private struct Writer {
    let random: CounterRandom
    var draw: UInt64 = 0
    var groupCount = 0

    mutating func next(_ bound: UInt64) -> Int {
      draw += 1
      return Int(random.integer(below: bound, draw))
    }

    mutating func pattern(_ depth: Int) -> String {
      let parts = (0...next(3)).map { _ in part(depth) }
      return next(4) == 0 && depth > 0 ? parts.joined(separator: "|") : parts.joined()
    }

    mutating func part(_ depth: Int) -> String {
      let atom: String
      switch next(depth > 0 ? 7 : 5) {
      case 0: atom = "."
      case 1: atom = "[ab]"
      case 2: atom = "[^a]"
      case 3: atom = "a"
      case 4: atom = "b"
      case 5 where groupCount < 9:
        groupCount += 1
        atom = "(\(pattern(depth - 1)))"
      default: atom = "(?:\(pattern(depth - 1)))"
      }
      return atom + ["", "", "", "?", "*", "+", "{2}", "{1,2}", "??", "*?"][next(10)]
    }
  }

  @Test func `matching and not matching agree with the standard library on random patterns`() throws {
    for seed in 0..<400 as Range<UInt64> {
      var writer = Writer(random: CounterRandom(seed: seed, stream: 1))
      let text = writer.pattern(2)
      guard let pattern = try? FieldPattern(text) else { continue }
      let oracle = try Regex(text)
      var matcher = FieldPatternMatcher(pattern)
      for _ in 0..<25 {
        let field = String((0..<writer.next(7)).map { _ in Character(["a", "b", "c"][writer.next(3)]) })
        let isMatch = Array(field.utf8).withUnsafeBufferPointer { matcher.matches($0) }
        #expect(isMatch == (try oracle.wholeMatch(in: field) != nil), "\(text) on \(field)")
      }
    }
  }

  @Test func `a pattern that makes others backtrack takes no more steps than program times bytes`() throws {
    // (a*)*b and its kin need 2^n steps by backtracking: this would not end.
    for text in ["(a*)*b", "(a|a)*b", "(a|aa)+b", "(?:a?){100}a{100}b"] {
      var matcher = FieldPatternMatcher(try FieldPattern(text))
      let field = [UInt8](repeating: UInt8(ascii: "a"), count: FieldPattern.fieldLimit)
      #expect(!field.withUnsafeBufferPointer { matcher.matches($0) })
    }
  }
}
