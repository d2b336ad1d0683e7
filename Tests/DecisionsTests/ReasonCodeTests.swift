import Decisions
import Foundation
import Testing

@Suite struct ReasonCodeTests {
  @Test func `the documentation explains every code and no other`() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path
    let text = try String(contentsOfFile: "\(root)/Sources/Decisions/Decisions.docc/Reasons.md", encoding: .utf8)
    let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `") }
    let codes = rows.compactMap { $0.split(separator: "`").dropFirst().first.map(String.init) }
    #expect(
      codes.filter { !$0.hasPrefix("not-eligible") }.sorted()
        == ReasonCode.fixedNames.filter { $0 != "pending" }.sorted())
    #expect(codes.contains("not-eligible:<field>"))
    #expect(Set(codes).count == codes.count)
  }
}
