import Columns
import Datasets
import Glibc
import Testing
import Twins

@Suite struct TwinDocumentationTests {
  private static let articles =
    String(#filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }) + "/Sources/Twins/Twins.docc/"

  @Test(arguments: [
    ("SubscriptionTwin", TwinCatalogue.house), ("CustomerTwin", .houseOfCustomers), ("ProductTwin", .houseOfProducts),
  ])
  func `an article's table is the catalogue, row by row`(article: String, catalogue: TwinCatalogue) throws {
    let file = try #require(fopen("\(TwinDocumentationTests.articles)\(article).md", "r"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let text = String(decoding: bytes[..<fread(&bytes, 1, bytes.count, file)], as: UTF8.self)
    let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init)
    #expect(rows == catalogue.fields.map(\.documentationRow))
  }

  @Test func `every field says its unit, window, source and meaning`() {
    #expect(SubscriptionTwin.dataset(.house).folder == "data/twins/entity=subscription")
    #expect(TwinCatalogue.houseOfCustomers.dataset.folder == "data/twins/entity=customer")
    #expect(TwinCatalogue.houseOfProducts.dataset.folder == "data/twins/entity=product")
    for field in [TwinCatalogue.house, .houseOfCustomers, .houseOfProducts].flatMap(\.fields) {
      #expect(!field.unit.isEmpty && !field.window.isEmpty && !field.source.isEmpty && !field.column.meaning.isEmpty)
    }
  }
}
