import Foundation
import Testing

/// `nightjar run` with stages that do nothing but end: small scripts beside a copy of the real runner.
@Suite struct NightRunTests {
  /// A folder with the real `nightjar` and `nightjar-audit` and scripts as stages; `$TMP/ran` records their order.
  private func prepare(_ temporary: String, _ stages: [(verb: String, script: String)]) throws {
    var pipeline = "stages:\n"
    for (verb, script) in stages {
      let path = "\(temporary)/nightjar-\(verb)"
      try "#!/bin/sh\necho \(verb) >> \(temporary)/ran\n\(script)\n".write(
        toFile: path, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
      pipeline += "  - {stage: \(verb)}\n"
    }
    for name in ["nightjar", "nightjar-audit"] {
      try FileManager.default.copyItem(atPath: "\(Executables.folder)/\(name)", toPath: "\(temporary)/\(name)")
    }
    try pipeline.write(toFile: "\(temporary)/night.yaml", atomically: true, encoding: .utf8)
  }

  private func run(_ temporary: String, _ more: String = "") throws -> Executables.Outcome {
    try Executables.shell(
      "$TMP/nightjar run $TMP/night.yaml --home $TMP/home --date 2026-11-22 \(more)", in: temporary,
      temporary: temporary)
  }

  private func ran(_ temporary: String) -> [Substring] {
    ((try? String(contentsOfFile: "\(temporary)/ran", encoding: .utf8)) ?? "").split(separator: "\n")
  }

  private func entries(_ temporary: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(temporary)/home/log").sorted()
  }

  @Test func `stages run in order, the night is closed, and the same command again adds nothing`() throws {
    try Executables.withTemporaryFolder { temporary in
      try prepare(temporary, [("one", "exit 0"), ("two", "exit 0")])
      let first = try run(temporary)
      #expect(first.status == 0)
      #expect(first.errors.contains("back up"))
      #expect(ran(temporary) == ["one", "two"])
      #expect(try entries(temporary) == ["00000001.json", "00000002.json"])
      let second = try run(temporary)
      #expect(second.status == 0)
      #expect(second.errors.split(separator: "\n").count == 1)
      #expect(try entries(temporary).count == 2)
    }
  }

  @Test func `a stage that published with warnings makes the night one with warnings`() throws {
    try Executables.withTemporaryFolder { temporary in
      try prepare(temporary, [("one", "exit 3"), ("two", "exit 0")])
      let outcome = try run(temporary)
      #expect(outcome.status == 3)
      #expect(outcome.errors.contains("one published with warnings"))
      #expect(try entries(temporary).count == 2)
    }
  }

  @Test(arguments: [(65, 65), (75, 75), (78, 78), (1, 70), (63, 70)])
  func `the first failure stops the night and leaves it open`(status: Int32, expected: Int32) throws {
    try Executables.withTemporaryFolder { temporary in
      try prepare(temporary, [("one", "exit 0"), ("two", "exit \(status)"), ("three", "exit 0")])
      let outcome = try run(temporary)
      #expect(outcome.status == expected)
      #expect(outcome.errors.contains("two ended with status \(status)"))
      #expect(ran(temporary) == ["one", "two"])
      #expect(try entries(temporary) == ["00000001.json"])
    }
  }

  @Test func `a stage killed from outside is a failure with the signal named`() throws {
    try Executables.withTemporaryFolder { temporary in
      try prepare(temporary, [("one", "kill -9 $$")])
      let outcome = try run(temporary)
      #expect(outcome.status == 70)
      #expect(outcome.errors.contains("one was ended by signal 9"))
    }
  }

  @Test func `a stage that is not installed is found out before any stage runs`() throws {
    try Executables.withTemporaryFolder { temporary in
      try prepare(temporary, [("one", "exit 0"), ("two", "exit 0")])
      try FileManager.default.removeItem(atPath: "\(temporary)/nightjar-two")
      #expect(try run(temporary).status == 69)
      #expect(ran(temporary).isEmpty)
    }
  }

  @Test func `a dry run says what it would do and writes nothing at all`() throws {
    try Executables.withTemporaryFolder { temporary in
      try prepare(temporary, [("one", "exit 0")])
      let outcome = try run(temporary, "--dry-run")
      #expect(outcome.status == 0)
      #expect(outcome.output.hasPrefix("nightjar-one --home"))
      #expect(ran(temporary).isEmpty)
      #expect(!FileManager.default.fileExists(atPath: "\(temporary)/home"))
      #expect(!FileManager.default.fileExists(atPath: "\(temporary)/keys"))
    }
  }

  @Test func `a word that is no command runs the stage of that name with its arguments`() throws {
    try Executables.withTemporaryFolder { temporary in
      try prepare(temporary, [("echo", "echo \"$@\"; exit 65")])
      let outcome = try Executables.shell("$TMP/nightjar echo a 'b c'", in: temporary, temporary: temporary)
      #expect(outcome.status == 65)
      #expect(outcome.output == "a b c\n")
    }
  }

  @Test func `a stage whose runner is not its parent does not work`() throws {
    try Executables.withTemporaryFolder { temporary in
      try prepare(temporary, [])
      let outcome = try Executables.shell(
        "NIGHTJAR_RUNNER=1 $TMP/nightjar-audit log --home $TMP/home", in: temporary, temporary: temporary)
      #expect(outcome.status == 75)
    }
  }

  @Test func `faults at some system calls leave the old or the new state, and running again repairs`() throws {
    try Executables.withTemporaryFolder { temporary in
      guard
        try OutsideTools.areThere(
          "command -v strace && command -v python3", for: "the sweep of system calls", temporary: temporary)
      else { return }
      let outcome = try Executables.shell(
        "TMPDIR=$TMP $ROOT/Pipelines/faults.sh --bin $NIGHTJAR_BIN --sample --only order,race,orphans,moments,sweep",
        in: temporary,
        temporary: temporary)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("checks held"))
    }
  }
}
