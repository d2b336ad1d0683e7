import Columns
import Testing

@Suite struct TableRowsTests {
  @Test func `tables cut apart and put together are the same table`() throws {
    let table = SampleTable.everyType(rowCount: 500, seed: 9)
    let parts = [table.rows(in: 0..<3), table.rows(in: 3..<3), table.rows(in: 3..<499), table.rows(in: 499..<500)]
    #expect(try Table.concatenating(parts) == table)
    #expect(try Table.concatenating([], schema: table.schema) == Table(empty: table.schema))
    #expect(try Table.concatenating([table]) == table)
  }

  @Test func `tables of different columns cannot be put together`() throws {
    let table = SampleTable.everyType(rowCount: 2, seed: 9)
    let other = try table.selecting(["whole"])
    #expect(throws: ColumnsError.self) { try Table.concatenating([table, other]) }
  }

  @Test func `a table without columns keeps its number of rows`() throws {
    let table = Table(Schema([]), [], rowCount: 3)
    #expect(table.rows(at: [0, 2]).rowCount == 2 && table.rows(where: [true, false, false]).rowCount == 1)
    #expect(try Table.concatenating([table]).rowCount == 3)
    #expect(try Table.concatenating([table, table.rows(in: 1..<2)]).rowCount == 4)
  }

  @Test func `rows are chosen by index and by flag`() throws {
    let schema = Schema([ColumnField("a", .int64, isNullable: true), ColumnField("b", .string)])
    let table = Table(
      schema,
      [.int64(TypedColumn(optionals: [10, nil, 30], placeholder: 0)), .string(TypedColumn(["x", "y", "z"]))])
    let chosen = table.rows(at: [2, 1, 2])
    #expect(try chosen.int64("a") == TypedColumn(optionals: [30, nil, 30], placeholder: 0))
    #expect(try chosen.string("b").values == ["z", "y", "z"])
    #expect(try table.rows(where: [true, false, true]).int64("a") == TypedColumn([10, 30]))
    #expect(table.adding(ColumnField("c", .bool), .bool(TypedColumn([true, false, true])))["c"]?.rowCount == 3)
  }
}
