extension FeedKind {
  /// The kinds with their canonical fields as help shows them: what each needs, what it may have, and which values.
  package static var help: String {
    allCases.map { kind in
      let fields = kind.fields.filter { !kind.isOwned || !["number", "subscription"].contains($0.name) }
      let needed = (kind.isOwned ? ["number|subscription"] : []) + fields.filter(\.isRequired).map(\.name)
      let others = fields.filter { !$0.isRequired }.map(\.name)
      return wrapped("  \(kind.rawValue): ", needed.joined(separator: " "))
        + (others.isEmpty ? "" : "\n" + wrapped("    and ", others.joined(separator: " ")))
        + kind.fields.compactMap { field in
          guard case .enumeration(let values) = field.type else { return nil }
          return "\n" + wrapped("    \(field.name) is ", values.joined(separator: " "))
        }.joined()
    }.joined(separator: "\n")
  }

  /// Words behind a lead, in lines of at most 76 characters.
  private static func wrapped(_ lead: String, _ words: String) -> String {
    var lines = [lead]
    for word in words.split(separator: " ") {
      let line = lines[lines.count - 1]
      if line.count + word.count + 1 > 76 {
        lines.append("      " + word)
      } else {
        lines[lines.count - 1] = line.hasSuffix(" ") ? line + word : line + " " + word
      }
    }
    return lines.joined(separator: "\n")
  }
}
