import Columns
import Testing

@Suite struct ParquetWriterTests {
  @Test func `the bytes do not depend on how the rows were cut into tables`() throws {
    let table = SampleTable.everyType(rowCount: 1000, seed: 5)
    try withScratchFolder { folder in
      var files: [[UInt8]] = []
      for (index, cut) in [1000, 1, 7, 64, 333, 999].enumerated() {
        var writer = try ParquetWriter(path: "\(folder)/\(index)", schema: table.schema, rowGroupRowCount: 64)
        for start in stride(from: 0, to: 1000, by: cut) {
          try writer.write(table.rows(in: start..<min(1000, start + cut)))
        }
        #expect(try writer.close() == 1000)
        #expect(try ParquetFile.read("\(folder)/\(index)") == table)
        files.append(try readBytes("\(folder)/\(index)"))
      }
      #expect(Set(files).count == 1)
    }
  }

  @Test func `a writer without rows leaves a file with a schema`() throws {
    let schema = SampleTable.everyType(rowCount: 1, seed: 5).schema
    try withScratchFolder { folder in
      let writer = try ParquetWriter(path: "\(folder)/a", schema: schema)
      #expect(try writer.close() == 0)
      #expect(try ParquetFile.read("\(folder)/a") == Table(empty: schema))
    }
  }

  @Test func `a writer that is dropped leaves nothing that reads as Parquet`() throws {
    let table = SampleTable.everyType(rowCount: 100, seed: 5)
    try withScratchFolder { folder in
      do {
        var writer = try ParquetWriter(path: "\(folder)/a", schema: table.schema, rowGroupRowCount: 10)
        try writer.write(table)
      }
      let error = #expect(throws: ColumnsError.self) { try ParquetFile.read("\(folder)/a") }
      #expect(error?.code == .damagedFile)
    }
  }

  @Test func `a table of other columns is refused`() throws {
    let table = SampleTable.everyType(rowCount: 10, seed: 5)
    try withScratchFolder { folder in
      var writer = try ParquetWriter(path: "\(folder)/a", schema: table.schema)
      let other = try table.selecting(["whole"])
      var code: ColumnsError.Code?
      do throws(ColumnsError) { try writer.write(other) } catch { code = error.code }
      #expect(code == .schemaMismatch)
    }
  }

  @Test func `a missing value in a field that must have one is refused`() throws {
    let schema = Schema([ColumnField("a", .int64)])
    let table = Table(schema, [.int64(TypedColumn(optionals: [1, nil], placeholder: 0))])
    try withScratchFolder { folder in
      let error = #expect(throws: ColumnsError.self) { try ParquetFile.write(table, to: "\(folder)/a") }
      #expect(error?.code == .schemaMismatch)
    }
  }
}
