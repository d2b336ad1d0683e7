/// A value of the canonical JSON of Manifest.md: one value, one text.
public indirect enum CanonicalJSON: Hashable, Sendable {
  /// A text.
  case string(String)
  /// A whole number.
  case integer(Int64)
  /// A list.
  case array([CanonicalJSON])
  /// Members; written in ascending order of the keys' UTF-8 bytes.
  case object([String: CanonicalJSON])

  /// The one text of this value.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The UTF-8 bytes of the one text of this value.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return bytes
  }

  private func append(to bytes: inout [UInt8]) {
    switch self {
    case .string(let text): CanonicalJSON.append(text, to: &bytes)
    case .integer(let value): bytes.append(contentsOf: String(value).utf8)
    case .array(let values):
      bytes.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        value.append(to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      let ordered = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      for (index, member) in ordered.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        CanonicalJSON.append(member.key, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        member.value.append(to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0..<0x20:
        bytes.append(contentsOf: "\\u00".utf8)
        bytes.append(contentsOf: [byte].lowercaseHex.utf8)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

extension CanonicalJSON {
  /// The text of a string value.
  public var stringValue: String? { if case .string(let value) = self { value } else { nil } }
  /// The number of an integer value.
  public var integerValue: Int64? { if case .integer(let value) = self { value } else { nil } }
  /// The elements of an array value.
  public var arrayValue: [CanonicalJSON]? { if case .array(let values) = self { values } else { nil } }
  /// The members of an object value.
  public var objectValue: [String: CanonicalJSON]? { if case .object(let members) = self { members } else { nil } }
  /// A member of an object value.
  public subscript(key: String) -> CanonicalJSON? { objectValue?[key] }
}
