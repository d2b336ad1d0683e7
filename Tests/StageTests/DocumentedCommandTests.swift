import Foundation
import Testing

/// The commands of a document are run as they stand, in their order, and print what the document says.
@Suite struct DocumentedCommandTests {
  /// A fenced block: `sh` with the status that it should end with, and the `text` behind it, if there is one.
  struct Block {
    var line: Int
    var command: String
    var status: Int32
    var output: String?
  }

  static func blocks(_ text: String) -> [Block] {
    var blocks: [Block] = []
    var fence: (kind: String, line: Int, lines: [Substring])?
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      guard line.hasPrefix("```") else {
        fence?.lines.append(line)
        continue
      }
      guard let open = fence else {
        fence = (String(line.dropFirst(3)), number + 1, [])
        continue
      }
      let body = open.lines.map { $0 + "\n" }.joined()
      if open.kind.hasPrefix("sh") {
        let status = open.kind.split(separator: "=").dropFirst().first.flatMap { Int32($0) } ?? 0
        blocks.append(Block(line: open.line, command: body, status: status))
      } else if open.kind == "text", !blocks.isEmpty {
        blocks[blocks.count - 1].output = body
      }
      fence = nil
    }
    return blocks
  }

  @Test(arguments: ["Sources/Ingest/Ingest.docc/AddingAFeed.md"])
  func `every command of a document does what the document says`(path: String) throws {
    let text = try String(contentsOfFile: "\(Executables.root)/\(path)", encoding: .utf8)
    let blocks = Self.blocks(text)
    #expect(blocks.filter { $0.output != nil }.count >= 4)
    try Executables.withTemporaryFolder { temporary in
      try FileManager.default.createDirectory(atPath: temporary + "/work", withIntermediateDirectories: true)
      for block in blocks {
        let outcome = try Executables.shell(
          "export PATH=\"$NIGHTJAR_BIN:$PATH\" NIGHTJAR_KEYS=\"$TMP/keys\"\n" + block.command, in: temporary + "/work",
          temporary: temporary)
        #expect(outcome.status == block.status, "\(path):\(block.line): \(outcome.errors)")
        if let output = block.output { #expect(outcome.output == output, "\(path):\(block.line)") }
      }
    }
  }
}
