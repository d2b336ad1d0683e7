import Ingest
import Testing

@Suite struct TextIntentsTests {
  private func found(_ phrases: [String], in text: String) -> Bool? {
    var intents = TextIntents()
    for phrase in phrases {
      let isTaken = intents.add(phrase, to: .cancel)
      #expect(isTaken)
    }
    var words = TextWords()
    words.cut(text.utf8)
    #expect(intents.isFound(.complaint, in: words) == nil, "no words are listed for complaints")
    return intents.isFound(.cancel, in: words)
  }

  @Test func `words are found whole, beginnings with their endings, phrases side by side`() {
    #expect(found(["cancel"], in: "Please CANCEL it") == true)
    #expect(found(["cancel"], in: "Please do it: cancellation") == false)
    #expect(found(["Kündig*"], in: "Meine KÜNDIGUNG") == true)
    #expect(found(["kündig*"], in: "gekündigt") == false)
    #expect(found(["take my number"], in: "How do I take my number with me?") == true)
    #expect(found(["take my number"], in: "take this, my number") == false)
    #expect(found(["take my num*"], in: "take my") == false)
    #expect(found(["take my num*"], in: "take my\nnumbers") == true)
    #expect(found(["I don't want"], in: "I don’t want it") == true, "an apostrophe parts words on both sides")
    #expect(found(["weg", "netz"], in: "kein Netz") == true)
    #expect(found(["解约"], in: "我要解约") == true)
    #expect(found(["weg"], in: "") == false)
  }

  @Test func `no list at all knows nothing`() {
    var words = TextWords()
    words.cut("cancel".utf8)
    #expect(TextIntents().isFound(.cancel, in: words) == nil)
  }

  @Test(arguments: ["", "  ", "*", "24 hours", "!", "a * b", "a b c d e f g h i", String(repeating: "x", count: 65)])
  func `what is no phrase is refused`(phrase: String) {
    var intents = TextIntents()
    let isTaken = intents.add(phrase, to: .complaint)
    #expect(!isTaken)
    #expect(intents == TextIntents())
  }
}
