/// The content of one member of a ``ZipMembers``, its own compression undone.
public final class MemberReader {
  /// The member, with the name that its content goes by.
  public let member: Archive.Member
  private let source: any ByteSource
  private let meter: ExpansionMeter
  private var byteCount: Int64 = 0
  private var isAtEnd = false
  private var hasFailed = false
  private let release: (_ end: End) -> Void

  /// How a reader let go of its handle.
  enum End {
    case whole, partial
    /// The handle is good for nothing more.
    case failed
  }

  init(
    _ walk: MemberWalk, index: Int, _ meter: ExpansionMeter, release: @escaping (_ end: End) -> Void
  ) throws(DeliveryError) {
    let content = try MemberContent(walk.handle, member: walk.name, archive: walk.archive)
    source = content.source
    member = Archive.Member(name: walk.name, contentName: content.name, index: index, isWholeFile: false)
    self.meter = meter
    self.release = release
  }

  deinit { release(hasFailed ? .failed : isAtEnd ? .whole : .partial) }

  /// Reads content into the front of `buffer`; returns the number of bytes, zero at the end, where the checksum held.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(DeliveryError) -> Int {
    if isAtEnd { return 0 }
    hasFailed = true
    let count = try source.read(into: buffer)
    hasFailed = false
    byteCount += Int64(count)
    try meter.addMember(count, memberByteCount: byteCount, of: member.name)
    isAtEnd = count == 0
    return count
  }
}
