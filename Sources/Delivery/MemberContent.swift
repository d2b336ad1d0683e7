/// The content of the member at which a container stands, its own compression undone.
struct MemberContent {
  let source: any ByteSource
  /// The member's name without the ending of that compression.
  let name: String

  /// Begins to read a member whose bytes come from `source`.
  init(_ source: any ByteSource, member: String, archive: String) throws(DeliveryError) {
    var content = try PeekedSource(source)
    var name = member
    var magic = Magic(content.beginning)
    if case .filter(let filter) = magic {
      name = filter.contentName(of: member)
      content = try PeekedSource(filter.undone(content, archive: archive, member: member))
      magic = Magic(content.beginning)
    }
    guard magic == .plain else {
      throw DeliveryError(
        .nestedArchive, archive: archive, member: member, "the member is an archive, or compressed twice")
    }
    self.source = content
    self.name = name
  }
}

/// The bytes of the member at which libarchive stands.
final class MemberSource: ByteSource {
  private let handle: ReadHandle
  private let member: String

  init(_ handle: ReadHandle, _ member: String) {
    self.handle = handle
    self.member = member
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(DeliveryError) -> Int {
    try handle.read(into: buffer, member: member)
  }
}

extension Magic.Filter {
  /// `source` without this compression.
  func undone(_ source: any ByteSource, archive: String, member: String?) throws(DeliveryError) -> any ByteSource {
    if self == .gzip { return GzipSource(source, archive: archive, member: member) }
    return try FilterSource(source, self, archive: archive, member: member)
  }

  /// A compressed file's name without the ending that says so.
  func contentName(of name: String) -> String {
    guard let suffix = suffixes.first(where: { name.hasSuffix($0) && name.count > $0.count }) else { return name }
    return String(name.dropLast(suffix.count))
  }
}
