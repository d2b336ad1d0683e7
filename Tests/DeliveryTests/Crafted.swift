import CArchive
import Delivery
import Glibc

/// A folder that goes away with the value.
final class Scratch {
  let path: String

  init() {
    var template = Array("/tmp/nightjar-delivery-XXXXXX".utf8CString)
    path = template.withUnsafeMutableBufferPointer { buffer in
      mkdtemp(buffer.baseAddress!)
      return String(cString: buffer.baseAddress!)
    }
  }

  deinit {
    guard let folder = opendir(path) else { return }
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      unlink("\(path)/\(name)")
    }
    closedir(folder)
    rmdir(path)
  }

  /// Writes a file and returns its path.
  func file(_ name: String, _ bytes: [UInt8]) -> String {
    let descriptor = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    var done = 0
    while done < bytes.count {
      done += bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + done, $0.count - done) }
    }
    close(descriptor)
    return "\(path)/\(name)"
  }

  /// The bytes of a file.
  func bytes(_ path: String) -> [UInt8] {
    let descriptor = open(path, O_RDONLY)
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = read(descriptor, &buffer, buffer.count), count > 0 { bytes += buffer[..<count] }
    return bytes
  }
}

/// Archives that no well-meaning tool writes, byte by byte.
enum Crafted {
  struct TarMember {
    var name: String
    var type: Character = "0"
    var link = ""
    var content: [UInt8] = []
  }

  static func tar(_ members: [TarMember], hasEndMark: Bool = true) -> [UInt8] {
    var bytes: [UInt8] = []
    for member in members {
      var header = [UInt8](repeating: 0, count: 512)
      func put(_ text: String, _ offset: Int) {
        for (index, byte) in text.utf8.enumerated() { header[offset + index] = byte }
      }
      func octal(_ value: Int, _ width: Int) -> String {
        let digits = String(value, radix: 8)
        return String(repeating: "0", count: width - digits.count) + digits
      }
      put(member.name, 0)
      put(octal(0o644, 7), 100)
      put(octal(0, 7), 108)
      put(octal(0, 7), 116)
      put(octal(member.content.count, 11), 124)
      put(octal(0, 11), 136)
      put("        ", 148)
      put(String(member.type), 156)
      put(member.link, 157)
      put("ustar\u{0}00", 257)
      put(octal(header.reduce(0) { $0 + Int($1) }, 6) + "\0", 148)
      bytes += header + member.content
      bytes += [UInt8](repeating: 0, count: (512 - member.content.count % 512) % 512)
    }
    return bytes + [UInt8](repeating: 0, count: hasEndMark ? 1024 : 0)
  }

  struct ZipMember {
    var name: [UInt8]
    var content: [UInt8] = []
    var flags: UInt16 = 0x0800
    var externalAttributes: UInt32 = 0o100644 << 16
    var method: UInt16 = 0
    var announcedByteCount: Int?
    /// The length after unpacking, where it is another.
    var unpackedByteCount: Int?
    var crc: UInt32?
    /// Where the directory says that the member lies, where that is not true.
    var offset: Int?
    /// What the member's own header says, where that is not what the directory does.
    var headerName: [UInt8]?
    var headerFlags: UInt16?
    var headerCRC: UInt32?
    var headerByteCount: Int?

    init(_ name: String, _ content: String = "") {
      self.name = Array(name.utf8)
      self.content = Array(content.utf8)
    }
  }

  /// A zip file of stored members; `isWide` adds the 64-bit end, `entryCount` may lie.
  static func zip(_ members: [ZipMember], isWide: Bool = false, entryCount: Int? = nil) -> [UInt8] {
    func little(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
    var bytes: [UInt8] = []
    var directory: [UInt8] = []
    for member in members {
      let size = UInt32(member.announcedByteCount ?? member.content.count)
      let unpacked = member.unpackedByteCount.map(UInt32.init) ?? size
      func common(_ flags: UInt16, _ crc: UInt32, _ packed: UInt32, _ unpacked: UInt32) -> [UInt8] {
        little(flags) + little(member.method) + little(UInt32(0x0021_0000)) + little(crc) + little(packed)
          + little(unpacked) + little(UInt16(member.name.count)) + little(UInt16(0))
      }
      let crc = member.crc ?? crc32(member.content)
      directory += Array("PK\u{1}\u{2}".utf8) + little(UInt16(0x0314)) + little(UInt16(20))
      directory += common(member.flags, crc, size, unpacked)
      directory += little(UInt16(0)) + little(UInt16(0)) + little(UInt16(0)) + little(member.externalAttributes)
      directory += little(UInt32(member.offset ?? bytes.count)) + member.name
      bytes += Array("PK\u{3}\u{4}".utf8) + little(UInt16(20))
      bytes += common(
        member.headerFlags ?? member.flags, member.headerCRC ?? crc, member.headerByteCount.map(UInt32.init) ?? size,
        member.headerByteCount.map(UInt32.init) ?? unpacked)
      bytes += (member.headerName ?? member.name) + member.content
    }
    let wideCount = UInt64(entryCount ?? members.count)
    var end: [UInt8] = []
    if isWide {
      end += Array("PK\u{6}\u{6}".utf8) + little(UInt64(44)) + little(UInt32(0x002D_032D)) + little(UInt64(0))
      end += little(wideCount) + little(wideCount) + little(UInt64(directory.count)) + little(UInt64(bytes.count))
      end += Array("PK\u{6}\u{7}".utf8) + little(UInt32(0)) + little(UInt64(bytes.count + directory.count))
      end += little(UInt32(1))
    }
    let count = isWide ? UInt16.max : UInt16(wideCount)
    end += Array("PK\u{5}\u{6}".utf8) + little(UInt32(0)) + little(count) + little(count)
    end += little(isWide ? UInt32.max : UInt32(directory.count)) + little(isWide ? UInt32.max : UInt32(bytes.count))
    return bytes + directory + end + little(UInt16(0))
  }

  static func crc32(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { crc, byte in
      var crc = crc ^ UInt32(byte)
      for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
      return crc
    }
  }

  /// A gzip member of one stored block, with whatever the header may hold.
  static func gzip(_ content: String, extra: [UInt8]? = nil, name: String? = nil, hasHeaderChecksum: Bool = false)
    -> [UInt8]
  {
    let body = Array(content.utf8)
    func little(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
    let flags: UInt8 = (hasHeaderChecksum ? 2 : 0) | (extra == nil ? 0 : 4) | (name == nil ? 0 : 8)
    var header: [UInt8] = [0x1F, 0x8B, 8, flags, 0, 0, 0, 0, 0, 3]
    if let extra { header += little(UInt16(extra.count)) + extra }
    if let name { header += Array(name.utf8) + [0] }
    if hasHeaderChecksum { header += little(UInt16(truncatingIfNeeded: crc32(header))) }
    let length = UInt16(body.count)
    return header + [1] + little(length) + little(~length) + body + little(crc32(body)) + little(UInt32(body.count))
  }

  /// A number as 7z writes it.
  static func sevenZipNumber(_ value: Int) -> [UInt8] {
    for count in 0..<8 where value < 1 << (7 * (count + 1)) {
      let ones = UInt8(truncatingIfNeeded: 0xFF << (8 - count))
      let rest = (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
      return [ones | UInt8(truncatingIfNeeded: value >> (8 * count))] + rest
    }
    return [0xFF] + (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// A 7z file of `packed` bytes and a list of members, packed or not.
  static func sevenZip(_ packed: [UInt8] = [], list: [UInt8]) -> [UInt8] {
    func little(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
    let start = little(UInt64(packed.count)) + little(UInt64(list.count)) + little(crc32(list))
    return [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, 0, 4] + little(crc32(start)) + start + packed + list
  }

  /// Puts the checksum of the beginning of a 7z file right.
  static func fixSevenZipStart(_ bytes: inout [UInt8]) {
    withUnsafeBytes(of: crc32(Array(bytes[12..<32])).littleEndian) { bytes.replaceSubrange(8..<12, with: $0) }
  }

  /// A 7z file of 146 bytes whose list, packed by LZMA, claims 200,000 empty members without names.
  static func packedSevenZipOfManyMembers() -> [UInt8] {
    let packed: [UInt8] = [
      0x00, 0x00, 0x81, 0x96, 0x43, 0xFC, 0x32, 0x03, 0x71, 0xDB, 0x08, 0x71, 0x9B, 0xD6, 0x92, 0x83, 0xF9, 0x54,
      0xCC, 0xFC, 0xA2, 0x6E, 0x16, 0x79, 0x9F, 0x9B, 0x67, 0xBF, 0x47, 0xEE, 0xEF, 0x19, 0xD0, 0x62, 0x2A, 0x80,
      0xAD, 0x9E, 0x6A, 0x23, 0xE0, 0xF9, 0x83, 0xD9, 0x17, 0x42, 0xB2, 0x94, 0xD3, 0x18, 0x2C, 0xC0, 0x08, 0xAD,
      0x92, 0x42, 0x28, 0x94, 0x6C, 0x42, 0x26, 0x00, 0x91, 0x27, 0x03, 0x2A, 0x51, 0x07, 0x6D, 0xFC, 0xB8, 0x15,
      0x8F, 0xC7, 0xFF, 0xFF, 0xF5, 0x8B, 0xC0, 0x00,
    ]
    // Encoded header | pack info | one folder: the coder 030101 with its five bytes | unpacked size | digest.
    let list: [UInt8] = [
      0x17, 0x06, 0x00, 0x01, 0x09, 0x50, 0x00, 0x07, 0x0B, 0x01, 0x00, 0x01, 0x23, 0x03, 0x01, 0x01, 0x05, 0x5D, 0x00,
      0x00, 0x80, 0x00, 0x0C, 0xC0, 0xB3, 0x61, 0x0A, 0x01, 0x39, 0xB9, 0x42, 0x3A, 0x00, 0x00,
    ]
    return sevenZip(packed, list: list)
  }

  /// A 7z file whose list of members is encrypted (AES-256, which nobody can read without the passphrase).
  static func encryptedSevenZip() -> [UInt8] {
    let packed = [UInt8](repeating: 0x5A, count: 16)
    // Encoded header | pack info: at 0, one stream of 16 bytes | one folder with the coder 06F10701 and 16 bytes out.
    let header: [UInt8] = [
      0x17, 0x06, 0x00, 0x01, 0x09, 0x10, 0x00, 0x07, 0x0B, 0x01, 0x00, 0x01, 0x24, 0x06, 0xF1, 0x07, 0x01, 0x01, 0x00,
      0x0C, 0x10, 0x00, 0x00,
    ]
    return sevenZip(packed, list: header)
  }

  /// What libarchive itself writes of members of any kind: `type` is a POSIX file type, `link` where a link leads.
  static func written(_ path: String, format: Int32, kinds: [(name: String, type: UInt32, link: String?)]) {
    let archive = archive_write_new()
    defer { archive_write_free(archive) }
    archive_write_set_format(archive, format)
    archive_write_open_filename(archive, path)
    for (name, type, link) in kinds {
      let entry = archive_entry_new()
      archive_entry_set_pathname(entry, name)
      archive_entry_set_filetype(entry, type)
      archive_entry_set_perm(entry, 0o644)
      if let link { archive_entry_set_symlink(entry, link) }
      archive_entry_set_size(entry, type == 0o100000 ? 2 : 0)
      archive_write_header(archive, entry)
      if type == 0o100000 { _ = Array("x\n".utf8).withUnsafeBytes { archive_write_data(archive, $0.baseAddress, 2) } }
      archive_entry_free(entry)
    }
    archive_write_close(archive)
  }

  /// What libarchive itself writes, in formats that the product only reads.
  static func written(
    _ path: String, filter: Int32? = nil, format: Int32? = nil, options: String? = nil, _ members: [(String, String)]
  ) {
    let archive = archive_write_new()
    defer { archive_write_free(archive) }
    if let filter { archive_write_add_filter(archive, filter) }
    if let format { archive_write_set_format(archive, format) } else { archive_write_set_format_raw(archive) }
    if let options { archive_write_set_options(archive, options) }
    archive_write_open_filename(archive, path)
    for (name, content) in members {
      let entry = archive_entry_new()
      archive_entry_set_pathname(entry, name)
      archive_entry_set_filetype(entry, 0o100000)
      archive_entry_set_size(entry, Int64(content.utf8.count))
      archive_write_header(archive, entry)
      _ = Array(content.utf8).withUnsafeBytes { archive_write_data(archive, $0.baseAddress, $0.count) }
      archive_entry_free(entry)
    }
    archive_write_close(archive)
  }
}

extension Crafted {
  /// What libarchive itself makes of the members of a zip file, or nil where it finds anything wrong, or a folder with
  /// content.
  static func read(zip path: String) -> [String]? {
    let archive = archive_read_new()
    defer { archive_read_free(archive) }
    archive_read_support_format_zip_seekable(archive)
    guard archive_read_open_filename(archive, path, 10_240) == ARCHIVE_OK else { return nil }
    var found: [String] = []
    var buffer = [UInt8](repeating: 0, count: 5_000)
    while true {
      var entry: OpaquePointer?
      let status = archive_read_next_header(archive, &entry)
      if status == ARCHIVE_EOF { return found }
      guard status == ARCHIVE_OK || status == ARCHIVE_WARN else { return nil }
      if archive_entry_filetype(entry) == 0o040000 {
        if archive_entry_size(entry) > 0 { return nil }
        continue
      }
      var bytes: [UInt8] = []
      while true {
        let count = archive_read_data(archive, &buffer, buffer.count)
        guard count >= 0 else { return nil }
        if count == 0 { break }
        bytes += buffer[..<count]
      }
      found.append(String(decoding: bytes, as: UTF8.self))
    }
  }
}

/// The members of a delivery and what they hold.
func members(
  _ path: String, limits: DeliveryLimits = DeliveryLimits(), chunkByteCount: Int = 4096
) throws -> [(name: String, contentName: String, text: String)] {
  let archive = try Archive(path: path, limits: limits)
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkByteCount, alignment: 1)
  defer { buffer.deallocate() }
  var found: [(String, String, String)] = []
  while let member = try archive.nextMember() {
    var bytes: [UInt8] = []
    while case let count = try archive.read(into: buffer), count > 0 { bytes += buffer[..<count] }
    found.append((member.name, member.contentName, String(decoding: bytes, as: UTF8.self)))
  }
  return found
}

/// The code of the error that reading a delivery ends with, or nil where it is good.
func failure(_ path: String, limits: DeliveryLimits = DeliveryLimits()) -> DeliveryError.Code? {
  do {
    _ = try members(path, limits: limits)
    return nil
  } catch {
    return (error as? DeliveryError)?.code
  }
}
