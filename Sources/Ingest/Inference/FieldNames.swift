/// What columns are called: canonical fields in English, German, French, Spanish, Portuguese, Italian and Turkish, and by
/// vendors. The table (`FieldNames+Table.swift`) is data; a canonical field's own name always counts.
enum FieldNames {
  /// A name as lowercase words: `callingPartyNumber`, `A-MSISDN` and `Änderungs Datum` become `calling party number`,
  /// `a msisdn` and `anderungs datum`.
  static func words(_ name: String) -> [String] { words(name, folded) }

  /// The ways of writing a name as words: German writes `ü` out as `ue`, Turkish drops its dots.
  static func spellings(_ name: String) -> [[String]] {
    let (written, dropped) = (words(name, folded), words(name, dotless))
    return written == dropped ? [written] : [written, dropped]
  }

  private static func words(_ name: String, _ folded: [Unicode.Scalar: String]) -> [String] {
    var words: [String] = []
    var word = ""
    var wasLower = false
    for scalar in name.unicodeScalars.prefix(200) {
      let plain = folded[scalar] ?? String(scalar)
      let isUpper = scalar.properties.isUppercase
      guard scalar.properties.isAlphabetic || (0x30...0x39).contains(scalar.value) else {
        if !word.isEmpty { words.append(word) }
        (word, wasLower) = ("", false)
        continue
      }
      if isUpper, wasLower {
        words.append(word)
        word = ""
      }
      word += plain.lowercased()
      wasLower = !isUpper
    }
    if !word.isEmpty { words.append(word) }
    return words
  }

  /// Letters with marks that columns of these languages have, without them.
  private static let folded: [Unicode.Scalar: String] = {
    var table: [Unicode.Scalar: String] = ["ß": "ss", "ı": "i", "İ": "i"]
    let pairs: [(String, String)] = [
      ("àáâãåāÀÁÂÃÅ", "a"), ("äÄ", "ae"), ("çÇ", "c"), ("èéêëÈÉÊË", "e"), ("ğĞ", "g"), ("ìíîïÌÍÎÏ", "i"), ("ñÑ", "n"),
      ("òóôõÒÓÔÕ", "o"), ("öÖ", "oe"), ("şŞ", "s"), ("ùúûÙÚÛ", "u"), ("üÜ", "ue"),
    ]
    for (letters, plain) in pairs { for scalar in letters.unicodeScalars { table[scalar] = plain } }
    return table
  }()

  /// The same, with the vowels of umlauts alone.
  private static let dotless: [Unicode.Scalar: String] = folded.merging(
    ["ä": "a", "Ä": "a", "ö": "o", "Ö": "o", "ü": "u", "Ü": "u"]) { $1 }

  /// Words that say a unit and nothing else.
  static let unitWords: Set<String> = [
    "s", "sec", "secs", "seconds", "sekunden", "ms", "msec", "millis", "min", "mins", "minutes", "b", "bytes", "kb",
    "kib", "kbytes", "kilobytes", "ko", "mb", "mib", "mbytes", "mo", "gb", "gib", "gbytes", "go", "octets", "cents",
    "cent", "kurus", "pence", "e4", "epoch", "utc",
  ]

  /// How well a column's name fits a canonical field, from 0 to 1.
  ///
  /// 1 where it is one of the field's names; 0.95 where it is but for a unit; else the share of common words with the
  /// nearest of them, where that is at least a half.
  static func fit(_ spellings: [[String]], _ field: String, _ kind: FeedKind) -> Double {
    spellings.map { fit($0, field, kind) }.max() ?? 0
  }

  private static func fit(_ columnWords: [String], _ field: String, _ kind: FeedKind) -> Double {
    let bare = columnWords.filter { !unitWords.contains($0) }
    var best = 0.0
    for name in names(of: field, in: kind) {
      if name == columnWords { return 1 }
      let bareName = name.filter { !unitWords.contains($0) }
      if !bare.isEmpty, bareName == bare {
        best = max(best, 0.95)
        continue
      }
      let common = Set(bare).intersection(bareName).count
      let all = Set(bare).union(bareName).count
      if common > 0, common * 2 >= all { best = max(best, 0.8 * Double(common) / Double(all)) }
    }
    return best
  }

  /// Whether a name is one of any canonical field's.
  static func knows(_ name: String) -> Bool {
    spellings(name).contains { !$0.isEmpty && known.contains($0) }
  }

  private static let known: Set<[String]> = {
    var names = Set(table.values.joined().map { $0.split(separator: " ").map(String.init) })
    for kind in FeedKind.allCases { names.formUnion(kind.fields.map { FieldNames.words($0.name) }) }
    return names
  }()

  /// The names of a field, each as words: its own, those of the kind's field, and those of the field in every kind.
  private static func names(of field: String, in kind: FeedKind) -> [[String]] {
    var names = [words(field)]
    for key in ["\(kind.rawValue).\(field)", field] {
      for name in table[key] ?? [] { names.append(name.split(separator: " ").map(String.init)) }
    }
    return names
  }
}
