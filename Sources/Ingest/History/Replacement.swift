import Ledger

/// What becomes of a file whose name its feed knows already with other content, or whose content another file replaced.
struct Replacement {
  /// The codes of refusals that asking for replacement forgives.
  static let refusalCodes: Set = ["changed-content", "superseded-content", "not-kept"]

  let home: Home
  let state: LiveState
  /// Whether `--supersede` was given.
  let isAllowed: Bool
  /// Whether files were named one by one: only then does content that was replaced come back.
  let isNamed: Bool
  private let byName: [String: TakenDelivery]

  init(_ home: Home, _ state: LiveState, isAllowed: Bool, isNamed: Bool) {
    self.home = home
    self.state = state
    self.isAllowed = isAllowed
    self.isNamed = isNamed
    byName = Dictionary(
      state.deliveries.map { ("\($0.file.feed) \($0.file.name)", $0) }, uniquingKeysWith: { $1 })
  }

  /// The delivery of this name that counts.
  func delivery(_ name: String, feed: Feed) -> TakenDelivery? { byName["\(feed.name) \(name)"] }

  /// Why a file with new content, or with content that counts no more, cannot be taken; nil where it can.
  func refusal(_ name: String, _ digest: SHA256Digest, feed: Feed) -> FileRefusal? {
    let old = delivery(name, feed: feed)
    if state.isSuperseded(delivery: digest), !isAllowed || old == nil {
      return FileRefusal(
        "superseded-content",
        "another file replaced its content; named with --supersede under the name of that file it comes back")
    }
    guard let old else { return nil }
    guard isAllowed else {
      return FileRefusal(
        "changed-content", "a file of this name but other content was taken before; --supersede replaces it")
    }
    guard feed.kind != .numbers else {
      return FileRefusal(
        "changed-content",
        "a file of number assignments cannot be replaced: deliver closing and new assignments under another name")
    }
    return notKept(old, feed)
  }

  /// A delivery that the old file's record keys may have suppressed rows of, and that cannot be read any more.
  private func notKept(_ old: TakenDelivery, _ feed: Feed) -> FileRefusal? {
    guard feed.recordKey != nil else { return nil }
    let vault = KeptDeliveries(home)
    for dependent in KeyHistory.dependents(of: old, in: state, home, feed: feed) {
      if case .lost(let loss) = vault.find(dependent.file.sha256) {
        return FileRefusal(
          "not-kept",
          "rows of \(dependent.file.name) of \(dependent.night) depend on it, but that delivery cannot be "
            + "read again: \(loss.rawValue)")
      }
    }
    return nil
  }
}
