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
  /// What the content is wrapped in, from the outside in: `gzip`, `tar`; empty for a plain file.
  public let packing: [String]
  private let meter: ExpansionMeter
  /// The container, or nil where the file is one member.
  private let handle: ReadHandle?
  private let isTar: Bool
  /// What the directory of a zip file says of its members.
  private let directory: ZipDirectory?
  private let file: OpenFile
  private var checks: MemberChecks
  /// The single member of a file that is no archive, until it is handed out.
  private var single: (source: any ByteSource, contentName: String)?
  private var current: (member: Member, source: any ByteSource, byteCount: Int64)?

  /// Opens a delivery and tells what it is; `observe` sees the bytes of the file as they are read, in their order: all
  /// of them where the file is no zip and no 7z.
  public init(
    path: String, limits: DeliveryLimits = DeliveryLimits(), observe: ((UnsafeRawBufferPointer) -> Void)? = nil
  ) throws(DeliveryError) {
    let file = try OpenFile(path: path)
    self.file = file
    name = file.name
    byteCount = file.byteCount
    checks = MemberChecks(archive: name, limits: limits)
    meter = ExpansionMeter(limits, archive: name, fileByteCount: file.byteCount)
    let outer = try PeekedSource(FileSource(file, meter.deadline, observe: observe))
    var content = outer
    var contentName = name
    var magic = Magic(outer.beginning)
    var packing: [String] = []
    let isFiltered: Bool
    if case .filter(let filter) = magic {
      isFiltered = true
      packing.append(filter.rawValue)
      contentName = filter.contentName(of: name)
      content = try PeekedSource(MeteredSource(filter.undone(outer, archive: name, member: nil), meter))
      magic = Magic(content.beginning)
    } else {
      isFiltered = false
    }
    if case .container(let container) = magic { packing.append(container == .sevenZip ? "7z" : container.rawValue) }
    self.packing = packing
    if case .container = magic, limits.maximumNestingDepth < 1 {
      throw DeliveryError(.nestedArchive, archive: name, "the file is an archive, which its limits do not allow")
    }
    switch magic {
    case .container(.tar):
      isTar = true
      directory = nil
      handle = try ReadHandle(content, container: .tar, archiveName: name)
    case .container(let container) where !isFiltered:
      isTar = false
      directory = container == .zip ? try ZipDirectory(file, limits) : nil
      if container == .sevenZip { try SevenZipList.check(file, limits) }
      handle = try ReadHandle(FileSource(file, meter.deadline), container: container, archiveName: name)
    case .plain:
      isTar = false
      directory = nil
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
      current = (member, single.source, 0)
      return member
    }
    guard let handle else { return nil }
    while let entry = try handle.nextEntry() {
      try meter.deadline.check()
      guard let (memberName, index) = try checks.check(entry) else {
        try directory?.checkFolder(checks.count - 1)
        continue
      }
      let own = try directory?.content(ofEntry: checks.count - 1, file, meter.deadline, member: memberName)
      let content = try MemberContent(own ?? MemberSource(handle, memberName), member: memberName, archive: name)
      let member = Member(name: memberName, contentName: content.name, index: index, isWholeFile: false)
      current = (member, content.source, 0)
      return member
    }
    try directory?.checkAllSeen(count: checks.count)
    try checkEnd(handle)
    return nil
  }

  /// Reads content of the current member into the front of `buffer`; returns the number of bytes, zero at the end.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(DeliveryError) -> Int {
    guard let (member, source, before) = current else { return 0 }
    let count = try source.read(into: buffer)
    let byteCount = before + Int64(count)
    current = count == 0 ? nil : (member, source, byteCount)
    try meter.addMember(count, memberByteCount: byteCount, of: member.name)
    return count
  }

  /// Reads what is left of the current member: its checksum counts even where nobody wants the content.
  private func finishMember() throws(DeliveryError) {
    guard current != nil else { return }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    defer { buffer.deallocate() }
    while try read(into: buffer) > 0 {}
  }

  /// A tar that ends between two members looks whole to libarchive; only its end mark of zeros tells.
  private func checkEnd(_ handle: ReadHandle) throws(DeliveryError) {
    guard isTar else { return }
    try handle.drainSource()
    guard handle.lastBlock.allSatisfy({ $0 == 0 }) else {
      throw DeliveryError(.truncated, archive: name, "the tar archive lacks its end mark")
    }
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
