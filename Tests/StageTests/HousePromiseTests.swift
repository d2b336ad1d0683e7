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
    ("CSipHash", "Ingest"), ("CSHA256", "Vault"), ("CLogistic", "Learning"), ("CTrees", "Learning"),
    ("ArrowBridge", "Columns"),
  ])
  func `each C library is imported by one room`(library: String, room: String) throws {
    #expect(try Self.offenders(outside: [room], "import \(library)\\b").isEmpty)
  }

  /// Rooms, and of the rooms with kernels the folders of these.
  private static let unsafeFolders = [
    "Delivery", "CSV", "Columns", "Ingest/Blocks", "Ingest/Decoding", "Ingest/Facts", "Ingest/Records",
    "Learning/Boosting", "Learning/Explanation", "Learning/Linear", "Learning/FeatureColumn.swift",
    "Learning/FlatBuffer.swift",
    // They look at the bytes of a field, or hand bytes of a sample to a reader.
    "Ingest/Feeds/Feed+Options.swift", "Ingest/Feeds/PhoneNumberRule.swift", "Ingest/Inference/ColumnProfile.swift",
    "Ingest/Inference/DialectGuess.swift", "Ingest/Inference/FieldReadingGuess.swift",
    "Ingest/Inference/FileSample.swift", "Ingest/Inference/SampleTable.swift", "Ingest/Inference/SampleTrial.swift",
    "Ingest/Mail/MailboxReader.swift", "Ingest/Sequences/SequenceReading.swift",
    "Ingest/Sessions/SessionReading.swift", "Ingest/Sessions/SessionRule.swift",
  ]

  /// A call or type of the standard library that gives an unsafe pointer out.
  private static let unsafePattern = "\\bUnsafe|withUnsafe|\\bunsafe\\b"

  @Test func `unsafe pointers stay in the formats and the kernels`() throws {
    // The two files through which every system call passes speak to C.
    let offenders = try Self.offenders(outside: [], Self.unsafePattern).filter { path in
      !path.hasSuffix("SystemCalls.swift") && !Self.unsafeFolders.contains { path.hasPrefix($0 + "/") || path == $0 }
    }
    #expect(offenders == [])
    // An exception that nothing needs any more is taken out of the list.
    let met = try Self.offenders(outside: [], Self.unsafePattern)
    #expect(Self.unsafeFolders.filter { folder in !met.contains { $0.hasPrefix(folder + "/") || $0 == folder } } == [])
  }

  @Test func `only the stages parse arguments`() throws {
    #expect(try Self.offenders(outside: ["Stage", "Stages"], "import ArgumentParser").isEmpty)
  }

  /// What the code calls a phone number, and the books in which numbers and addresses stand.
  private static let personal =
    "(?i)phone_?number|msisdn|subscriberNumber|NumberBook|NumberAssignment|LearnedNumber|UnownedNumber|AddressBook"
    + "|vault/(numbers|contested-numbers|learned-numbers|addresses|unowned)"

  @Test func `phone numbers are named only where the vault is open`() throws {
    let rooms: Set = ["Ingest", "Vault", "Campaigns", "Synthetic"]
    #expect(try Self.offenders(outside: rooms, Self.personal) == [])
    #expect(try Self.offenders(outside: rooms, "import Vault\\b") == ["Stages/synth/SynthStage.swift"])
    // Where it is open the code has these names: the pattern finds what it is to find.
    let met = Set(try Self.offenders(outside: [], Self.personal).compactMap { $0.split(separator: "/").first })
    #expect(met == Set(rooms.map { Substring($0) }))
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
