import Foundation
import Testing

/// A folder of `cases/<stage>/<nnnn-what>/`: `command` (shell lines), `expected-status`, and where they matter
/// `expected-stdout` (exact) and `expected-stderr` (one substring a line).
struct StageCase: CustomTestStringConvertible, Sendable {
  var path: String
  var testDescription: String { path.split(separator: "/").suffix(2).joined(separator: "/") }

  static let all: [StageCase] = {
    let cases = Executables.root + "/Tests/StageTests/cases"
    let stages = (try? FileManager.default.contentsOfDirectory(atPath: cases)) ?? []
    return stages.sorted().flatMap { stage -> [StageCase] in
      let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(cases)/\(stage)")) ?? []
      return names.sorted().map { StageCase(path: "\(cases)/\(stage)/\($0)") }
    }
  }()

  func text(_ name: String) -> String? { try? String(contentsOfFile: "\(path)/\(name)", encoding: .utf8) }
}

@Suite struct CaseTests {
  @Test(arguments: StageCase.all)
  func `the executables do what the case says`(stage: StageCase) throws {
    let command = try #require(stage.text("command"), "a case has a command")
    let wantedText = try #require(stage.text("expected-status"), "a case has an expected status")
    let wanted = try #require(Int32(wantedText.trimmingCharacters(in: .whitespacesAndNewlines)))
    try Executables.withTemporaryFolder { temporary in
      let outcome = try Executables.shell(command, in: stage.path, temporary: temporary)
      #expect(outcome.status == wanted, "standard error was:\n\(outcome.errors)")
      if let output = stage.text("expected-stdout") { #expect(outcome.output == output) }
      for line in (stage.text("expected-stderr") ?? "").split(separator: "\n") {
        #expect(outcome.errors.contains(line), "standard error was:\n\(outcome.errors)")
      }
    }
  }

  @Test func `there are cases`() {
    #expect(!StageCase.all.isEmpty)
  }
}
