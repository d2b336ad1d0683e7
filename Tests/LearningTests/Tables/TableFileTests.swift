import Columns
import Foundation
import Learning
import Testing

@Suite struct TableFileTests {
  /// The path of a file with a content, which lives as long as `body` runs.
  static func withFile<Result>(_ text: String, _ body: (String) throws -> Result) throws -> Result {
    let url = FileManager.default.temporaryDirectory.appending(path: "table-\(UUID().uuidString).csv")
    try Data(text.utf8).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url.path())
  }

  @Test func `columns take the narrowest type that has all of their values`() throws {
    let text = "id,amount,share,flag,word,none\na1,3,0.5,true,1x,\na2,-4e2,NA,false,2,\n\"a,3\",,.25,, two ,\n"
    let table = try Self.withFile(text) { try TableFile.read($0, threads: 2) }
    #expect(table.schema.fields.map(\.name) == ["id", "amount", "share", "flag", "word", "none"])
    #expect(table["id"] == .string(TypedColumn(["a1", "a2", "a,3"])))
    #expect(table["amount"] == .double(TypedColumn(optionals: [3, -400, nil], placeholder: 0)))
    #expect(table["share"] == .double(TypedColumn(optionals: [0.5, nil, 0.25], placeholder: 0)))
    #expect(table["flag"] == .bool(TypedColumn(optionals: [true, false, nil], placeholder: false)))
    #expect(table["word"] == .string(TypedColumn(["1x", "2", "two"])))
    #expect(table["none"] == .double(TypedColumn(optionals: [nil, nil, nil], placeholder: 0)))
  }

  @Test(arguments: [",", ";", "\t", "|"]) func `the separator is what the header has most of`(separator: String) throws
  {
    let text = ["a,b", "c", "d"].map { "\"\($0)\"" }.joined(separator: separator) + "\n1\(separator)2\(separator)3\n"
    let table = try Self.withFile(text) { try TableFile.read($0, threads: 1) }
    #expect(table.schema.fields.map(\.name) == ["a,b", "c", "d"])
  }

  @Test func `only the columns that are asked for are read, of those that there are`() throws {
    let table = try Self.withFile("a,b,c\n1,2,3\n") { try TableFile.read($0, columns: ["c", "z", "a"], threads: 1) }
    #expect(Set(table.schema.fields.map(\.name)) == ["a", "c"])
  }

  @Test func `columns that are said to be texts are texts, whatever they look like`() throws {
    let table = try Self.withFile("a,b,c\n1,true,\n2,,\n") {
      try TableFile.read($0, texts: ["a", "b", "c"], threads: 1)
    }
    #expect(table["a"] == .string(TypedColumn(["1", "2"])))
    #expect(table["b"] == .string(TypedColumn(optionals: ["true", nil], placeholder: "")))
    #expect(table["c"] == .string(TypedColumn(optionals: [nil, nil], placeholder: "")))
  }

  @Test func `a table of which no column is read has its rows`() throws {
    let table = try Self.withFile("a,b\n1,2\n3,4\n") { try TableFile.read($0, columns: [], threads: 1) }
    #expect(table.columns.isEmpty && table.rowCount == 2)
    try Self.withFile("") { path in
      let rows = Table(Schema([ColumnField("a", .int64)]), [.int64(TypedColumn([1, 2, 3]))])
      try ParquetFile.write(rows, to: path)
      #expect(try TableFile.read(path, columns: ["z"], threads: 1).rowCount == 3)
    }
  }

  @Test(arguments: [
    ("", "has no header"), ("a,b\n1\n", "line 2 has 1 fields where the header has 2"),
    ("a,b\n1,2\n1,2,3\n", "line 3 has 3 fields"), ("a,a\n1,2\n", "names one column twice"),
    ("a,b\n1,x\"y\n", "line 2, byte 7: quote-in-unquoted-field"), ("a,b\n1,\"open\n", "unterminated-quote"),
    ("PAR1 and no more", ""),
  ]) func `a file that is none is a typed error`(text: String, message: String) throws {
    let error = #expect(throws: ColumnsError.self) { try Self.withFile(text) { try TableFile.read($0, threads: 1) } }
    #expect(error?.code == .damagedFile)
    #expect(message.isEmpty || error?.message.contains(message) == true, "\(error?.message ?? "")")
  }

  @Test func `a file that is not there is named`() {
    let error = #expect(throws: ColumnsError.self) { try TableFile.read("/nowhere/table.csv", threads: 1) }
    #expect(error?.code == .missingFile)
  }
}
