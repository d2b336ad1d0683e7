import Configuration
import Glibc
import Testing
import Twins

@Suite struct ProcessTwinDocumentationTests {
  private static let article =
    String(#filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" })
    + "/Sources/Twins/Twins.docc/ProcessTwin.md"

  @Test func `the article's table is the catalogue, row by row`() throws {
    let file = try #require(fopen(ProcessTwinDocumentationTests.article, "r"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let text = String(decoding: bytes[..<fread(&bytes, 1, bytes.count, file)], as: UTF8.self)
    let fields = try #require(text.split(separator: "## Fields").last)
    let rows = fields.split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init)
    #expect(rows == TwinCatalogue.houseOfProcesses.fields.map(\.documentationRow))
  }

  /// The faults of a catalogue of processes whose targets are these lines, without the place.
  private static func faults(_ targets: [String]) -> [String] {
    let lines =
      ["entity: process", "targets:"] + targets
      + [
        "groups:", "  - group: needed", "    purpose: [service]", "    basis: contract", "    fields:",
        "      - {name: process_id, rule: process_id, type: int64, unit: id, description: Needed.}",
      ]
    do throws(ConfigurationError) {
      _ = try TwinCatalogue(
        ConfigurationDocument(path: "process.yaml", bytes: Array(lines.joined(separator: "\n").utf8)), of: .process)
      return []
    } catch {
      return error.problems.map { "\($0)" }
    }
  }

  @Test func `targets that cannot be are named with their place`() {
    let faults = Self.faults([
      "  - {kind: order, category: toaster, days: 3}", "  - {kind: shipment, days: 3}",
      "  - {kind: ticket, days: 0}", "  - {kind: ticket, category: billing, days: 4}",
      "  - {kind: ticket, category: billing, days: 5}", "  - {kind: ticket}",
    ])
    func has(_ place: String, _ text: String) -> Bool { faults.contains { $0.contains(place) && $0.contains(text) } }
    #expect(has("3:", "'toaster' is no category of order"), "\(faults)")
    #expect(has("4:", "shipment"), "\(faults)")
    #expect(has("5:", "days"), "\(faults)")
    #expect(has("7:", "given twice; the first stands in line 6"), "\(faults)")
    #expect(has("8:", "days"), "\(faults)")
  }

  @Test func `a catalogue of processes needs the fields that tell of a case, and makes no aggregates`() {
    let faults = Self.faults(["  - {kind: ticket, days: 5}"])
    for name in ["kind", "state", "breach_risk"] {
      #expect(faults.contains { $0.contains("a twin needs the field '\(name)'") }, "\(faults)")
    }
  }
}
