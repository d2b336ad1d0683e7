import Columns
import Glibc
import Testing

/// What another reader of Parquet sees, where `python3` has pyarrow.
@Suite struct PyArrowTests {
  /// The standard output of a Python program, or nil where it fails.
  static func python(_ program: String) -> String? {
    guard let pipe = popen("python3 -c '\(program)' 2>/dev/null", "r") else { return nil }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, pipe)
    return pclose(pipe) == 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
  }

  static let isPresent = python("import pyarrow.parquet") != nil

  @Test(.enabled(if: isPresent, "python3 has no pyarrow: the check by another reader is skipped"))
  func `pyarrow sees the types, meanings and values that were written`() throws {
    let schema = Schema([
      ColumnField("small", .int32), ColumnField("whole", .int64, "A whole number."), ColumnField("ratio", .double),
      ColumnField("flag", .bool, isNullable: true), ColumnField("day", .date), ColumnField("instant", .timestamp),
      ColumnField("text", .string, isNullable: true),
    ])
    let table = Table(
      schema,
      [
        .int32(TypedColumn([-1, 2])), .int64(TypedColumn([.min, .max])), .double(TypedColumn([0.5, -2])),
        .bool(TypedColumn(optionals: [true, nil], placeholder: false)), .date(TypedColumn([0, 20_779])),
        .timestamp(TypedColumn([0, 1_500_000])), .string(TypedColumn(optionals: [nil, "Düsseldorf"], placeholder: "")),
      ])
    try withScratchFolder { folder in
      try ParquetFile.write(table, to: "\(folder)/a.parquet")
      let seen = PyArrowTests.python(
        """
        import pyarrow.parquet as p
        t = p.read_table("\(folder)/a.parquet")
        for f in t.schema: print(f.name, f.type, f.nullable, (f.metadata or {}).get(b"meaning", b"-").decode())
        for row in t.to_pylist(): print(*[str(v) for v in row.values()], sep="|")
        m = p.ParquetFile("\(folder)/a.parquet").metadata
        print({m.row_group(0).column(i).compression for i in range(m.num_columns)})
        """)
      #expect(
        seen == """
          small int32 False -
          whole int64 False A whole number.
          ratio double False -
          flag bool True -
          day date32[day] False -
          instant timestamp[us, tz=UTC] False -
          text string True -
          -1|-9223372036854775808|0.5|True|1970-01-01|1970-01-01 00:00:00+00:00|None
          2|9223372036854775807|-2.0|None|2026-11-22|1970-01-01 00:00:01.500000+00:00|Düsseldorf
          {'ZSTD'}

          """)
    }
  }

  @Test(.enabled(if: isPresent, "python3 has no pyarrow: the check by another reader is skipped"))
  func `what pyarrow writes narrower is read as the column that holds it`() throws {
    try withScratchFolder { folder in
      let written = PyArrowTests.python(
        """
        import pyarrow as a, pyarrow.parquet as p
        types = dict(b=a.int8(), c=a.uint8(), s=a.int16(), t=a.uint16(), u=a.uint32(), f=a.float32())
        columns = {n: a.array([None, 0, 100] * 20000, t) for n, t in types.items()}
        columns["b"] = a.array([None, -128, 127] * 20000, a.int8())
        columns["u"] = a.array([None, 0, 2**32 - 1] * 20000, a.uint32())
        columns["f"] = a.array([None, -0.5, 3.4028234663852886e38] * 20000, a.float32())
        columns["l"] = a.array([None, "", "Köln"] * 20000, a.large_string())
        p.write_table(a.table(columns).slice(1), "\(folder)/a.parquet", row_group_size=7001)
        """)
      #expect(written != nil)
      let table = try ParquetFile.read("\(folder)/a.parquet")
      func repeated<Value>(_ values: [Value?], _ zero: Value) -> TypedColumn<Value> {
        TypedColumn(optionals: (1..<60_000).map { values[$0 % 3] }, placeholder: zero)
      }
      #expect(table["b"] == .int32(repeated([nil, -128, 127], 0)))
      for name in ["c", "s", "t"] { #expect(table[name] == .int32(repeated([nil, 0, 100], 0))) }
      #expect(table["u"] == .int64(repeated([nil, 0, Int64(UInt32.max)], 0)))
      #expect(table["f"] == .double(repeated([nil, -0.5, Double(Float.greatestFiniteMagnitude)], 0)))
      #expect(table["l"] == .string(repeated([nil, "", "Köln"], "")))
    }
  }

  @Test(.enabled(if: isPresent, "python3 has no pyarrow: the check by another reader is skipped"))
  func `texts of a dictionary, decimals and unsigned numbers of pyarrow are texts and doubles`() throws {
    try withScratchFolder { folder in
      let written = PyArrowTests.python(
        """
        import pyarrow as a, pyarrow.parquet as p
        from decimal import Decimal as d
        columns = dict(
          c=a.array(["b", None, "a"] * 20000).dictionary_encode(),
          l=a.array(["b", None, "a"] * 20000, a.large_string()).dictionary_encode(),
          d=a.array([d("-1.25"), None, d("20000000000000000000000.5")] * 20000, a.decimal128(30, 2)),
          s=a.array([d("-0.5"), None, d("7.0")] * 20000, a.decimal128(5, 1)),
          d32=a.array([d("-1.25"), None, d("999.99")] * 20000, a.decimal32(5, 2)),
          d64=a.array([d("-1.25"), None, d("9999999999.99")] * 20000, a.decimal64(12, 2)),
          u=a.array([0, None, 2**64 - 2**11] * 20000, a.uint64()),
          h=a.array([-0.5, None, 2048.0] * 20000, a.float16()))
        p.write_table(a.table(columns).slice(1), "\(folder)/a.parquet", row_group_size=7001)
        """)
      #expect(written != nil)
      let table = try ParquetFile.read("\(folder)/a.parquet")
      func repeated<Value>(_ values: [Value?], _ zero: Value) -> TypedColumn<Value> {
        TypedColumn(optionals: (1..<60_000).map { values[$0 % 3] }, placeholder: zero)
      }
      for name in ["c", "l"] { #expect(table[name] == .string(repeated(["b", nil, "a"], ""))) }
      #expect(table["d"] == .double(repeated([-1.25, nil, 2e22], 0)))
      #expect(table["s"] == .double(repeated([-0.5, nil, 7], 0)))
      #expect(table["d32"] == .double(repeated([-1.25, nil, 999.99], 0)))
      #expect(table["d64"] == .double(repeated([-1.25, nil, 9_999_999_999.99], 0)))
      #expect(table["u"] == .double(repeated([0, nil, 0x1p64 - 0x1p11], 0)))
      #expect(table["h"] == .double(repeated([-0.5, nil, 2048], 0)))
      let rounded = try ParquetFile.columns(of: "\(folder)/a.parquet").rounded
      #expect(Set(rounded.keys) == ["d", "s", "d32", "d64", "u"])
      #expect(rounded["u"]?.limit == 0x1p53 && rounded["d"]?.limit == 1e13 && rounded["s"]?.limit == 1e14)
    }
  }

  @Test(.enabled(if: isPresent, "python3 has no pyarrow: the check by another reader is skipped"))
  func `texts are read from a dictionary of more texts than a batch has rows`() throws {
    try withScratchFolder { folder in
      let written = PyArrowTests.python(
        """
        import pyarrow as a, pyarrow.parquet as p
        texts = [None if i % 7 == 3 else "" if i == 50 else "ü%d" % (i * 31 % 50000) for i in range(50000)]
        columns = dict(
          c=a.array(texts).dictionary_encode(), l=a.array(texts, a.large_string()).dictionary_encode(), t=a.array(texts))
        p.write_table(a.table(columns), "\(folder)/a.parquet")
        """)
      #expect(written != nil)
      let table = try ParquetFile.read("\(folder)/a.parquet")
      let texts = (0..<50_000).map { $0 % 7 == 3 ? nil : $0 == 50 ? "" : "ü\($0 * 31 % 50_000)" }
      for name in ["c", "l", "t"] {
        #expect(table[name] == .string(TypedColumn(optionals: texts, placeholder: "")))
      }
    }
  }

  @Test(.enabled(if: isPresent, "python3 has no pyarrow: the check by another reader is skipped"))
  func `columns of other types are named with their type, and their neighbours are read`() throws {
    try withScratchFolder { folder in
      let written = PyArrowTests.python(
        """
        import pyarrow as a, pyarrow.parquet as p
        from decimal import Decimal
        columns = dict(
          list=a.array([[1, 2], None]), id=a.array([5, 6], a.int64()), naive=a.array([0, 1], a.timestamp("us")),
          nano=a.array([0, 1], a.timestamp("ns", "UTC")), none=a.nulls(2), struct=a.array([dict(x=1, y=2)] * 2),
          time=a.array([0, 1], a.time64("us")), span=a.array([0, 1], a.duration("ns")), bytes=a.array([b"a", b"b"]),
          wide=a.array([Decimal(1), None], a.decimal256(40, 0)), text=a.array(["c", "d"]))
        p.write_table(a.table(columns), "\(folder)/a.parquet")
        """)
      #expect(written != nil)
      let path = "\(folder)/a.parquet"
      let columns = try ParquetFile.columns(of: path)
      #expect(
        columns.names == ["list", "id", "naive", "nano", "none", "struct", "time", "span", "bytes", "wide", "text"])
      #expect(columns.schema.fields.map(\.name) == ["id", "text"])
      #expect(
        columns.unread == [
          "list": "list", "naive": "timestamp without a time zone",
          "nano": "timestamp in other units than microseconds", "none": "no type", "struct": "struct",
          "time": "time of day", "span": "duration", "bytes": "binary", "wide": "decimal of 256 bits",
        ])
      let table = try ParquetFile.read(path, columns: ["text", "id"])
      #expect(table.columns == [.string(TypedColumn(["c", "d"])), .int64(TypedColumn([5, 6]))])
      #expect(try ParquetFile.read(path, columns: ["text"], whereMayBe: 6, in: "id").rowCount == 2)
      #expect(try ParquetFile.read(path, columns: ["text"], whereMayBe: 7, in: "id").rowCount == 0)
      for name in columns.unread.keys {
        let error = #expect(throws: ColumnsError.self) { try ParquetFile.read(path, columns: ["id", name]) }
        #expect(error?.code == .schemaMismatch && error?.message.contains("column \(name)") == true)
      }
      #expect(throws: ColumnsError.self) { try ParquetFile.read(path) }
      #expect(throws: ColumnsError.self) { try ParquetFile.schema(of: path) }
    }
  }
}
