import Ledger
import Testing

struct CanonicalJSONTests {
  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  @Test func `members are written in ascending order and nothing else is escaped`() {
    let value = CanonicalJSON.object([
      "b": .array([.integer(-1), .string("a\"\\\n\u{1F}ü/")]), "a": .object([:]), "B": .integer(.min),
    ])
    #expect(
      value.text == #"{"B":-9223372036854775808,"a":{},"b":[-1,"a\"\\\u000a\u001fü/"]}"#)
    #expect(CanonicalJSON(reading: value.bytes) == value)
  }

  @Test(arguments: [
    "", " ", "{", "}", "[1,]", "[1 ,2]", "[1]\n", "+1", "01", "-0", "1.0", "1e3", "9223372036854775808", "true", "null",
    #"{"a":1,"a":2}"#, #"{"b":1,"a":2}"#, #"{"a" :1}"#, #""\n""#, #""\/""#, #""\u0041""#, #""\u000A""#, "\"\n\"",
    "\"a", #"{"a":1,}"#, #"{a:1}"#, "[1][2]", #""\u00""#,
  ])
  func `every other form is refused`(text: String) {
    #expect(CanonicalJSON(reading: bytes(text)) == nil)
  }

  @Test func `text that is not UTF-8 is refused`() {
    #expect(CanonicalJSON(reading: [0x22, 0xFF, 0x22]) == nil)
    #expect(CanonicalJSON(reading: [0x22, 0xC0, 0x80, 0x22]) == nil)
  }

  @Test func `deep nesting is refused, not followed`() {
    let depth = 100_000
    #expect(CanonicalJSON(reading: Array(repeating: UInt8(ascii: "["), count: depth)) == nil)
    #expect(CanonicalJSON(reading: bytes(String(repeating: "[", count: 20) + String(repeating: "]", count: 20))) != nil)
  }

  @Test func `what is read is what would be written, for any one-byte change`() {
    let text = bytes(#"{"a":[1,"x\u0001y",{"k":-20}],"b":"ü"}"#)
    for index in text.indices {
      for byte in UInt8.min...UInt8.max {
        var changed = text
        changed[index] = byte
        if let value = CanonicalJSON(reading: changed) { #expect(value.bytes == changed) }
      }
    }
  }
}

struct Base64Tests {
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
  ])
  func `the vectors of RFC 4648 hold both ways`(plain: String, encoded: String) {
    #expect(Base64.encode(Array(plain.utf8)) == encoded)
    #expect(Base64.decode(encoded) == Array(plain.utf8))
  }

  @Test func `decoding accepts exactly what encoding writes`() {
    let alphabet = Array("AQRZg/+=-_ \n".utf8)
    var acceptedCount = 0
    for a in alphabet {
      for b in alphabet {
        for c in alphabet {
          for d in alphabet {
            let text = String(decoding: [a, b, c, d], as: UTF8.self)
            guard let decoded = Base64.decode(text) else { continue }
            acceptedCount += 1
            #expect(Base64.encode(decoded) == text)
          }
        }
      }
    }
    #expect(acceptedCount > 1_000)
  }

  @Test(arguments: ["Z", "Zg", "Zg=", "Zh==", "Zm9=", "====", "Zg==Zg==", "Zg=a"])
  func `bits that decoding would lose are refused`(text: String) {
    #expect(Base64.decode(text) == nil)
  }
}
