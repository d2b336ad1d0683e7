import Columns
import Datasets
import Glibc
import Testing
import Twins

@Suite struct SubscriptionTwinDocumentationTests {
  private static let article =
    String(#filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" })
    + "/Sources/Twins/Twins.docc/SubscriptionTwin.md"

  @Test func `the article's table is the catalogue, row by row`() throws {
    let file = try #require(fopen(SubscriptionTwinDocumentationTests.article, "r"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let text = String(decoding: bytes[..<fread(&bytes, 1, bytes.count, file)], as: UTF8.self)
    let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init)
    #expect(rows == TwinCatalogue.house.fields.map(\.documentationRow))
  }

  @Test func `every field says its unit, window, source and meaning`() {
    #expect(SubscriptionTwin.dataset(.house).folder == "data/twins/entity=subscription")
    for field in TwinCatalogue.house.fields {
      #expect(!field.unit.isEmpty && !field.window.isEmpty && !field.source.isEmpty && !field.column.meaning.isEmpty)
    }
  }
}
