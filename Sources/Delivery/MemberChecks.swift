/// What every member of an archive must pass before its content is looked at: its name, its kind, and that there are not
/// too many.
struct MemberChecks {
  private let archive: String
  private let limits: DeliveryLimits
  /// Members so far, folders included.
  private(set) var count = 0
  private var names: Set<String> = []

  init(archive: String, limits: DeliveryLimits) {
    self.archive = archive
    self.limits = limits
  }

  /// The name of a regular file and its place among them, from 0; nil for a folder.
  mutating func check(_ entry: ReadHandle.Entry) throws(DeliveryError) -> (name: String, index: Int)? {
    count += 1
    if count > limits.maximumMemberCount { throw MemberChecks.tooMany(archive, limits) }
    let name = try checkedName(entry)
    if case .folder = entry.kind { return nil }
    guard names.insert(name).inserted else {
      throw DeliveryError(.duplicateMember, archive: archive, member: name, "two members have this name")
    }
    return (name, names.count - 1)
  }

  static func tooMany(_ archive: String, _ limits: DeliveryLimits) -> DeliveryError {
    DeliveryError(
      .tooManyMembers, archive: archive, "the archive holds more than \(limits.maximumMemberCount) members")
  }

  private func checkedName(_ entry: ReadHandle.Entry) throws(DeliveryError) -> String {
    let place = "member \(count)"
    guard let name = entry.name, !name.isEmpty else {
      throw DeliveryError(.unreadableName, archive: archive, "the name of \(place) is empty or not UTF-8")
    }
    guard MemberChecks.isSafe(name) else {
      throw DeliveryError(
        .unsafePath, archive: archive, member: name, "\(place) has an absolute name, or one that leads out")
    }
    if case .other(let kind) = entry.kind {
      throw DeliveryError(
        .notARegularMember, archive: archive, member: name, "\(place) is a \(kind), not a regular file")
    }
    if entry.isEncrypted {
      throw DeliveryError(.encrypted, archive: archive, member: name, "\(place) is encrypted")
    }
    return name
  }

  /// Whether a name stays within its folder, read by the rules of Unix and of Windows.
  private static func isSafe(_ name: String) -> Bool {
    let parts = name.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "\\" }
    guard let first = parts.first, !first.isEmpty, !parts.contains("..") else { return false }
    return !(first.count == 2 && first.last == ":") && !name.unicodeScalars.contains { $0.value < 0x20 }
  }
}
