import Synchronization

/// A zip file whose members can be read side by side.
///
/// Opening it passes every check that does not need content: directory, number, names, kinds, encryption, duplicates. The
/// members, their order and their indices are those of ``Archive``; the limits of the whole file are counted by all
/// readers together.
///
/// ```swift
/// if let zip = try ZipMembers(path: path) {
///   // In any number of threads, best in the order of the members:
///   let reader = try zip.reader(ofMember: index)
///   while case let count = try reader.read(into: buffer), count > 0 { … }
/// }
/// ```
///
/// The delivery is good only when every member was read to its end, also those whose content nobody wants: `Archive`
/// refuses it then and only then. Members that fail side by side fail in any order; which defect `Archive` would name is
/// that of the first member with one, unless a limit of the whole file is among them.
public final class ZipMembers: Sendable {
  /// The file's name, without its folder.
  public let name: String
  /// The names of the regular members, in the order of their bytes; the place in the list is the member's index.
  public let memberNames: [String]
  private let file: OpenFile
  private let meter: ExpansionMeter
  private let directory: ZipDirectory
  /// For each regular member its place among all, folders included.
  private let places: [Int]
  private let idle = Mutex<[MemberWalk]>([])

  /// Opens a delivery, or returns nil where it is no zip file: `Archive` reads everything else.
  public init?(path: String, limits: DeliveryLimits = DeliveryLimits()) throws(DeliveryError) {
    let file = try OpenFile(path: path)
    let meter = ExpansionMeter(limits, archive: file.name, fileByteCount: file.byteCount)
    guard Magic(try PeekedSource(FileSource(file, meter.deadline)).beginning) == .container(.zip),
      limits.maximumNestingDepth > 0
    else { return nil }
    self.file = file
    self.meter = meter
    name = file.name
    directory = try ZipDirectory(file, limits)
    let handle = try ReadHandle(FileSource(file, meter.deadline), container: .zip, archiveName: file.name)
    var checks = MemberChecks(archive: file.name, limits: limits)
    var names: [String] = []
    var places: [Int] = []
    while let entry = try handle.nextEntry() {
      try meter.deadline.check()
      guard let (name, _) = try checks.check(entry) else {
        try directory.checkFolder(checks.count - 1)
        continue
      }
      names.append(name)
      places.append(checks.count - 1)
    }
    try directory.checkAllSeen(count: checks.count)
    memberNames = names
    self.places = places
  }

  /// Begins to read a member; it may be read more than once. A reader belongs to one thread.
  ///
  /// What only libarchive reads needs a handle, which goes forward: reading n such members in their order with t threads
  /// passes n·t headers.
  public func reader(ofMember index: Int) throws(DeliveryError) -> MemberReader {
    let member = memberNames[index]
    if let source = try directory.content(ofEntry: places[index], file, meter.deadline, member: member) {
      return MemberReader(
        try MemberContent(source, member: member, archive: name), member, index: index, meter, release: { _ in })
    }
    let waiting = idle.withLock { idle -> MemberWalk? in
      let candidates = idle.indices.filter { idle[$0].position <= index }
      guard let nearest = candidates.max(by: { idle[$0].position < idle[$1].position }) else { return nil }
      return idle.remove(at: nearest)
    }
    let walk: MemberWalk
    if let waiting { walk = waiting } else { walk = try MemberWalk(file, meter.deadline) }
    try walk.advance(to: index, named: member)
    let content = try MemberContent(MemberSource(walk.handle, member), member: member, archive: name)
    return MemberReader(content, member, index: index, meter) { [self] isGood in
      if isGood { idle.withLock { $0.append(walk) } }
    }
  }
}

/// A libarchive handle on its way through a zip file. One reader at a time holds it, which makes it safe to hand on.
private final class MemberWalk: @unchecked Sendable {
  /// The index of the next regular member.
  private(set) var position = 0
  let handle: ReadHandle
  private let archive: String

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
      return
    }
    throw DeliveryError(.damaged, archive: archive, member: name, "the file changed while it was read")
  }
}
