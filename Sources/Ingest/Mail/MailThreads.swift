/// Which thread each message of a mailbox belongs to, by References and In-Reply-To.
///
/// The first of References is the message that began the thread; where a reply names only the one that it answers, that
/// one's thread is its own, if the mailbox holds it. At most `limit` messages are remembered.
struct MailThreads {
  /// A message's thread.
  struct Place: Hashable {
    /// The Message-ID that began it, without brackets; empty where the message has none.
    var root: [UInt8] = []
    /// The time of the first message of the thread that was read.
    var opened: [UInt8] = []
  }

  static let limit = 100_000

  private var places: [[UInt8]: Place] = [:]

  /// The thread of the next message; remembers it.
  mutating func take(_ header: MailHeader) -> Place {
    let own = MailThreads.identifiers(header.value(of: "message-id")).first ?? []
    var parents = MailThreads.identifiers(header.value(of: "references"))
    parents += MailThreads.identifiers(header.value(of: "in-reply-to"))
    parents.removeAll { $0 == own }
    let date = header.value(of: "date")
    let ownPlace = Place(root: parents.first ?? own, opened: MailDate.iso8601(date) ?? date)
    let known = parents.first { places[$0] != nil }.flatMap { places[$0] }
    let place = known ?? ownPlace
    for identifier in [own, place.root] where !identifier.isEmpty && places.count < MailThreads.limit {
      if places[identifier] == nil { places[identifier] = place }
    }
    return place
  }

  /// The Message-IDs in a field, without their brackets.
  static func identifiers(_ value: [UInt8]) -> [[UInt8]] {
    var found: [[UInt8]] = []
    var start: Int?
    for (index, byte) in value.enumerated() {
      if byte == 0x3C { start = index + 1 }
      if byte == 0x3E, let begin = start {
        if index > begin { found.append(Array(value[begin..<index])) }
        start = nil
      }
    }
    return found
  }
}
