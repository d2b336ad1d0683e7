/// The content of one member of a ``ZipMembers``, its own compression undone.
public final class MemberReader {
  /// The member, with the name that its content goes by.
  public let member: Archive.Member
  private let source: any ByteSource
  private let meter: ExpansionMeter
  private var byteCount: Int64 = 0
  private var isAtEnd = false
  private var hasFailed = false
  private let release: (_ isGood: Bool) -> Void

  /// Reads `content`; `release` is told at the end whether what it was read from is good for more.
  init(
    _ content: MemberContent, _ name: String, index: Int, _ meter: ExpansionMeter,
    release: @escaping (_ isGood: Bool) -> Void
  ) {
    source = content.source
    member = Archive.Member(name: name, contentName: content.name, index: index, isWholeFile: false)
    self.meter = meter
    self.release = release
  }

  deinit { release(!hasFailed) }

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
