import Columns
import Learning
import Testing

@Suite struct LevelCodesTests {
  static func codes(_ column: Column, levels: [String], areByValue: Bool = true) throws -> [Double?] {
    let table = Table(Schema([ColumnField("a", column.type, isNullable: true)]), [column])
    let rows = try FeatureTable(
      table, features: [Feature("a", levels: levels, hasLevelsByValue: areByValue)], threads: 1)
    return rows.columns[0].map { $0.isNaN ? nil : $0 }
  }

  @Test func `levels that are numbers are found by number, whatever type the column has`() throws {
    let levels = ["10", "20", "2.5"]
    #expect(try Self.codes(.int64(TypedColumn([20, 10, 30])), levels: levels) == [1, 0, nil])
    #expect(try Self.codes(.int32(TypedColumn([20, 2])), levels: levels) == [1, nil])
    #expect(try Self.codes(.double(TypedColumn([2.5, .nan, 10])), levels: levels) == [2, nil, 0])
    #expect(try Self.codes(.string(TypedColumn(["10.0", "2.50", "010", "x"])), levels: levels) == [0, 2, nil, nil])
  }

  @Test func `levels that are flags are found by flag`() throws {
    let levels = ["false", "true"]
    #expect(
      try Self.codes(.bool(TypedColumn(optionals: [true, nil, false], placeholder: false)), levels: levels) == [
        1, nil, 0,
      ])
    #expect(try Self.codes(.string(TypedColumn(["True", "FALSE", "yes"])), levels: levels) == [1, 0, nil])
  }

  @Test(arguments: [
    Column.int64(TypedColumn([1])), .double(TypedColumn([1])), .bool(TypedColumn([true])), .date(TypedColumn([1])),
  ]) func `levels that are texts are found in texts alone`(column: Column) throws {
    let error = #expect(throws: LearningError.self) { try Self.codes(column, levels: ["1", "none"]) }
    #expect(error?.code == .missingColumn && error?.message.contains("column a holds") == true)
    #expect(try Self.codes(.string(TypedColumn(["none", "1", "1.0"])), levels: ["1", "none"]) == [1, 0, nil])
  }

  @Test func `levels that were learned from texts are found in texts as they stand`() throws {
    let texts = Column.string(TypedColumn(["10", "10.0", "1E1", "30"]))
    #expect(try Self.codes(texts, levels: ["10", "20", "30"], areByValue: false) == [0, nil, nil, 2])
    #expect(
      try Self.codes(.string(TypedColumn(["True", "true"])), levels: ["false", "true"], areByValue: false) == [nil, 1])
    // In a column of numbers there are no texts that could differ.
    #expect(try Self.codes(.double(TypedColumn([20, 10])), levels: ["10", "20"], areByValue: false) == [1, 0])
  }

  @Test func `names with a zero before them are no numbers`() throws {
    #expect(try Self.codes(.string(TypedColumn(["7", "07"])), levels: ["07", "8"]) == [nil, 0])
    #expect(throws: LearningError.self) { try Self.codes(.int64(TypedColumn([7])), levels: ["07", "8"]) }
  }
}
