import Columns
import Testing
import Twins

@Suite struct TextCodesTests {
  @Test(arguments: [1, 3, 16, 17, 400]) func `every row says what its column said`(textCount: Int) {
    var column = TypedColumn<String>()
    for row in 0..<1_000 {
      let text = "a text of the number \((row * row * 7 + row) % textCount)"
      column.append(row % 11 == 3 ? nil : row % 13 == 0 ? "" : text, placeholder: "")
    }
    let codes = TextCodes(column)
    #expect((0..<1_000).allSatisfy { codes[$0] == column[$0] })
    #expect(Set(codes.texts).count == codes.texts.count)
    #expect(Set(codes.texts) == Set((0..<1_000).compactMap { column[$0] }))
    #expect(codes.map(missing: -1) { $0.utf8.count } == (0..<1_000).map { column[$0]?.utf8.count ?? -1 })
  }

  @Test func `a missing text that is told first is missing`() {
    let codes = TextCodes(TypedColumn(["", "", "a"], validity: [false, true, true]))
    #expect(codes.codes == [-1, 0, 1])
    #expect(codes.texts == ["", "a"])
    #expect(codes[0] == nil && codes[1] == "" && codes.text(-1) == nil)
    #expect(TextCodes(TypedColumn()).texts.isEmpty)
  }
}
