import Foundation
import FuzzChecks
import Testing

/// Every seed of the fuzzer, every input that it once found something with, and cuts and changes of them.
@Suite struct FuzzInputTests {
  struct Input: CustomTestStringConvertible, Sendable {
    var check: FuzzCheck
    var path: String
    var testDescription: String { path.split(separator: "/").suffix(3).joined(separator: "/") }

    static let all: [Input] = {
      let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path
      return ["Seeds", "Findings"].flatMap { kind in
        FuzzCheck.allCases.flatMap { check -> [Input] in
          let folder = "\(root)/\(kind)/\(check.rawValue)"
          let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
          return names.filter { !$0.hasPrefix(".") }.sorted().map { Input(check: check, path: "\(folder)/\($0)") }
        }
      }
    }()

    func bytes() throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }
  }

  @Test(arguments: Input.all) func `an input ends in a result or in a typed error`(input: Input) throws {
    let bytes = try input.bytes()
    input.check.run(bytes)
    // The checks trap on what they forbid, so that a process which goes on is the proof; a seeded walk around the input
    // keeps the neighbourhood of a finding safe too.
    var state = UInt64(bytes.count &+ 1)
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % max(1, bound)
    }
    for _ in 0..<20 where !bytes.isEmpty {
      var changed = Array(bytes.prefix(random(4) == 0 ? random(bytes.count + 1) : bytes.count))
      for _ in 0...random(3) where !changed.isEmpty { changed[random(changed.count)] = UInt8(random(256)) }
      input.check.run(changed)
    }
  }

  @Test func `every check has seeds`() {
    for check in FuzzCheck.allCases { #expect(Input.all.contains { $0.check == check }, "\(check)") }
  }
}
