import Datasets
package import Randomness

/// What is kept of a text besides its length.
package struct TextSignals: Sendable, Hashable {
  /// The buckets of its words (`WordBuckets`); nil where it has no word.
  package var words: String?
  /// Whether it has words of each intent, in the order of `TextIntent`; nil where the feed lists none.
  package var intents: [Bool?] = TextIntent.allCases.map { _ in nil }

  package init() {}
}

/// Reduces texts to the buckets of their words and to the intents that they show, so that the text itself can be dropped.
///
/// bucket(word) = the low 12 bits of SipHash(word), bucket(pair) = those of SipHash(word, blank, next word), under a key derived for
/// this alone (`Twins.docc/DecisionTextSignals.md`).
package struct TextReduction: Sendable {
  private let hash: SipHash
  private let intents: TextIntents
  private var words = TextWords()
  private var pair: [UInt8] = []
  /// A bit a bucket: whether the text has a word in it.
  private var isTaken = [UInt64](repeating: 0, count: WordBuckets.count / 64)

  package init(_ hash: SipHash, _ intents: TextIntents) {
    self.hash = hash
    self.intents = intents
  }

  /// What is kept of a text. O(bytes, at most `TextWords.byteLimit`).
  package mutating func signals(of text: some Sequence<UInt8>) -> TextSignals {
    words.cut(text)
    var signals = TextSignals()
    for (place, intent) in TextIntent.allCases.enumerated() {
      signals.intents[place] = intents.isFound(intent, in: words)
    }
    guard words.count > 0 else { return signals }
    for place in isTaken.indices { isTaken[place] = 0 }
    for word in 0..<words.count {
      take(hash.hash(words[word]))
      guard word + 1 < words.count else { continue }
      pair.removeAll(keepingCapacity: true)
      pair.append(contentsOf: words[word])
      pair.append(0x20)
      pair.append(contentsOf: words[word + 1])
      take(hash.hash(pair))
    }
    signals.words = WordBuckets.text(takenBuckets())
    return signals
  }

  /// The buckets of the text, ascending.
  private func takenBuckets() -> [UInt16] {
    var buckets: [UInt16] = []
    for (place, bits) in isTaken.enumerated() where bits != 0 {
      var left = bits
      while left != 0 {
        buckets.append(UInt16(place * 64 + left.trailingZeroBitCount))
        left &= left - 1
      }
    }
    return buckets
  }

  @inline(__always) private mutating func take(_ hash: UInt64) {
    let bucket = Int(hash & UInt64(WordBuckets.count - 1))
    isTaken[bucket >> 6] |= 1 << UInt64(bucket & 63)
  }
}
