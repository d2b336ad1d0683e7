import Testing

@Suite struct OutsideToolsTests {
  private func isFound(_ tool: String, isRequired: Bool) throws -> Bool {
    try Executables.withTemporaryFolder { temporary in
      try OutsideTools.areThere("command -v \(tool)", for: "nothing", isRequired: isRequired, temporary: temporary)
    }
  }

  @Test func `a missing tool leaves a proof out, and fails it where proofs are relied on`() throws {
    #expect(try isFound("bash", isRequired: true))
    #expect(try isFound("no-such-tool", isRequired: false) == false)
    withKnownIssue {
      let isFound = try isFound("no-such-tool", isRequired: true)
      #expect(!isFound)
    }
  }
}
