/// How many rows have which code.
struct CodeCounts: Sendable, Hashable {
  private var counts: [String: Int64] = [:]

  /// The codes that are shown.
  private static let shownLimit = 5

  /// Counts codes.
  init(_ codes: some Sequence<String> = []) {
    for code in codes { counts[code, default: 0] += 1 }
  }

  /// All rows.
  var rowCount: Int64 { counts.values.reduce(0, +) }

  /// The commonest codes first: `9 unknown-number, 4 wrong-type`.
  var text: String {
    let sorted = counts.sorted { a, b in a.value != b.value ? a.value > b.value : a.key < b.key }
    let shown = sorted.prefix(CodeCounts.shownLimit).map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    let rest = sorted.dropFirst(CodeCounts.shownLimit).reduce(0) { $0 + $1.value }
    return rest == 0 ? shown : "\(shown), \(rest) for other reasons"
  }
}
