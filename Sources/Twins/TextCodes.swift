package import Columns

/// The texts of a column as places in a list of those that there are: a few texts are what millions of rows say, and a place takes
/// a quarter of the memory.
package struct TextCodes: Sendable {
  /// The texts, in the order in which they come first.
  package let texts: [String]
  /// The place of each row's text; -1 where it is missing.
  package let codes: [Int32]

  /// Texts that are looked for one after the other before they are looked up.
  private static let listedCount = 16

  /// O(rows) where the texts are few.
  package init(_ column: TypedColumn<String>) {
    var texts: [String] = []
    var places: [String: Int32] = [:]
    var last = ""
    var lastCode: Int32 = -1
    codes = column.values.indices.map { row in
      guard column.isValid(row) else { return -1 }
      let text = column.values[row]
      if lastCode >= 0, text == last { return lastCode }
      let code: Int32
      if let place = texts.prefix(TextCodes.listedCount).firstIndex(of: text) {
        code = Int32(place)
      } else if let place = places[text] {
        code = place
      } else {
        code = Int32(texts.count)
        texts.append(text)
        if code >= TextCodes.listedCount { places[text] = code }
      }
      (last, lastCode) = (text, code)
      return code
    }
    self.texts = texts
  }

  /// The text of a row, or nil where it is missing.
  package subscript(row: Int) -> String? { text(codes[row]) }

  /// The text of a place; nil for -1.
  package func text(_ code: Int32) -> String? { code < 0 ? nil : texts[Int(code)] }

  /// What `value` says of each text, row by row; `missing` where there is none.
  package func map<Value>(missing: Value, _ value: (String) -> Value) -> [Value] {
    let values = texts.map(value)
    return codes.map { $0 < 0 ? missing : values[Int($0)] }
  }
}
