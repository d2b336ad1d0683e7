import Columns
import Foundation
import Testing

// Looking into the files of a home: Parquet and signed entries hide what stands in them from a search of bytes.
extension NumberCanary {
  /// The numbers that a Parquet file holds, as text or as integers.
  private func firstNumber(inTable path: String) throws -> String? {
    let table = try ParquetFile.read(path)
    for (field, column) in zip(table.schema.fields, table.columns) {
      var found: String?
      switch column {
      case .string(let texts): found = texts.values.lazy.compactMap { firstNumber(in: $0.utf8) }.first
      case .int64(let values):
        found =
          Set(values.values).lazy.filter { (100_000_000...999_999_999_999_999).contains($0) }
          .compactMap { firstNumber(in: String($0).utf8) }.first
      default: break
      }
      if let found { return "\(found) in column \(field.name)" }
    }
    return nil
  }

  /// The first number that a file of a home holds, its encodings undone.
  func firstNumber(inFile path: String) throws -> String? {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    if let found = firstNumber(in: bytes) { return found }
    if path.hasSuffix(".parquet") { return try firstNumber(inTable: path) }
    if path.contains("/log/") {
      // The statement of an entry stands in base64.
      let envelope = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
      let payload = try #require((envelope["payload"] as? String).flatMap { Data(base64Encoded: $0) })
      return firstNumber(in: payload)
    }
    return nil
  }
}
