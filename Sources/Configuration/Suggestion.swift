/// Finds the known name that a mistyped one most likely meant.
public enum Suggestion {
  /// The name of `known` nearest to `name`, or nil where none is near enough (a third of its length, at least 1 edit).
  ///
  /// Ties go to the name that sorts first.
  public static func nearest(to name: String, among known: some Sequence<String>) -> String? {
    var best: (distance: Int, name: String)?
    for candidate in known.sorted() {
      let distance = editDistance(Array(name.utf8), Array(candidate.utf8))
      let limit = max(1, max(name.utf8.count, candidate.utf8.count) / 3)
      if distance <= limit, distance < best?.distance ?? .max { best = (distance, candidate) }
    }
    return best?.name
  }

  /// A clause for messages: `; did you mean 'x'?`, or what is allowed where nothing is near.
  public static func clause(for name: String, among known: some Sequence<String>) -> String {
    if let nearest = nearest(to: name, among: known) { return "; did you mean '\(nearest)'?" }
    let allowed = known.sorted()
    return allowed.isEmpty ? "" : "; allowed here: \(allowed.joined(separator: ", "))"
  }

  /// The least number of insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`
  /// (optimal string alignment). O(|a|·|b|).
  static func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var twoAgo: [Int] = []
    var previous = Array(0...b.count)
    for i in 0..<a.count {
      var current = [i + 1]
      for j in 0..<b.count {
        var cost = min(previous[j + 1] + 1, current[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, twoAgo[j - 1] + 1) }
        current.append(cost)
      }
      twoAgo = previous
      previous = current
    }
    return previous[b.count]
  }
}
