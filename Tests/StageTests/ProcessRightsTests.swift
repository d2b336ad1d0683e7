import Foundation
import Testing

/// What a stage gives up before it reads a byte: looked at from outside, while it cannot go on.
@Suite struct ProcessRightsTests {
  @Test(arguments: ["nightjar-ingest", "nightjar ingest"])
  func `a stage has no way to more privileges, and leaves no dump`(command: String) throws {
    try Executables.withTemporaryFolder { temporary in
      let outcome = try Executables.shell(
        """
        ulimit -c unlimited 2> /dev/null
        # The pipe is full before the stage writes into it, so it waits for a reader that only looks at it.
        { head -c 65536 /dev/zero; echo $BASHPID > "$TMP/stage"; exec "$NIGHTJAR_BIN/"\(command) --help; } | {
          for _ in $(seq 1000); do
            stage=$(cat "$TMP/stage" 2> /dev/null)
            grep -qs '^Max core file size *[01] ' /proc/$stage/limits && break
            sleep 0.02
          done
          grep '^NoNewPrivs' /proc/$stage/status; grep '^Max core file size' /proc/$stage/limits
        }
        """, in: "/", temporary: temporary)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let lines = outcome.output.split(separator: "\n").map {
        $0.split(whereSeparator: \.isWhitespace).map(String.init)
      }
      try #require(lines.count == 2, "\(outcome.output) \(outcome.errors)")
      #expect(lines[0] == ["NoNewPrivs:", "1"])
      #expect(lines[1].prefix(4) == ["Max", "core", "file", "size"])
      // Where dumps were forbidden before, they stay so.
      #expect(lines[1].dropFirst(4).prefix(2).allSatisfy { ["0", "1"].contains($0) }, "\(lines[1])")
    }
  }
}
