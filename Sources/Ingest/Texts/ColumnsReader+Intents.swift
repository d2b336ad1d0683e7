import Configuration

// Reads `intents` of a feed: the words by which texts of tickets show what customers are after (FeedOptions.md).
extension ColumnsReader {
  /// Reads `intents`.
  func intents(_ reader: NodeReader) -> TextIntents {
    var intents = TextIntents()
    reader.mapping("intents", isOptional: true) { child in
      if kind != .tickets || !maps("text") {
        child.report(at: child.location, "'intents' belongs to the kind tickets, with the field 'text'")
      }
      for intent in TextIntent.allCases where child.has(intent.rawValue) {
        let nodes = child.list(intent.rawValue)
        if nodes.count > TextIntents.phraseLimit {
          child.report(intent.rawValue, "'\(intent.rawValue)' has at most \(TextIntents.phraseLimit) entries")
        }
        for node in nodes.prefix(TextIntents.phraseLimit) {
          guard let text = node.text, intents.add(text, to: intent) else {
            child.report(
              at: node.location,
              "an entry is a word or at most \(TextIntents.phraseWordLimit) words with blanks between, without numbers; "
                + "'*' at the end of a word stands for any ending")
            continue
          }
        }
      }
    }
    return intents
  }
}
