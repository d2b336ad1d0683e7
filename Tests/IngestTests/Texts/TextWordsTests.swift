import Ingest
import Testing

@Suite struct TextWordsTests {
  private func words(_ bytes: some Sequence<UInt8>) -> [String] {
    var words = TextWords()
    // What was cut before leaves no trace.
    words.cut("Words of before 12".utf8)
    words.cut(bytes)
    return (0..<words.count).map { String(decoding: words[$0], as: UTF8.self) }
  }

  private func words(_ text: String) -> [String] { words(Array(text.utf8)) }

  @Test func `words are runs of letters in lower case, numbers are one word`() {
    #expect(
      words("Seit gestern kein Netz, weder TELEFON noch Internet!") == [
        "seit", "gestern", "kein", "netz", "weder", "telefon", "noch", "internet",
      ])
    #expect(words("KÜNDIGUNG zum 31.12.") == ["kündigung", "zum", "#", "#"])
    #expect(words("+49 170 1234567, Ref. AB12CD") == ["#", "#", "#", "ref", "#"])
    #expect(words("don't") == ["don", "t"])
    #expect(words("\n\t .,;") == [])
    #expect(words("") == [])
  }

  @Test func `scripts of every kind have words`() {
    #expect(words("Не работает ИНТЕРНЕТ") == ["не", "работает", "интернет"])
    #expect(words("لا يوجد إنترنت") == ["لا", "يوجد", "إنترنت"])
    #expect(words("رقم ٤٥٦") == ["رقم", "#"])
    #expect(words("没有信号") == ["没", "有", "信", "号"])
    #expect(words("नेटवर्क नहीं") == ["नेटवर्क", "नहीं"])
    #expect(words("IPTAL İPTAL") == ["iptal", "i\u{307}ptal"])
  }

  @Test func `what cannot be seen does not part words`() {
    #expect(words("Kün\u{AD}digung") == ["kündigung"])
    #expect(words("שלום\u{200F} עולם") == ["שלום", "עולם"])
    #expect(words("\u{FEFF}netz") == ["netz"])
  }

  @Test func `hostile texts end, within bounds`() {
    #expect(words("kein\u{0}netz 😡😡 weg\u{301}\u{301}") == ["kein", "netz", "weg\u{301}\u{301}"])
    #expect(words([0xFF, 0xFE, 0x6E, 0x65, 0x74, 0x7A, 0xC3]) == ["netz"], "no UTF-8 ends a word")
    #expect(
      words([0x61, 0xED, 0xA0, 0x80, 0x62, 0xF4, 0x90, 0x80, 0x80, 0x63]) == ["a", "b", "c"], "nor do surrogates")
    #expect(words([UInt8](repeating: 0x80, count: 100_000)) == [])
    #expect(words([UInt8](repeating: 0, count: 100_000)) == [])
    // A run that is no word of a language is left out, its neighbours stay.
    #expect(words("netz " + String(repeating: "x", count: 65) + " weg") == ["netz", "weg"])
    #expect(words(String(repeating: "x", count: 64)) == [String(repeating: "x", count: 64)])
    #expect(words(String(repeating: "ü", count: 1_000_000)) == [])
    #expect(words("e" + String(repeating: "\u{301}", count: 1_000_000)) == [], "marks are part of their run")
    #expect(words(String(repeating: "a ", count: 5_000)).count == TextWords.wordLimit)
    #expect(words(String(repeating: "号", count: 5_000)).count == TextWords.wordLimit)
    #expect(words(String(repeating: "9", count: 1_000_000)) == ["#"])
    let late = String(repeating: " ", count: TextWords.byteLimit) + "late"
    #expect(words(late) == [], "only the beginning is looked at")
  }

  @Test func `any bytes at all give words of letters and marks, each within the bounds`() {
    var state: UInt64 = 12
    for round in 0..<2_000 {
      let bytes = (0..<round % 300).map { _ -> UInt8 in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        // Half of them letters, so that there are words; the others anything.
        return state >> 63 == 0 ? UInt8(0x61 + state >> 40 % 26) : UInt8(truncatingIfNeeded: state >> 48)
      }
      for word in words(bytes) {
        #expect(!word.isEmpty && word.utf8.count <= TextWords.wordByteLimit)
        #expect(word == "#" || word.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || $0.value > 0x7F })
      }
    }
  }
}
