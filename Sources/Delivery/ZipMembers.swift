import Synchronization

/// A zip file whose members can be read side by side, each through a libarchive handle of its own.
///
/// Opening it passes every check that does not need content, in the order in which ``Archive`` makes them: directory,
/// number, names, kinds, encryption, duplicates. The members, their order and their indices are those of `Archive`; the
/// limits of the whole file are counted by all readers together.
///
/// ```swift
/// if let zip = try ZipMembers(path: path) {
///   // In any number of threads, best in the order of the members:
///   let reader = try zip.reader(ofMember: index)
///   while case let count = try reader.read(into: buffer), count > 0 { … }
///   // In one thread, at the end:
///   try zip.finish()
/// }
/// ```
///
/// The delivery is good only when `finish` has returned. Readers that fail side by side fail in any order: whoever must
/// name the first defect asks ``firstFailure()``.
public final class ZipMembers: Sendable {
  /// The file's name, without its folder.
  public let name: String
  /// The names of the regular members, in the order of their bytes; the place in the list is the member's index.
  public let memberNames: [String]
  private let path: String
  private let limits: DeliveryLimits
  private let file: OpenFile
  private let meter: ExpansionMeter
  private let idle = Mutex<[MemberWalk]>([])
  private let isRead: Mutex<[Bool]>

  /// Opens a delivery, or returns nil where it is no zip file: `Archive` reads everything else.
  public init?(path: String, limits: DeliveryLimits = DeliveryLimits()) throws(DeliveryError) {
    let file = try OpenFile(path: path)
    let meter = ExpansionMeter(limits, archive: file.name, fileByteCount: file.byteCount)
    guard Magic(try PeekedSource(FileSource(file, meter.deadline)).beginning) == .container(.zip),
      limits.maximumNestingDepth > 0
    else { return nil }
    self.path = path
    self.limits = limits
    self.file = file
    self.meter = meter
    name = file.name
    let directory = try ZipDirectory(file, limits)
    let handle = try ReadHandle(FileSource(file, meter.deadline), container: .zip, archiveName: file.name)
    var checks = MemberChecks(archive: file.name, limits: limits)
    var names: [String] = []
    while let entry = try handle.nextEntry() {
      try meter.deadline.check()
      if let (name, _) = try checks.check(entry) { names.append(name) }
    }
    try directory.checkAllSeen(count: checks.count)
    memberNames = names
    isRead = Mutex(Array(repeating: false, count: names.count))
  }

  /// Begins to read a member; it may be read more than once. A reader belongs to one thread.
  ///
  /// Handles only go forward, so that reading n members in their order with t threads passes n·t headers.
  public func reader(ofMember index: Int) throws(DeliveryError) -> MemberReader {
    let waiting = idle.withLock { idle -> MemberWalk? in
      let candidates = idle.indices.filter { idle[$0].position <= index }
      guard let nearest = candidates.max(by: { idle[$0].position < idle[$1].position }) else { return nil }
      return idle.remove(at: nearest)
    }
    let walk: MemberWalk
    if let waiting { walk = waiting } else { walk = try MemberWalk(file, meter.deadline) }
    try walk.advance(to: index, named: memberNames[index])
    return try MemberReader(walk, index: index, meter) { [self] end in
      if end == .whole { isRead.withLock { $0[index] = true } }
      if end != .failed { idle.withLock { $0.append(walk) } }
    }
  }

  /// Reads the members that nobody read to their end: their checksums count even where nobody wants the content.
  public func finish() throws(DeliveryError) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    defer { buffer.deallocate() }
    for index in memberNames.indices where !isRead.withLock({ $0[index] }) {
      let reader = try reader(ofMember: index)
      while try reader.read(into: buffer) > 0 {}
    }
  }

  /// Reads the file once more, one member after the other, and returns the defect that comes first, which is the same
  /// each time; nil where the file is good after all.
  public func firstFailure() -> DeliveryError? {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    defer { buffer.deallocate() }
    do throws(DeliveryError) {
      let archive = try Archive(path: path, limits: limits)
      while try archive.nextMember() != nil { while try archive.read(into: buffer) > 0 {} }
      return nil
    } catch {
      return error
    }
  }
}

/// A libarchive handle on its way through a zip file. One reader at a time holds it, which makes it safe to hand on.
final class MemberWalk: @unchecked Sendable {
  /// The index of the next regular member.
  private(set) var position = 0
  /// The name of the member at which it stands.
  private(set) var name = ""
  let archive: String
  let handle: ReadHandle

  init(_ file: OpenFile, _ deadline: Deadline) throws(DeliveryError) {
    archive = file.name
    handle = try ReadHandle(FileSource(file, deadline), container: .zip, archiveName: file.name)
  }

  /// Goes to the member at `index`, which must not lie behind.
  func advance(to index: Int, named name: String) throws(DeliveryError) {
    while let entry = try handle.nextEntry() {
      if case .folder = entry.kind { continue }
      position += 1
      guard position > index else { continue }
      guard entry.name == name else { break }
      self.name = name
      return
    }
    throw DeliveryError(.damaged, archive: archive, member: name, "the file changed while it was read")
  }
}
