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
}
