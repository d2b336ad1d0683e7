import Datasets

/// What a customer may be after, told by words that the feed lists in the operator's languages (FeedOptions.md).
package enum TextIntent: String, CaseIterable, Sendable {
  /// Something is wrong.
  case complaint
  /// To leave.
  case cancel

  /// The column of `facts/tickets` that says whether a text has any of its words.
  var column: String {
    switch self {
    case .complaint: "has_complaint_words"
    case .cancel: "has_cancel_words"
    }
  }
}

/// The words of each intent, as the feed lists them.
package struct TextIntents: Sendable, Hashable {
  /// Words that stand side by side; of each, whether it is only the beginning of a word.
  struct Phrase: Sendable, Hashable {
    var words: [[UInt8]] = []
    var isBeginning: [Bool] = []
  }

  /// The most phrases of an intent, and the most words of a phrase.
  static let phraseLimit = 1_000
  static let phraseWordLimit = 8

  /// The phrases of each intent, by the first byte of their first word.
  private var phrases: [[UInt8: [Phrase]]] = TextIntent.allCases.map { _ in [:] }

  /// No words at all.
  package init() {}

  /// Adds a phrase as a feed writes it, words with blanks between, `*` for any ending. False where it has no words, too many,
  /// or a number.
  package mutating func add(_ text: String, to intent: TextIntent) -> Bool {
    var phrase = Phrase()
    var words = TextWords()
    for part in text.split(whereSeparator: \.isWhitespace) {
      let isBeginning = part.last == "*"
      words.cut((isBeginning ? part.dropLast() : part).utf8)
      guard words.count > 0 else { return false }
      for word in 0..<words.count {
        guard words[word].first != TextWords.number else { return false }
        phrase.words.append(Array(words[word]))
        phrase.isBeginning.append(isBeginning && word == words.count - 1)
      }
    }
    guard let first = phrase.words.first?.first, phrase.words.count <= TextIntents.phraseWordLimit else { return false }
    phrases[intent.place][first, default: []].append(phrase)
    return true
  }

  /// Whether words hold a phrase of an intent; nil where the feed lists none.
  package func isFound(_ intent: TextIntent, in words: TextWords) -> Bool? {
    let known = phrases[intent.place]
    guard !known.isEmpty else { return nil }
    return (0..<words.count).contains { word in
      guard let first = words[word].first, let candidates = known[first] else { return false }
      return candidates.contains { TextIntents.matches($0, words, from: word) }
    }
  }

  private static func matches(_ phrase: Phrase, _ words: TextWords, from start: Int) -> Bool {
    guard start + phrase.words.count <= words.count else { return false }
    return phrase.words.indices.allSatisfy { place in
      let word = words[start + place]
      return phrase.isBeginning[place]
        ? word.starts(with: phrase.words[place]) : word.elementsEqual(phrase.words[place])
    }
  }
}

extension TextIntent {
  /// Its place among all.
  fileprivate var place: Int { self == .complaint ? 0 : 1 }
}
