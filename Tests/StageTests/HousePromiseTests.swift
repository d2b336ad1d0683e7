import Foundation
import Testing

/// The promises of the house that reading the sources can check.
@Suite struct HousePromiseTests {
  struct Source: Sendable {
    var path: String
    var room: String
    var text: String
    var lineCount: Int { text.split(separator: "\n", omittingEmptySubsequences: false).count - 1 }

    /// The lines without comments: a rule about code must not trip over prose.
    var code: String {
      text.split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("//") }.joined(separator: "\n")
    }
  }

  static let sources: [Source] = {
    let root = Executables.root + "/Sources"
    guard let walk = FileManager.default.enumerator(atPath: root) else { return [] }
    return walk.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }.sorted().compactMap { path in
      guard let text = try? String(contentsOfFile: "\(root)/\(path)", encoding: .utf8) else { return nil }
      let parts = path.split(separator: "/").map(String.init)
      return Source(path: path, room: parts[0], text: text)
    }
  }()

  static func offenders(outside rooms: Set<String>, _ pattern: String) throws -> [String] {
    let expression = try NSRegularExpression(pattern: pattern)
    return sources.filter { source in
      let code = source.code
      return !rooms.contains(source.room)
        && expression.firstMatch(in: code, range: NSRange(code.startIndex..., in: code)) != nil
    }.map(\.path)
  }

  @Test func `the sources are found`() {
    #expect(Self.sources.count > 30)
  }

  @Test(arguments: [
    ("CArchive", "Delivery"), ("CISAL", "Delivery"), ("CCSV", "CSV"), ("CScan", "CSV"),
    ("CSipHash", "Ingest"), ("CSHA256", "Vault"), ("ArrowBridge", "Columns"),
  ])
  func `each C library is imported by one room`(library: String, room: String) throws {
    #expect(try Self.offenders(outside: [room], "import \(library)\\b").isEmpty)
  }

  @Test func `unsafe pointers stay in the formats and the kernels`() throws {
    let rooms: Set = ["Delivery", "CSV", "Columns", "Ingest", "Learning"]
    // The two files through which every system call passes speak to C.
    let offenders = try Self.offenders(outside: rooms, "\\bUnsafe|withUnsafe|\\bunsafe\\b")
      .filter { !$0.hasSuffix("SystemCalls.swift") }
    #expect(offenders.isEmpty)
  }

  @Test func `only the stages parse arguments`() throws {
    #expect(try Self.offenders(outside: ["Stage", "Stages"], "import ArgumentParser").isEmpty)
  }

  @Test func `phone numbers are named only where the vault is open`() throws {
    #expect(try Self.offenders(outside: ["Ingest", "Vault", "Campaigns", "Synthetic"], "(?i)msisdn").isEmpty)
  }

  @Test func `nothing is forced and nothing is left undone`() throws {
    #expect(try Self.offenders(outside: [], "\\btry!|\\bas!|TODO|FIXME|fatalError\\(").isEmpty)
  }

  @Test func `no room is called after nothing`() throws {
    let forbidden = try NSRegularExpression(
      pattern: "(^|/)[A-Za-z]*(Utils?|Common|Core|Base|Shared|Helpers?|Managers?|Services?|Engines?|Misc)(\\.swift|/)")
    let offenders = Self.sources.map(\.path).filter {
      forbidden.firstMatch(in: $0, range: NSRange($0.startIndex..., in: $0)) != nil
    }
    #expect(offenders.isEmpty)
  }

  @Test func `files stay readable in one sitting`() throws {
    let counts = Self.sources.map(\.lineCount).sorted()
    #expect(counts[counts.count / 2] <= 150)
    #expect(counts[counts.count * 95 / 100] <= 400)
    #expect(Self.sources.filter { $0.lineCount > 600 }.map(\.path).isEmpty)
    #expect(
      Self.sources.filter { $0.room == "Stages" && $0.path.hasSuffix("Stage.swift") && $0.lineCount > 60 }.map(\.path)
        .isEmpty)
  }

  @Test func `the read-me is a map`() throws {
    let text = try String(contentsOfFile: Executables.root + "/README.md", encoding: .utf8)
    #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count <= 201)
  }

  @Test func `whole Foundation is linked by no room`() throws {
    #expect(try Self.offenders(outside: [], "import Foundation\\b").isEmpty)
  }
}
