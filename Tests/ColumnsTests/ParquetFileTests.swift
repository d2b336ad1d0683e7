import Columns
import Testing

@Suite struct ParquetFileTests {
  @Test(arguments: [0, 1, 2, 7, 8, 9, 63, 64, 65, 1000])
  func `every type comes back as it was written, missing values included`(rowCount: Int) throws {
    let table = SampleTable.everyType(rowCount: rowCount, seed: 7)
    try withScratchFolder { folder in
      try ParquetFile.write(table, to: "\(folder)/a.parquet")
      let back = try ParquetFile.read("\(folder)/a.parquet")
      #expect(back == table)
      #expect(try ParquetFile.rowCount(of: "\(folder)/a.parquet") == Int64(rowCount))
      #expect(try ParquetFile.schema(of: "\(folder)/a.parquet") == table.schema)
    }
  }

  @Test func `Arrow's threads give the same values`() throws {
    let table = SampleTable.everyType(rowCount: 200_000, seed: 3)
    try withScratchFolder { folder in
      try ParquetFile.write(table, to: "\(folder)/a.parquet")
      #expect(try ParquetFile.read("\(folder)/a.parquet", usesThreads: true) == table)
      #expect(try ParquetFile.read("\(folder)/a.parquet", usesThreads: false) == table)
    }
  }

  @Test func `batches put together are the table`() throws {
    let table = SampleTable.everyType(rowCount: 200_000, seed: 3)
    try withScratchFolder { folder in
      try ParquetFile.write(table, to: "\(folder)/a.parquet")
      var batches: [Table] = []
      try ParquetFile.forEachBatch(of: "\(folder)/a.parquet", columns: ["text", "whole"]) { batches.append($0) }
      #expect(batches.count > 1)
      #expect(try Table.concatenating(batches) == table.selecting(["text", "whole"]))
    }
  }

  @Test(arguments: [ParquetWriter.Encoding.dictionary, .splitBytes])
  func `a value is looked for in the row groups that may hold it, and is found there`(
    encoding: ParquetWriter.Encoding
  ) throws {
    let keys = (0..<1_000).map { Int64($0 / 2 * 3) }
    let rows = (0..<1_000).map { Int64($0) }
    let table = Table(
      Schema([ColumnField("key", .int64), ColumnField("row", .int64)]),
      [.int64(TypedColumn(keys)), .int64(TypedColumn(rows))])
    try withScratchFolder { folder in
      let path = "\(folder)/a.parquet"
      try ParquetFile.write(table, rows: 0..<1_000, to: path, rowGroupRowCount: 64, encoding: encoding)
      #expect(try ParquetFile.read(path) == table)
      for key in [0, 96, 3 * 499, 1, 3 * 500, -1, .max] as [Int64] {
        let found = try ParquetFile.read(path, columns: ["row", "key"], whereMayBe: key, in: "key")
        #expect(found.rowCount <= 128)
        let hits = zip(try found.int64("key").values, try found.int64("row").values).filter { $0.0 == key }
        #expect(hits.map(\.1) == rows.filter { keys[Int($0)] == key })
      }
      #expect(throws: ColumnsError.self) { try ParquetFile.read(path, whereMayBe: 1, in: "absent") }
    }
  }

  @Test func `batches come one by one, of the row groups that may hold a range`() throws {
    let keys = (0..<200_000).map { Int64($0 / 3) }
    let rows = (0..<200_000).map { Int64($0) }
    let table = Table(
      Schema([ColumnField("key", .int64), ColumnField("row", .int64)]),
      [.int64(TypedColumn(keys)), .int64(TypedColumn(rows))])
    try withScratchFolder { folder in
      let path = "\(folder)/a.parquet"
      try ParquetFile.write(table, rows: 0..<200_000, to: path, rowGroupRowCount: 10_000)
      func found(_ range: ClosedRange<Int64>) throws -> [Int64] {
        let batches = try ParquetBatches(path, columns: ["row"], whereMayBe: range, in: "key")
        var found: [Int64] = []
        while let batch = try batches.next() {
          #expect(batch.rowCount > 0 && batch.schema.fields.map(\.name) == ["row"])
          found += try batch.int64("row").values
        }
        #expect(try batches.next() == nil)
        return found
      }
      #expect(try found(.min ... .max) == rows)
      #expect(try found(30_000...40_000) == Array(rows[90_000..<130_000]))
      #expect(try found(70_000 ... .max) == [])
      #expect(throws: ColumnsError.self) {
        try ParquetBatches(path, columns: ["absent"], whereMayBe: 0...1, in: "key")
      }
      #expect(throws: ColumnsError.self) {
        try ParquetBatches("\(folder)/none", columns: ["row"], whereMayBe: 0...1, in: "key")
      }
    }
  }

  @Test func `columns are read in the order in which they are asked for`() throws {
    let table = SampleTable.everyType(rowCount: 100, seed: 1)
    try withScratchFolder { folder in
      try ParquetFile.write(table, to: "\(folder)/a.parquet")
      let names = ["text", "whole", "day_missing"]
      #expect(try ParquetFile.read("\(folder)/a.parquet", columns: names) == table.selecting(names))
    }
  }

  @Test func `a table of which no column is read has its rows`() throws {
    try withScratchFolder { folder in
      try ParquetFile.write(SampleTable.everyType(rowCount: 100, seed: 1), to: "\(folder)/a.parquet")
      let table = try ParquetFile.read("\(folder)/a.parquet", columns: [])
      #expect(table.columns.isEmpty && table.rowCount == 100)
    }
  }

  @Test func `a column that the file lacks is a schema mismatch that names it`() throws {
    try withScratchFolder { folder in
      try ParquetFile.write(SampleTable.everyType(rowCount: 3, seed: 1), to: "\(folder)/a.parquet")
      let error = #expect(throws: ColumnsError.self) {
        try ParquetFile.read("\(folder)/a.parquet", columns: ["whole", "nothing"])
      }
      #expect(error?.code == .schemaMismatch)
      #expect(error?.message.contains("nothing") == true)
    }
  }

  @Test func `a missing file is told from a damaged one`() throws {
    try withScratchFolder { folder in
      let missing = #expect(throws: ColumnsError.self) { try ParquetFile.read("\(folder)/none.parquet") }
      #expect(missing?.code == .missingFile)
      for bytes in [[], Array("PAR1".utf8), Array("not a Parquet file at all".utf8)] {
        try writeBytes(bytes, to: "\(folder)/b.parquet")
        let damaged = #expect(throws: ColumnsError.self) { try ParquetFile.read("\(folder)/b.parquet") }
        #expect(damaged?.code == .damagedFile)
      }
    }
  }

  @Test func `a file cut anywhere is damaged`() throws {
    try withScratchFolder { folder in
      try ParquetFile.write(SampleTable.everyType(rowCount: 50, seed: 2), to: "\(folder)/a.parquet")
      let whole = try readBytes("\(folder)/a.parquet")
      for length in stride(from: 0, to: whole.count, by: 37) {
        try writeBytes(Array(whole[..<length]), to: "\(folder)/b.parquet")
        let error = #expect(throws: ColumnsError.self) { try ParquetFile.read("\(folder)/b.parquet") }
        #expect(error?.code == .damagedFile, "\(length) bytes")
      }
    }
  }

  @Test func `a flipped bit never crashes the reader and never changes a value in silence`() throws {
    try withScratchFolder { folder in
      let table = SampleTable.everyType(rowCount: 20, seed: 4)
      try ParquetFile.write(table, to: "\(folder)/a.parquet")
      let whole = try readBytes("\(folder)/a.parquet")
      // Pages lie before the footer, whose length stands eight bytes before the end.
      let footerLength = whole[(whole.count - 8)..<(whole.count - 4)].reversed().reduce(0) { $0 << 8 | Int($1) }
      let footerStart = whole.count - 8 - footerLength
      var (refused, changed) = (0, 0)
      for position in 0..<whole.count {
        var bytes = whole
        bytes[position] ^= 1 << UInt8(position % 8)
        try writeBytes(bytes, to: "\(folder)/b.parquet")
        do {
          let back = try ParquetFile.read("\(folder)/b.parquet")
          // Statistics and names live in the footer and in page headers; page bodies are under checksums.
          if position < footerStart { changed += back.columns == table.columns ? 0 : 1 }
        } catch {
          refused += 1
        }
      }
      #expect(changed == 0)
      #expect(refused > whole.count / 4)
    }
  }

  @Test func `random bytes between the magic numbers are refused`() throws {
    var generator = SplitMix(state: 99)
    try withScratchFolder { folder in
      for _ in 0..<200 {
        let length = Int(generator.next() % 400)
        var bytes = Array("PAR1".utf8)
        for _ in 0..<length { bytes.append(UInt8(truncatingIfNeeded: generator.next())) }
        let footer = UInt32(generator.next() % UInt64(length + 8))
        for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: footer >> UInt32(shift))) }
        bytes += Array("PAR1".utf8)
        try writeBytes(bytes, to: "\(folder)/b.parquet")
        #expect(throws: ColumnsError.self) { try ParquetFile.read("\(folder)/b.parquet") }
      }
    }
  }

  @Test func `a full disk is an input-output error`() throws {
    let error = #expect(throws: ColumnsError.self) {
      try ParquetFile.write(SampleTable.everyType(rowCount: 1000, seed: 1), to: "/dev/full")
    }
    #expect(error?.code == .inputOutput)
  }

  @Test func `a folder that does not exist cannot be written into`() throws {
    try withScratchFolder { folder in
      let error = #expect(throws: ColumnsError.self) {
        try ParquetFile.write(SampleTable.everyType(rowCount: 1, seed: 1), to: "\(folder)/no/a.parquet")
      }
      #expect(error?.code == .missingFile)
    }
  }

  @Test func `the Arrow in use is the pinned one`() {
    #expect(ParquetFile.arrowVersion == "26.0.1" || ParquetFile.arrowVersion.hasPrefix("26.0.1"))
  }
}
