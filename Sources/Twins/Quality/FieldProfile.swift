/// How the values of a field are distributed: rows by bin or by text, and those that are missing.
package struct FieldProfile: Sendable, Hashable {
  /// What the bins count.
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    case integer, real, text
  }

  /// Texts that are kept by name; the rest count as others.
  static let textLimit = 64

  package var kind: Kind
  /// Rows by bin (`NumberBins`).
  package var bins: [Int: Int64] = [:]
  /// Rows by text.
  package var texts: [String: Int64] = [:]
  /// Rows of the texts that are not kept by name.
  package var otherCount: Int64 = 0
  /// Rows without a value.
  package var missingCount: Int64 = 0

  package init(_ kind: Kind) { self.kind = kind }

  /// Rows with a value.
  package var presentCount: Int64 { bins.values.reduce(0, +) + texts.values.reduce(0, +) + otherCount }
  /// All rows.
  package var rowCount: Int64 { presentCount + missingCount }

  /// Adds the rows of another profile of the same kind.
  package mutating func add(_ other: FieldProfile) {
    bins.merge(other.bins) { $0 + $1 }
    texts.merge(other.texts) { $0 + $1 }
    otherCount += other.otherCount
    missingCount += other.missingCount
  }

  /// The texts by falling count, then by their bytes.
  var rankedTexts: [(text: String, rowCount: Int64)] {
    texts.map { (text: $0.key, rowCount: $0.value) }.sorted {
      $0.rowCount != $1.rowCount
        ? $0.rowCount > $1.rowCount : $0.text.utf8.lexicographicallyPrecedes($1.text.utf8)
    }
  }

  /// The same with the most frequent texts only.
  package var capped: FieldProfile {
    var result = self
    result.texts = [:]
    for (rank, (text, count)) in rankedTexts.enumerated() {
      if rank < FieldProfile.textLimit { result.texts[text] = count } else { result.otherCount += count }
    }
    return result
  }
}
