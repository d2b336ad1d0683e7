/// A file that somebody delivered, read member by member; nothing is ever written to disk.
///
/// A tar, zip or 7z file has the members that it lists; any other file is one member. Either may be compressed by gzip,
/// zstd, bzip2 or xz, and so may a member. Formats are told by their content, never by a name's ending. Everything else
/// that looks like an archive is refused, and so is an archive within an archive.
///
/// ```swift
/// let archive = try Archive(path: path)
/// while let member = try archive.nextMember() {
///   while case let count = try archive.read(into: buffer), count > 0 { … }
/// }
/// ```
///
/// A delivery is good only when `nextMember` has returned nil: the last bytes hold checksums.
public final class Archive {
  /// One file within a delivery.
  public struct Member: Sendable, Hashable {
    /// The name in the archive, or the file's own name where it is no archive.
    public var name: String
    /// The name without the ending of the compression that was undone: `calls.csv` for `calls.csv.gz`.
    public var contentName: String
    /// Its place among the members, from 0.
    public var index: Int
    /// Whether the delivery is no archive, so that the member is all of it.
    public var isWholeFile: Bool
  }

  /// The file's name, without its folder.
  public let name: String
  /// The file's length in bytes.
  public let byteCount: Int64
  private let limits: DeliveryLimits
  private let meter: ExpansionMeter
  /// The container, or nil where the file is one member.
  private let handle: ReadHandle?
  private let isTar: Bool
  /// The single member of a file that is no archive, until it is handed out.
  private var single: (source: any ByteSource, contentName: String)?
  private var current: (member: Member, source: any ByteSource)?
  private var memberNames: Set<String> = []
  private var memberCount = 0

  /// Opens a delivery and tells what it is.
  public init(path: String, limits: DeliveryLimits = DeliveryLimits()) throws(DeliveryError) {
    let file = try FileSource(path: path)
    name = file.name
    byteCount = file.byteCount
    self.limits = limits
    meter = ExpansionMeter(limits, archive: name, fileByteCount: file.byteCount)
    let outer = try PeekedSource(file)
    var content = outer
    var contentName = name
    var magic = Magic(outer.beginning)
    let isFiltered: Bool
    if case .filter(let filter) = magic {
      isFiltered = true
      contentName = Archive.name(name, without: filter)
      content = try PeekedSource(
        MeteredSource(Archive.undo(filter, of: outer, archive: name, member: nil), meter))
      magic = Magic(content.beginning)
    } else {
      isFiltered = false
    }
    switch magic {
    case .container(.tar):
      isTar = true
      handle = try ReadHandle(content, container: .tar, archiveName: name)
    case .container(let container) where !isFiltered:
      isTar = false
      guard file.seek(0, 0) == 0 else { throw DeliveryError(.inputOutput, archive: name, "cannot rewind the file") }
      handle = try ReadHandle(file, container: container, archiveName: name)
    case .plain:
      isTar = false
      handle = nil
      single = (content, contentName)
    case .foreign(let format) where !isFiltered:
      throw DeliveryError(
        .unsupportedFormat, archive: name,
        "\(format) is not read; deliver plain files, tar, zip or 7z, compressed by gzip, zstd, bzip2 or xz")
    default:
      throw DeliveryError(.nestedArchive, archive: name, "the compressed data are compressed or packed once more")
    }
  }

  /// Goes to the next member, whether or not the one before was read; nil when the whole file proved good.
  public func nextMember() throws(DeliveryError) -> Member? {
    try finishMember()
    if let single {
      self.single = nil
      let member = Member(name: name, contentName: single.contentName, index: 0, isWholeFile: true)
      return start(member, single.source)
    }
    guard let handle else { return nil }
    while let entry = try handle.nextEntry() {
      memberCount += 1
      if memberCount > limits.maximumMemberCount {
        throw DeliveryError(
          .tooManyMembers, archive: name, "the archive holds more than \(limits.maximumMemberCount) members")
      }
      let memberName = try checkedName(entry)
      if case .folder = entry.kind { continue }
      return try open(memberName, handle)
    }
    try checkEnd(handle)
    return nil
  }

  /// Reads content of the current member into the front of `buffer`; returns the number of bytes, zero at the end.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(DeliveryError) -> Int {
    guard let (member, source) = current else { return 0 }
    let count = try source.read(into: buffer)
    if count == 0 { current = nil }
    try meter.addMember(count, of: member.name)
    return count
  }

  // MARK: - Members

  /// Reads what is left of the current member: its checksum counts even where nobody wants the content.
  private func finishMember() throws(DeliveryError) {
    guard current != nil else { return }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    defer { buffer.deallocate() }
    while try read(into: buffer) > 0 {}
  }

  private func checkedName(_ entry: ReadHandle.Entry) throws(DeliveryError) -> String {
    let place = "member \(memberCount)"
    guard let memberName = entry.name, !memberName.isEmpty else {
      throw DeliveryError(.unreadableName, archive: name, "the name of \(place) is empty or not UTF-8")
    }
    guard Archive.isSafe(memberName) else {
      throw DeliveryError(
        .unsafePath, archive: name, member: memberName, "\(place) has an absolute name, or one that leads out")
    }
    if case .other(let kind) = entry.kind {
      throw DeliveryError(
        .notARegularMember, archive: name, member: memberName, "\(place) is a \(kind), not a regular file")
    }
    if entry.isEncrypted {
      throw DeliveryError(.encrypted, archive: name, member: memberName, "\(place) is encrypted")
    }
    return memberName
  }

  /// Whether a name stays within its folder, read by the rules of Unix and of Windows.
  static func isSafe(_ name: String) -> Bool {
    let parts = name.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "\\" }
    guard let first = parts.first, !first.isEmpty, !parts.contains("..") else { return false }
    return !(first.count == 2 && first.last == ":") && !name.unicodeScalars.contains { $0.value < 0x20 }
  }

  private func open(_ memberName: String, _ handle: ReadHandle) throws(DeliveryError) -> Member {
    guard memberNames.insert(memberName).inserted else {
      throw DeliveryError(.duplicateMember, archive: name, member: memberName, "two members have this name")
    }
    var content = try PeekedSource(MemberSource(handle, memberName))
    var contentName = memberName
    var magic = Magic(content.beginning)
    if case .filter(let filter) = magic {
      contentName = Archive.name(memberName, without: filter)
      content = try PeekedSource(Archive.undo(filter, of: content, archive: name, member: memberName))
      magic = Magic(content.beginning)
    }
    guard magic == .plain else {
      throw DeliveryError(
        .nestedArchive, archive: name, member: memberName, "the member is an archive, or compressed twice")
    }
    let member = Member(name: memberName, contentName: contentName, index: memberNames.count - 1, isWholeFile: false)
    return start(member, content)
  }

  private func start(_ member: Member, _ source: any ByteSource) -> Member {
    meter.startMember()
    current = (member, source)
    return member
  }

  /// A tar that ends between two members looks whole to libarchive; only its end mark of zeros tells.
  private func checkEnd(_ handle: ReadHandle) throws(DeliveryError) {
    guard isTar else { return }
    try handle.drainSource()
    guard handle.lastBlock.allSatisfy({ $0 == 0 }) else {
      throw DeliveryError(.truncated, archive: name, "the tar archive lacks its end mark")
    }
  }

  // MARK: - Filters

  private static func undo(
    _ filter: Magic.Filter, of source: any ByteSource, archive: String, member: String?
  ) throws(DeliveryError) -> any ByteSource {
    if filter == .gzip { return GzipSource(source, archive: archive, member: member) }
    return try FilterSource(source, filter, archive: archive, member: member)
  }

  private static func name(_ name: String, without filter: Magic.Filter) -> String {
    guard let suffix = filter.suffixes.first(where: { name.hasSuffix($0) && name.count > $0.count }) else {
      return name
    }
    return String(name.dropLast(suffix.count))
  }
}

/// The content of the member at which libarchive stands.
private final class MemberSource: ByteSource {
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

/// Counts what comes out of the compression around a whole file.
private final class MeteredSource: ByteSource {
  private let source: any ByteSource
  private let meter: ExpansionMeter

  init(_ source: any ByteSource, _ meter: ExpansionMeter) {
    self.source = source
    self.meter = meter
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(DeliveryError) -> Int {
    let count = try source.read(into: buffer)
    try meter.addUnwrapped(count)
    return count
  }
}
