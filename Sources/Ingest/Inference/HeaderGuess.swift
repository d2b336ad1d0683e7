/// Whether the first record names the columns.
///
/// A name that ends up in a proposal must not be somebody's number: a record with anything that looks like a number, a
/// time or an address is data.
struct HeaderGuess {
  let isHeader: Bool
  /// Why a person should look, or nil where the sample leaves no doubt.
  let doubt: String?

  /// Judges a record by itself and by the rows below it.
  init(_ record: [[UInt8]], below rows: [[[UInt8]]]) {
    let filled = record.filter { !$0.isEmpty }
    let isNameLike = filled.allSatisfy(HeaderGuess.isName) && filled.count * 10 >= record.count * 8
    guard isNameLike, !filled.isEmpty else {
      isHeader = false
      doubt = nil
      return
    }
    let known = filled.filter { FieldNames.knows(String(decoding: $0, as: UTF8.self)) }.count
    // A column of numbers or times under a word: the word is its name.
    let typed = record.indices.filter { column in
      let values = rows.map { $0[column] }.filter { !$0.isEmpty }
      return !values.isEmpty && values.filter { !HeaderGuess.isName($0) }.count * 10 >= values.count * 8
    }.count
    isHeader = known > 0 || typed > 0
    doubt =
      known > 0 && (typed > 0 || rows.isEmpty)
      ? nil : "whether the first record is a header: \(known) of its names are known, \(typed) columns differ below it"
  }

  /// Whether a field may be a column's name: a word, without what would make it a value.
  static func isName(_ field: [UInt8]) -> Bool {
    guard let first = field.first, field.count <= 100 else { return false }
    let digits = field.filter { (0x30...0x39).contains($0) }.count
    let isWord =
      first >= 0x80 || (0x41...0x5A).contains(first) || (0x61...0x7A).contains(first) || first == 0x5F || first == 0x23
    return isWord && digits <= 4 && digits * 2 <= field.count && !field.contains(0x40)
  }

  /// Whether every field names a type of a database: the second line of headers of some switches.
  static func namesTypes(_ record: [[UInt8]]) -> Bool {
    let types = [
      "integer", "int", "bigint", "smallint", "varchar", "char", "string", "text", "number", "float", "double",
      "decimal", "numeric", "date", "time", "timestamp", "datetime", "uniqueidentifier", "boolean", "ipaddr",
      "unixtime",
    ]
    let filled = record.filter { !$0.isEmpty }
    return !filled.isEmpty
      && filled.allSatisfy { field in
        types.contains(
          String(decoding: field, as: UTF8.self).lowercased().split { $0 == "(" || $0 == " " }.first.map(String.init)
            ?? "")
      }
  }
}
