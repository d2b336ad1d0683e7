import Columns
import Glibc

/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014).
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

enum SampleTable {
  static func everyType(rowCount: Int, seed: UInt64) -> Table {
    var generator = SplitMix(state: seed)
    func column<Value>(_ zero: Value, _ make: (UInt64) -> Value) -> TypedColumn<Value> {
      TypedColumn((0..<rowCount).map { _ in make(generator.next()) })
    }
    func sparse<Value>(_ zero: Value, _ make: (UInt64) -> Value) -> TypedColumn<Value> {
      TypedColumn(
        optionals: (0..<rowCount).map { _ in generator.next() % 3 == 0 ? nil : make(generator.next()) },
        placeholder: zero)
    }
    let texts = ["", "a", "postpaid", "Düsseldorf", "a text that does not fit into fifteen bytes", "💡"]
    let schema = Schema([
      ColumnField("small", .int32, "A small number."), ColumnField("small_missing", .int32, isNullable: true),
      ColumnField("whole", .int64, "A whole number, größer."), ColumnField("whole_missing", .int64, isNullable: true),
      ColumnField("ratio", .double), ColumnField("ratio_missing", .double, isNullable: true),
      ColumnField("flag", .bool), ColumnField("flag_missing", .bool, isNullable: true),
      ColumnField("day", .date), ColumnField("day_missing", .date, isNullable: true, "A day."),
      ColumnField("instant", .timestamp), ColumnField("instant_missing", .timestamp, isNullable: true),
      ColumnField("text", .string), ColumnField("text_missing", .string, isNullable: true),
    ])
    return Table(
      schema,
      [
        .int32(column(0) { Int32(truncatingIfNeeded: $0) }), .int32(sparse(0) { Int32(truncatingIfNeeded: $0) }),
        .int64(column(0) { Int64(bitPattern: $0) }), .int64(sparse(0) { Int64(bitPattern: $0) }),
        .double(column(0) { Double($0) / 7 }), .double(sparse(0) { Double($0) / 7 }),
        .bool(column(false) { $0 % 2 == 0 }), .bool(sparse(false) { $0 % 2 == 0 }),
        .date(column(0) { Int32($0 % 40_000) - 10_000 }), .date(sparse(0) { Int32($0 % 40_000) }),
        .timestamp(column(0) { Int64($0 % (1 << 50)) }), .timestamp(sparse(0) { Int64($0 % (1 << 50)) }),
        .string(column("") { texts[Int($0 % 6)] }), .string(sparse("") { texts[Int($0 % 6)] }),
      ])
  }
}

/// Calls `body` with a new folder that is removed afterwards.
func withScratchFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  var template = Array("/tmp/nightjar-columns-XXXXXX".utf8CString)
  guard let made = mkdtemp(&template) else { throw SystemFailure(number: errno) }
  let folder = String(cString: made)
  defer { removeFolder(folder) }
  return try body(folder)
}

struct SystemFailure: Error { let number: Int32 }

private func removeFolder(_ folder: String) {
  guard let directory = opendir(folder) else { return }
  while let entry = readdir(directory) {
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    if name != ".", name != ".." { unlink("\(folder)/\(name)") }
  }
  closedir(directory)
  rmdir(folder)
}

func writeBytes(_ bytes: [UInt8], to path: String) throws {
  guard let file = fopen(path, "w") else { throw SystemFailure(number: errno) }
  defer { fclose(file) }
  guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw SystemFailure(number: errno) }
}

func readBytes(_ path: String) throws -> [UInt8] {
  guard let file = fopen(path, "r") else { throw SystemFailure(number: errno) }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = fread(&chunk, 1, chunk.count, file)
    if count == 0 { return bytes }
    bytes += chunk[..<count]
  }
}
