import Delivery

/// The archive reader: any bytes as a delivered file, and zip files by both of their readers.
enum ArchiveCheck {
  private static let limits = DeliveryLimits(
    maximumMemberCount: 50, maximumMemberByteCount: 1 << 20, maximumTotalByteCount: 4 << 20, freeByteCount: 1 << 20,
    maximumDuration: .seconds(60))

  private struct Content: Equatable {
    var member: Archive.Member
    var bytes: [UInt8]
  }

  static func run(_ bytes: [UInt8]) {
    let file = MemoryFile(bytes)
    let sequential = try? read(file.path)
    guard let zip = (try? ZipMembers(path: file.path, limits: limits)) ?? nil else {
      precondition(sequential == nil || !bytes.starts(with: [0x50, 0x4B, 3, 4]), "both readers take a zip, or none")
      return
    }
    let together = try? read(zip)
    precondition(together == sequential, "members read side by side are those of the archive")
  }

  private static func read(_ path: String) throws(DeliveryError) -> [Content] {
    let archive = try Archive(path: path, limits: limits)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 40_000, alignment: 16)
    defer { buffer.deallocate() }
    var found: [Content] = []
    while let member = try archive.nextMember() {
      precondition(!member.name.split(separator: "/").contains(".."), "no name leads out")
      var content: [UInt8] = []
      while case let count = try archive.read(into: buffer), count > 0 { content += buffer[..<count] }
      found.append(Content(member: member, bytes: content))
    }
    precondition(found.reduce(0) { $0 + $1.bytes.count } <= limits.maximumTotalByteCount, "the limits hold")
    return found
  }

  private static func read(_ zip: ZipMembers) throws(DeliveryError) -> [Content] {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 40_000, alignment: 16)
    defer { buffer.deallocate() }
    var found: [Content] = []
    // Backwards, so that every member needs a handle that stands before it.
    for index in zip.memberNames.indices.reversed() {
      let reader = try zip.reader(ofMember: index)
      var content: [UInt8] = []
      while case let count = try reader.read(into: buffer), count > 0 { content += buffer[..<count] }
      found.append(Content(member: reader.member, bytes: content))
    }
    return found.reversed()
  }
}
