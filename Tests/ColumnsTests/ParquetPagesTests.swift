import Columns
import Testing

@Suite struct ParquetPagesTests {
  private static let schema = Schema([
    ColumnField("owner", .int64, "Whose row it is."), ColumnField("day", .date), ColumnField("small", .int32),
    ColumnField("noise", .int64), ColumnField("sum", .int64), ColumnField("instant", .timestamp),
  ])

  /// Draws rows in runs of `lengths`, writes them in row groups of `groupRowCount`, and reads them back.
  private static func write(
    rowCount: Int, groupRowCount: Int, values: UInt64, lengths: UInt64, seed: UInt64, to path: String
  ) throws -> Table {
    var generator = SplitMix(state: seed)
    func drawn(_ make: (UInt64) -> Int64) -> [Int64] {
      var column: [Int64] = []
      while column.count < rowCount {
        let (value, length) = (make(generator.next() % values), generator.next() % lengths + 1)
        for _ in 0..<min(Int(length), rowCount - column.count) { column.append(value) }
      }
      return column
    }
    let owner = drawn { Int64(bitPattern: $0 &* 0x9E37_79B9_7F4A_7C15) }
    let day = drawn { Int64(Int32(truncatingIfNeeded: $0 % 40_000)) - 10_000 }
    let small = drawn { Int64(Int32(truncatingIfNeeded: $0 &* 0x9E37_79B9)) }
    let noise = (0..<rowCount).map { _ in Int64(bitPattern: generator.next()) }
    let sum = drawn { $0 % 5 == 0 ? (.min) : .max - Int64($0) }
    let instant = drawn { Int64($0) << 32 }

    var writer = try ParquetPages(path: path, schema: schema)
    for start in stride(from: 0, to: rowCount, by: groupRowCount) {
      let rows = start..<min(rowCount, start + groupRowCount)
      func runs(_ column: [Int64]) -> ParquetPages.Chunk {
        var runs = RunColumn()
        for row in rows { runs.append(column[row]) }
        return .runs(runs)
      }
      try Array(noise[rows]).withUnsafeBufferPointer { noise in
        try Array(sum[rows]).withUnsafeBufferPointer { sum in
          guard let noise = noise.baseAddress, let sum = sum.baseAddress else { return }
          try writer.write(
            rowCount: rows.count, [runs(owner), runs(day), runs(small), .plain(noise), .delta(sum), runs(instant)])
        }
      }
    }
    #expect(try writer.close() == rowCount)
    return Table(
      schema,
      [
        .int64(TypedColumn(owner)), .date(TypedColumn(day.map { Int32($0) })),
        .int32(TypedColumn(small.map { Int32($0) })), .int64(TypedColumn(noise)), .int64(TypedColumn(sum)),
        .timestamp(TypedColumn(instant)),
      ])
  }

  /// The numbers of values reach every width of an index up to eleven bits, and more values than rows.
  @Test(arguments: [1, 2, 3, 5, 9, 17, 100, 600, 1_500, 1 << 40] as [UInt64], [1, 2, 7, 8, 9, 30, 700] as [UInt64])
  func `what was written in pages is read back`(values: UInt64, lengths: UInt64) throws {
    try withScratchFolder { folder in
      for (rowCount, groupRowCount) in [(1, 10), (7, 7), (8, 8), (1_000, 1_000), (3_001, 512), (5_000, 5_000)] {
        let path = "\(folder)/a"
        let table = try Self.write(
          rowCount: rowCount, groupRowCount: groupRowCount, values: values, lengths: lengths,
          seed: values &* 31 &+ lengths, to: path)
        #expect(try ParquetFile.read(path) == table)
      }
    }
  }

  @Test func `a column that is constant takes no bytes a row, and one without runs no more than its values`() throws {
    try withScratchFolder { folder in
      func byteCount(_ make: (Int) -> Int64) throws -> Int {
        var runs = RunColumn()
        for row in 0..<100_000 { runs.append(make(row)) }
        var writer = try ParquetPages(path: "\(folder)/a", schema: Schema([ColumnField("a", .int64)]))
        try writer.write(rowCount: 100_000, [.runs(runs)])
        _ = try writer.close()
        return try readBytes("\(folder)/a").count
      }
      let constant = try byteCount { _ in 7 }
      #expect(constant < 1_000)
      let rising = try byteCount { Int64($0) << 40 }
      #expect(rising < 801_000)
    }
  }

  @Test func `runs of another column are appended from any row to any other`() {
    var whole = RunColumn()
    for row in 0..<100 { whole.append(Int64(row / 7 % 3)) }
    for start in 0..<100 {
      for end in start...100 {
        var part = RunColumn()
        part.append(start..<end, of: whole)
        var plain = RunColumn()
        for row in start..<end { plain.append(Int64(row / 7 % 3)) }
        #expect(part.values == plain.values && part.lengths == plain.lengths)
      }
    }
  }

  @Test func `pages without rows leave a file with a schema, and pages that are dropped no Parquet`() throws {
    try withScratchFolder { folder in
      let writer = try ParquetPages(path: "\(folder)/a", schema: Self.schema)
      #expect(try writer.close() == 0)
      #expect(try ParquetFile.read("\(folder)/a") == Table(empty: Self.schema))
      do { _ = try ParquetPages(path: "\(folder)/b", schema: Self.schema) }
      let error = #expect(throws: ColumnsError.self) { try ParquetFile.read("\(folder)/b") }
      #expect(error?.code == .damagedFile)
      let missing = #expect(throws: ColumnsError.self) {
        _ = try ParquetPages(path: "\(folder)/absent/a", schema: Self.schema)
      }
      #expect(missing?.code == .missingFile)
    }
  }

  @Test func `a damaged page is found by its checksum`() throws {
    try withScratchFolder { folder in
      let path = "\(folder)/a"
      _ = try Self.write(rowCount: 4_000, groupRowCount: 4_000, values: 50, lengths: 3, seed: 3, to: path)
      var bytes = try readBytes(path)
      // The noise is most of the file: its middle is in there.
      bytes[bytes.count / 2] ^= 1
      try writeBytes(bytes, to: path)
      let error = #expect(throws: ColumnsError.self) { try ParquetFile.read(path) }
      #expect(error?.code == .damagedFile)
    }
  }

  @Test(.enabled(if: PyArrowTests.isPresent, "python3 has no pyarrow: the check by another reader is skipped"))
  func `pyarrow reads pages, meanings and bounds`() throws {
    try withScratchFolder { folder in
      let path = "\(folder)/a.parquet"
      var owners = RunColumn()
      for row in 0..<20 { owners.append(row < 12 ? 5 : 9) }
      var days = RunColumn()
      days.append(20_779, count: 20)
      var writer = try ParquetPages(
        path: path,
        schema: Schema([
          ColumnField("owner", .int64, "Whose row it is."), ColumnField("day", .date), ColumnField("sum", .int64),
        ]))
      let sums = (0..<20).map { Int64($0 * $0) }
      try sums.withUnsafeBufferPointer { sums in
        guard let sums = sums.baseAddress else { return }
        try writer.write(rowCount: 20, [.runs(owners), .runs(days), .delta(sums)])
      }
      _ = try writer.close()
      let seen = PyArrowTests.python(
        """
        import pyarrow.parquet as p
        f = p.ParquetFile("\(path)", page_checksum_verification=True)
        t = f.read()
        print(t.schema.field("owner").metadata[b"meaning"].decode())
        for row in (t.slice(11, 2)).to_pylist(): print(*row.values())
        g = f.metadata.row_group(0)
        for i in range(3): print(g.column(i).statistics.min, g.column(i).statistics.max)
        """)
      #expect(
        seen == """
          Whose row it is.
          5 2026-11-22 121
          9 2026-11-22 144
          5 9
          2026-11-22 2026-11-22
          0 361

          """)
    }
  }
}
