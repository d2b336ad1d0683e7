import Calendar

/// What the values of one column look like: counts and shares, never a value.
struct ColumnProfile {
  /// The place among the columns, from 0.
  let index: Int
  /// The header's name or the path; nil where a column is a position.
  let name: String?
  /// Whether the column's name is enough to find it: there are no names, or it is the only one of its name.
  let isAddressable: Bool
  /// The name as words, in the ways in which it may be spelled.
  let spellings: [[String]]
  /// Values that are not empty, by how often they come.
  let values: [[UInt8]: Int]
  /// Rows of the sample.
  let rowCount: Int
  /// Rows in which the column is not empty.
  let filledCount: Int
  /// How times are written, where nearly all values are times.
  let time: TimeFormatGuess?

  init(_ table: SampleTable, _ index: Int) {
    self.index = index
    let name = table.names?[index]
    self.name = name
    isAddressable = table.names.map { names in name != "" && names.filter { $0 == name }.count == 1 } ?? true
    spellings = name.map { FieldNames.spellings($0).filter { !$0.isEmpty } } ?? []
    var values: [[UInt8]: Int] = [:]
    for row in table.rows where !row[index].isEmpty { values[row[index], default: 0] += 1 }
    self.values = values
    rowCount = table.rows.count
    filledCount = values.values.reduce(0, +)
    time = TimeFormatGuess(values)
  }

  /// The share of the rows that are not empty for which `test` holds; 1 where all are empty.
  func share(_ test: (UnsafeBufferPointer<UInt8>) -> Bool) -> Double {
    guard filledCount > 0 else { return 1 }
    var count = 0
    for (value, times) in values where value.withUnsafeBufferPointer(test) { count += times }
    return Double(count) / Double(filledCount)
  }

  /// The words of the name.
  var words: [String] { spellings.first ?? [] }

  /// The share of rows in which the column is empty.
  var emptyShare: Double { rowCount == 0 ? 0 : 1 - Double(filledCount) / Double(rowCount) }

  /// Whether every row has a value and no two rows the same.
  var isUnique: Bool { rowCount > 1 && filledCount == rowCount && values.count == rowCount }

  /// Whether there are few values, each in many rows: the codes of a list.
  var isListOfCodes: Bool {
    filledCount > 0 && values.count <= 40 && (filledCount < 20 || values.count * 4 <= filledCount)
      && values.keys.allSatisfy { $0.count <= 32 }
  }

  /// Whether decimals are written with a comma.
  var hasDecimalComma: Bool {
    values.keys.contains { $0.contains(0x2C) }
      && share { bytes in
        let parts = bytes.split(separator: 0x2C, omittingEmptySubsequences: false)
        return parts.count <= 2 && parts.allSatisfy { $0.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2D } }
          && parts[0].count > 0
      } > 0.95
  }

  /// How the column's phone numbers are written, where they are any.
  var phoneForm: PhoneForm? {
    guard filledCount > 0 else { return nil }
    let digits = share { PhoneForm.digitCount($0) != nil }
    guard digits > 0.9 else { return nil }
    if share({ $0.first == 0x2B }) > 0.5 { return .complete }
    if share({ $0.starts(with: [0x30, 0x30]) }) > 0.5 { return .internationalPrefix }
    if share({ $0.first == 0x30 }) > 0.5 { return .trunkPrefix }
    return share { PhoneForm.digitCount($0).map { $0 >= 10 } ?? false } > 0.9 ? .complete : .local
  }

  /// A way of writing phone numbers.
  enum PhoneForm {
    /// Country code first, with or without `+`.
    case complete
    /// `00` first.
    case internationalPrefix
    /// `0` first: a national number.
    case trunkPrefix
    /// Neither.
    case local

    /// The digits of what may be a phone number: 7 to 15, with the separators that people write.
    static func digitCount(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
      var count = 0
      for (index, byte) in bytes.enumerated() {
        switch byte {
        case 0x30...0x39: count += 1
        case 0x2B where index == 0: break
        case 0x20, 0x2D, 0x2E, 0x2F, 0x28, 0x29: break
        default: return nil
        }
      }
      return (7...17).contains(count) ? count : nil
    }
  }
}

// What people are told of a column.
extension ColumnProfile {
  /// The kind of values, by their looks.
  var looks: String {
    guard filledCount > 0 else { return "empty" }
    if let time, time.share > 0.95, !time.format.hasPrefix("epoch") || phoneForm == nil {
      return "\(time.hasTime ? "time" : "day") (\(time.format))"
    }
    if values.count <= 2, share({ RowDecoder.flag($0) != nil }) == 1 { return "flag" }
    let hasLeadingZero = values.keys.contains { $0.count > 1 && $0[0] == 0x30 && $0[1] != 0x2E && $0[1] != 0x2C }
    if let phoneForm, hasLeadingZero || share({ $0.count >= 9 }) > 0.9 {
      return phoneForm == .trunkPrefix ? "phone number, national" : "phone number or long digits"
    }
    if share({ NumberParsing.whole($0) != nil }) > 0.95 { return "whole number" }
    if share({ (try? NumberParsing.tenThousandths($0)) != nil }) > 0.95 { return "decimal" }
    if hasDecimalComma { return "decimal with a comma" }
    if isListOfCodes { return "codes" }
    let lengths = values.keys.map(\.count)
    return "text of \(lengths.min() ?? 0) to \(lengths.max() ?? 0) bytes\(isUnique ? ", each once" : "")"
  }
}
