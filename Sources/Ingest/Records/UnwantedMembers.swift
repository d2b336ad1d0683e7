import Delivery

/// The members of an archive that the feed does not want: what a refusal names where it wants none.
struct UnwantedMembers: Sendable, Hashable {
  private var names: [String] = []
  private var count = 0

  /// The members that are named.
  private static let namedLimit = 5

  /// Adds the next member.
  mutating func add(_ member: Archive.Member) {
    count += 1
    if names.count < UnwantedMembers.namedLimit { names.append(member.name) }
  }

  /// Adds those of a later part of the file.
  mutating func append(_ other: UnwantedMembers) {
    count += other.count
    names += other.names.prefix(UnwantedMembers.namedLimit - names.count)
  }

  /// The refusal of a file none of whose members the feed wants.
  func refusal(_ feed: Feed) -> FileRefusal {
    let shown = names.map { "'\(ProposalText.comment($0))'" }.joined(separator: ", ")
    let rest = count > names.count ? " and \(count - names.count) more" : ""
    return FileRefusal(
      "no-member",
      "no member matches '\(feed.members.text)'; " + (count == 0 ? "the archive has none" : "there is \(shown)\(rest)"))
  }
}

extension Feed {
  /// Whether the feed reads a member: the only one of a file that is no archive, or one whose name in the archive
  /// matches, with or without the ending of its own compression.
  func wants(_ member: Archive.Member) -> Bool {
    member.isWholeFile || members.matches(member.contentName) || members.matches(member.name)
  }
}
